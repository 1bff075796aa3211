#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "motion.hpp"
#include "shapes.hpp"

namespace chorus {

/// A shape at one moment of the morph, in the coordinates of the picture that is drawn. Its signed
/// distance is the weighted sum of the distances to the two outlines between which it changes.
struct Moving {
  const Shape* from = nullptr;  ///< null if the shape is in the second picture only
  const Shape* to = nullptr;    ///< null if the shape is in the first picture only
  Affine to_from, to_to;        ///< map points of the drawn picture to the pictures at the two ends
  float weight_from = 0, weight_to = 0;
  float mix = 0;  ///< fraction of the second shape's colour
  /// Depths at the border and at the innermost points; smaller values are further back.
  float depth_of_rim = 0, depth_of_core = 0;
  Point low{}, high{};  ///< corners of a bounding box

  float distance(const Point& p) const {
    return (from != nullptr ? weight_from * from->filled.at(to_from(p)) : 0) +
           (to != nullptr ? weight_to * to->filled.at(to_to(p)) : 0);
  }
  float visible_distance(const Point& p) const {
    return (from != nullptr ? weight_from * from->visible.at(to_from(p)) : 0) +
           (to != nullptr ? weight_to * to->visible.at(to_to(p)) : 0);
  }
  bool has_one_depth() const { return depth_of_rim == depth_of_core; }
  float nearest_depth() const { return std::max(depth_of_rim, depth_of_core); }
  /// An upper bound of the distance.
  float thickness() const {
    return (from != nullptr ? weight_from * from->filled.highest() : 0) +
           (to != nullptr ? weight_to * to->filled.highest() : 0);
  }
  float share_of_to() const { return from == nullptr ? 1 : to == nullptr ? 0 : mix; }
};

/// The parts of a picture at an end that its shapes do not show, far from borders and near to them,
/// and the weight of each part at this moment.
struct Rest {
  const Image* far = nullptr;
  const Image* near = nullptr;
  float far_weight = 0;
  float near_weight = 0;
};

/// A moment of a morph. Pictures with alpha are in balanced numbers (image.hpp).
struct Scene {
  std::size_t channels = 3;
  Moving background;
  std::vector<Moving> shapes;  ///< from back to front, by their nearest depth
  Rest from, to;
};

/// Paints a scene. Each sample shows the front shape at its point. Where two shapes side by side
/// leave a crack, the sample shows the nearer one. Rows are divided among `threads` threads, see
/// for_each_index().
Image paint(const Scene& scene, const Raster& raster, std::size_t threads);

}  // namespace chorus
