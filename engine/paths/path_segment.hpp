#pragma once

#include <cstddef>
#include <memory>

#include "chorus/image.hpp"
#include "chorus/path.hpp"

namespace chorus {

/// A path between two images at its own pace, which may be uneven.
class PathSegment {
 public:
  virtual ~PathSegment() = default;
  /// The picture at u in [0, 1]; the ends are exactly the network's images.
  virtual Image at(double u, const Raster& raster) = 0;
};

/// `kind` is not the morph.
std::unique_ptr<PathSegment> latent_segment(Renderer& renderer, const Model& model,
                                            std::size_t from, std::size_t to, PathKind kind);

/// Frames are drawn on `threads` threads, see for_each_index().
std::unique_ptr<PathSegment> morph_segment(Renderer& renderer, const Model& model, std::size_t from,
                                           std::size_t to, std::size_t threads);

}  // namespace chorus
