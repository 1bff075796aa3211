#pragma once

#include "chorus/image.hpp"
#include "morph.hpp"

namespace chorus {

/// The morph between two pictures, without any network: their shapes are found where they are
/// enlarged by steep_bicubic(). At its own pace.
class PictureMorph {
 public:
  /// Throws std::invalid_argument if the sizes or channels differ or there are no pixels.
  PictureMorph(const Image& first, const Image& last, std::size_t threads = 1);

  /// The picture at t in [0, 1], of the size of the two; at the ends it is exactly one of them.
  Image frame(double t) const;

 private:
  Image first_, last_;
  Morph morph_;
  Image rest_of_first_, rest_of_last_;  ///< what the shapes do not draw at the ends
};

}  // namespace chorus
