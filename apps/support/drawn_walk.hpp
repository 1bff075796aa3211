#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <vector>

#include "animated_drawing.hpp"
#include "chorus/path.hpp"
#include "evaluation/training_images.hpp"
#include "pairs.hpp"

namespace chorus::app {

/// Draws the frames of paths as shapes. Ends are drawn as `vectorize` does: the network proposes,
/// the training images decide, or the network's own pixels where those are not given. A morph moves
/// the shapes of these drawings; frames of other paths are drawn from what the network decodes.
class WalkDrawer {
 public:
  /// All but the number of threads must outlive the object.
  WalkDrawer(Renderer& renderer, const Model& model, const TrainingImages& trained,
             std::size_t threads)
      : renderer_(renderer), model_(model), trained_(trained), threads_(threads) {}

  /// `count` frames from one image to the other, both included, at the training size of the first
  /// image of the walk. Throws Error if one is no drawing, and says which.
  std::vector<shapes::Drawing> frames(const ImagePair& pair, PixelSize size, const PathOptions& how,
                                      std::size_t count);

 private:
  const shapes::Drawing& drawing_of(std::size_t image);
  std::vector<Image> enlarged_frames(const ImagePair& pair, PixelSize size, const PathOptions& how,
                                     std::size_t count);
  std::vector<Image> morphed(const ImagePair& pair, PixelSize size, bool is_even,
                             std::size_t count);

  Renderer& renderer_;
  const Model& model_;
  const TrainingImages& trained_;
  std::size_t threads_;
  std::map<std::size_t, shapes::Drawing> drawings_;  ///< of images of the model
};

/// Whether chorus wrote a file that shows a drawn walk.
bool is_own_animation(const std::filesystem::path& file);

}  // namespace chorus::app
