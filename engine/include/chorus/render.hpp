#pragma once

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"

namespace chorus {

/// Decodes images of any size from a model. Keeps working memory between calls. A call uses all
/// workers of the backend; those of several threads take turns.
class Renderer {
 public:
  Renderer(Memory& memory, const Model& model);

  /// The image of a code at a size in pixels. A pixel is the mean of supersample x supersample
  /// points of its square; 1 is the centre alone, which also stands for pixels whose centre differs
  /// by less than 4 8-bit levels from all its neighbours' (most of an icon is flat). Values
  /// are as the network gives them, not clipped.
  Image render(const ImageCode& code, std::size_t width, std::size_t height,
               std::size_t supersample = 1);
  /// An image the model encodes.
  Image render(std::size_t image, std::size_t width, std::size_t height,
               std::size_t supersample = 1);

  ImageCode code(std::size_t image) const;

 private:
  std::vector<Modulation> modulations(Tape& tape, const ImageCode& code);
  /// Of points [n][2] in [-1, 1] x [-1, 1]; [n][3].
  std::vector<float> colors(std::span<const float> points,
                            const std::vector<Modulation>& modulations);

  Backend& backend_;
  const Model& model_;
  std::vector<Memory> memories_;  ///< one for each worker
  mutable std::mutex turn_;
};

}  // namespace chorus
