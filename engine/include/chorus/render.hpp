#pragma once

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// Decodes images of any size from a model, and keeps working memory between calls. A call uses all
/// workers of the backend; calls from several threads wait for each other.
class Renderer {
 public:
  Renderer(Memory& memory, const Model& model);

  /// The image of a code. A pixel whose centre differs by at most 4 of 255 levels from the centres
  /// of all neighbours has the colour of its centre, and only the other pixels are sampled more
  /// densely: most of an icon is flat. Values are not clipped. Throws Error if one is not finite,
  /// std::invalid_argument if the code is of another model or a number of the raster is 0.
  Image render(const ImageCode& code, const Raster& raster);
  /// The image of that index in the model.
  Image render(std::size_t image, const Raster& raster);

  ImageCode code(std::size_t image) const;

 private:
  Conditioned condition(Tape& tape, const ImageCode& code);
  /// The colours [n][3] at points [n][2] in [-1, 1] x [-1, 1].
  std::vector<float> colors(std::span<const float> points, const Conditioned& image);

  Backend& backend_;
  const Model& model_;
  std::vector<Memory> memories_;  ///< by worker
  mutable std::mutex turn_;
};

}  // namespace chorus
