#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "evaluation/scoring.hpp"
#include "evaluation/training_images.hpp"
#include "support/drawings.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// An image at another size, by the classical method of that name (SizeScores::baselines).
Image resampled_by(std::string_view method, const Image& image, PixelSize size);

/// True images to compare a model with.
struct TestData {
  std::filesystem::path folder;
  std::vector<std::size_t> sizes;      ///< longer side in pixels; empty: all that the folder offers
  std::optional<Rgb> background = {};  ///< see load_for()
};

/// Scores of what `upsample` writes: the drawing of an image where its training pixels say that
/// they show shapes, and elsewhere the network's image.
struct DrawnScores {
  MethodScores written;
  std::vector<bool> is_drawn;  ///< of each image

  std::size_t drawn() const { return std::ranges::count(is_drawn, true); }
};

/// Scores at one size: of the network, and of its classical rivals if they exist for every image.
struct SizeScores {
  std::size_t size = 0;  ///< longer side in pixels; 0 if it differs among the images
  MethodScores network;
  std::optional<DrawnScores> drawings;   ///< if any image is drawn
  std::vector<MethodScores> baselines;   ///< resampled training images, at all other sizes
  std::vector<MethodScores> inpainting;  ///< held-out from kept pixels, at the training size
};
using ScoresBySize = std::map<std::size_t, SizeScores>;

/// Decodes an image of the model at the size of `truth` and compares the two.
ImageScore score_image(Renderer& renderer, const Model& model, std::size_t image,
                       const Image& truth, std::size_t supersample);

/// Decodes images of a model at the sizes of true ones and compares them. Decoding uses all workers
/// for one image, comparing uses one thread for each image. The two alternate over a few images at
/// a time.
class Scorer {
 public:
  /// If `trained` is null, there are neither baselines nor inpainting. `supersample`: see
  /// supersample_for().
  Scorer(Session& session, const Model& model, const TrainingImages* trained,
         std::size_t supersample);

  /// Drawings of the model's images, none where there is no drawing. They must outlive the scorer.
  void use(const std::vector<DrawnImage>& drawings, UseShapes shapes) {
    drawings_ = &drawings;
    shapes_ = shapes;
  }
  /// From now on scores have their perceptual part, too, which takes longer than all others.
  void measure_perception() { is_perceptual_ = true; }
  /// Adds the images of a collection that the model encodes. Throws Error if there are none.
  void add(const Collection& data);
  ScoresBySize result();

 private:
  struct Task;
  void score_task(Task& task) const;
  Task task(std::size_t image, const Image& truth);
  void collect(const Task& task);

  Session& session_;
  const Model& model_;
  const TrainingImages* trained_;
  const std::vector<DrawnImage>* drawings_ = nullptr;
  UseShapes shapes_ = UseShapes::off;
  std::size_t supersample_;
  bool is_perceptual_ = false;
  Renderer renderer_;
  ScoresBySize by_size_;
};

/// One collection for each requested size, or for each size that the folder offers. A flat folder
/// is a single collection.
std::vector<Collection> load_sizes(const TestData& data, const Model& model);

/// How a model is evaluated.
struct EvaluationOptions {
  std::size_t supersample = 0;  ///< see supersample_for()
  /// Whether drawings are scored, too: where the data has larger images, or pixels are held out.
  UseShapes shapes = UseShapes::automatic;
  bool with_progress = true;   ///< shown on standard output
  bool is_perceptual = false;  ///< whether there are PerceptualScores
};

/// Scores, and the drawings that were scored.
struct Evaluation {
  ScoresBySize scores;
  std::vector<DrawnImage> drawings;  ///< of the model's images, none where there is no drawing
};

/// Scores at all sizes of the data; images of a flat folder may differ in size. Prints a note
/// if the images of the model and of the data differ.
Evaluation evaluate_with_drawings(Session& session, const Model& model, const TestData& data,
                                  const EvaluationOptions& options = {});
ScoresBySize evaluate_sizes(Session& session, const Model& model, const TestData& data,
                            const EvaluationOptions& options = {});

/// The scores of drawings, with the number of images drawn and of those on which they win.
nlohmann::ordered_json drawings_to_json(const SizeScores& scores);

/// Prints the tables of `evaluate`: the network at each size, its rivals, held-out pixels.
void print_scores(const ScoresBySize& by_size);

/// The scores of all images at the sizes at which they were trained, which may differ. Empty if the
/// model holds out no pixels.
SizeScores at_training_sizes(const ScoresBySize& by_size);

/// The entries "sizes" and, if the model holds pixels out, "held_out" of `evaluate --json`.
nlohmann::ordered_json to_json(const Model& model, const ScoresBySize& by_size);

}  // namespace chorus::app
