#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "color_field.hpp"
#include "field.hpp"
#include "motion.hpp"
#include "segmentation.hpp"

namespace chorus {

/// The colour of a field in the coordinates of Plane.
inline Color color_at(const ColorField& field, const Point& p) {
  return field.at(static_cast<float>(p[0]), static_cast<float>(p[1]));
}

/// A shape of one colour field. Other shapes on top of it leave no holes in it.
struct Shape {
  Field filled;      ///< signed distance of the filled region, positive inside, in units of Plane
  Field visible;     ///< the same for the part that no other shape hides
  ColorField paint;  ///< in the coordinates of Plane
  double area = 0;   ///< area of the filled region, in square units of Plane
  double visible_area = 0;            ///< area of the part that no other shape hides
  Point centre{};                     ///< centroid of the filled region
  Point spread{};                     ///< standard deviation of its points in x and y
  Point low{}, high{};                ///< corners of its bounding box
  std::optional<std::size_t> parent;  ///< the smallest shape whose filled region contains it
};

/// A picture as shapes on a background, back to front.
struct Drawing {
  PixelSize size;
  Shape background;           ///< covers the whole picture; only its paint and visible part are set
  std::vector<Shape> shapes;  ///< larger filled regions first
  std::vector<int> front;     ///< the shape that each pixel shows; no_shape for the background
  Outlines outlines;

  static constexpr int no_shape = -1;
  /// The shape that is seen at a point; no_shape outside the picture.
  int seen_at(const Point& p) const;
  /// Whether `outer` is the parent of `inner`, or its parent's parent, and so on.
  bool encloses(std::size_t outer, std::size_t inner) const;
};

/// The pixels of the filled region of a shape.
Mask mask_of(const Shape& shape);
/// The shape with another filled region. Its paint, its visible part and its parent stay.
Shape with_filled(const Shape& shape, const Mask& filled);

/// Divides a picture into shapes. The background consists of the regions that touch the edge of the
/// picture and have nearly the colour that most of the edge has.
Drawing take_apart(const Image& image);

}  // namespace chorus
