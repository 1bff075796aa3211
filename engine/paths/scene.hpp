#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "motion.hpp"
#include "shapes.hpp"

namespace chorus {

/// A shape on its way at one moment, in the coordinates of the picture that is drawn. Its signed
/// distance is the weighted sum of the distances of the shapes that it comes from and goes to.
struct Moving {
  const Shape* from = nullptr;  ///< one of the two may be missing
  const Shape* to = nullptr;
  Affine to_from, to_to;  ///< take points of the picture drawn to the pictures at the two ends
  float weight_from = 0, weight_to = 0;
  float mix = 0;  ///< fraction of the second shape's colour
  /// Depths at the border and at the points farthest inside: smaller is further behind.
  float depth_of_rim = 0, depth_of_core = 0;
  Point low{}, high{};  ///< corners of a box that contains the shape

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

/// What a picture at an end shows beyond its shapes, far from borders and near to them, and the
/// weight of each part at this moment.
struct Rest {
  const Image* far = nullptr;
  const Image* near = nullptr;
  float far_weight = 0;
  float near_weight = 0;
};

/// A moment of a morph.
struct Scene {
  Moving background;
  std::vector<Moving> shapes;  ///< back to front, by their nearest depth
  Rest from, to;
};

/// Paints a scene. Each sample shows the front shape at its point; where two shapes that lie side
/// by side leave a crack, it shows the nearer one of them. Rows are divided among `threads`
/// threads, see for_each_index().
Image paint(const Scene& scene, const Raster& raster, std::size_t threads);

}  // namespace chorus
