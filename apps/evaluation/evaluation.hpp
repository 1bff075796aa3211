#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "chorus/render.hpp"
#include "commands.hpp"
#include "evaluation/scoring.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// The scores of the network at one size and those of its classical rivals, where every image has
/// them.
struct SizeScores {
  std::size_t size = 0;  ///< pixels, longer side
  MethodScores network;
  std::vector<MethodScores> baselines;   ///< of another size: resampling of the training images
  std::vector<MethodScores> inpainting;  ///< of the training size: held-out pixels from the others
};
using ScoresBySize = std::map<std::size_t, SizeScores>;

/// The images that a model was trained on, as far as the data has them.
class TrainingImages {
 public:
  explicit TrainingImages(const Model& model);  ///< none of them
  TrainingImages(const Model& model, const std::filesystem::path& data, const Rgb& background);
  /// Null if the data does not have it.
  const Image* find(std::size_t model_image) const;

 private:
  std::vector<Image> images_;  ///< of each image of the model, or empty
};

/// Which pixels of an image of the model were held out; empty if none or if `truth` has another
/// size than the training image.
std::vector<bool> held_out_mask(const Model& model, std::size_t image, const Image& truth);

/// Decodes an image of the model at the size of `truth` and compares.
ImageScore score_image(Renderer& renderer, const Model& model, std::size_t image,
                       const Image& truth, std::size_t supersample);

/// Decodes images of a model at the sizes of true ones and compares them. Decoding uses all workers
/// for one image, comparing one thread for each image: by turns, a few images at a time.
class Scorer {
 public:
  /// `trained` null: no baselines, nor inpainting. `supersample` 0: by size.
  Scorer(Session& session, const Model& model, const TrainingImages* trained,
         std::size_t supersample);

  /// Adds the images of a collection that the model has. Throws Error if there is none.
  void add(const Collection& data);
  ScoresBySize result();

 private:
  struct Task;
  static void score_task(Task& task, bool with_baselines);
  Task task(std::size_t image, const Image& truth);
  void collect(const Task& task);

  Session& session_;
  const Model& model_;
  const TrainingImages* trained_;
  std::size_t supersample_;
  Renderer renderer_;
  ScoresBySize by_size_;
};

/// A collection for each size asked for, or each that the data offers; a flat folder is one.
std::vector<Collection> load_sizes(const std::filesystem::path& data,
                                   const std::vector<std::size_t>& sizes, const Rgb& background);

/// Scores at all sizes of the data; images of a flat folder may be of several sizes. Prints a note
/// if the images of the model and the data differ.
ScoresBySize evaluate_sizes(Session& session, const Model& model, const EvaluateOptions& options);

/// The tables of `evaluate`: the network at each size, its rivals, held-out pixels.
void print_scores(const ScoresBySize& by_size);

/// Of the images that were trained on at their own size, which may differ; nothing if the model
/// holds out no pixels.
SizeScores at_training_sizes(const ScoresBySize& by_size);

/// "sizes" and, if the model holds pixels out, "held_out", as `evaluate --json` prints them.
nlohmann::ordered_json to_json(const Model& model, const ScoresBySize& by_size);

}  // namespace chorus::app
