#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "arc.hpp"
#include "chorus/image.hpp"
#include "geometry.hpp"
#include "gradient.hpp"

namespace chorus::shapes {

/// The colour of a region at a place: base + x * slope_x + y * slope_y, with x and y in pixels from
/// the picture's centre; and a gradient, if it has one, beside which these are 0.
struct Paint {
  Numbers base{}, slope_x{}, slope_y{};
  std::shared_ptr<const Gradient> gradient = {};

  /// How many numbers it takes to write it down.
  int numbers(std::size_t channels) const;
  bool has_alpha() const;
  bool is_flat() const { return !gradient && slope_x == Numbers{} && slope_y == Numbers{}; }
  Numbers at(Point from_centre) const;
};
bool operator==(const Paint& a, const Paint& b);
/// The jump of colour from b to a, without their gradients.
Paint linear_jump(const Paint& a, const Paint& b);

/// A line or an arc between two points of a drawing.
struct Segment {
  int from = 0, to = 0;  ///< indices of points
  double bulge = 0;      ///< see arc.hpp; 0 unless is_arc
  bool is_arc = false;
};

struct Ellipse {
  Point centre;
  double first, second;  ///< halves of the axes, in pixels
  double angle;          ///< of the first axis, clockwise on the screen from the right
};

/// What a closed chain is as a whole, if that says it in fewer numbers than its segments.
struct Figure {
  int numbers = 0;                      ///< 0 if it is nothing but its segments
  std::optional<Ellipse> ellipse = {};  ///< whose arcs the segments approximate
};

/// A border between two regions, from a junction of borders to another, or closed.
struct Chain {
  std::vector<Segment> segments;
  int left = 0, right = 0;  ///< the regions on either side, as seen along the way on the screen
  bool is_frame = false;    ///< a part of the picture's frame, which does not move
  bool is_closed = false;   ///< without junctions
  Figure figure = {};       ///< see figures.hpp

  bool is_loop() const { return segments.front().from == segments.back().to; }
};

/// Two ends of segments that continue each other smoothly.
struct SmoothJoint {
  struct Side {
    int chain, segment;
    End end;
  };
  Side a, b;
};

/// A picture as a planar map: regions that cover it without gaps or overlaps, because each border
/// is stored once. The last region is what lies outside of the picture.
struct Drawing {
  PixelSize size;
  std::vector<Point> points;
  std::vector<char> is_fixed;  ///< of each point
  std::vector<Chain> chains;
  std::vector<Paint> paints;      ///< of each region
  std::vector<char> is_measured;  ///< of each region: whether pixels show its colour unmixed
  std::vector<SmoothJoint> joints;

  int regions() const { return static_cast<int>(paints.size()) - 1; }
  int outside() const { return regions(); }
  Point centre() const {
    return {static_cast<double>(size.width) / 2, static_cast<double>(size.height) / 2};
  }
  const Point& start(const Segment& s) const { return points[static_cast<std::size_t>(s.from)]; }
  const Point& stop(const Segment& s) const { return points[static_cast<std::size_t>(s.to)]; }
  /// The tangent of a segment's end, which leaves it along the segment.
  Point leaving_end(const Segment& s, End end) const {
    return leaving(start(s), stop(s), s.bulge, end);
  }
  int add_point(Point place, bool fixed = false) {
    points.push_back(place);
    is_fixed.push_back(fixed ? 1 : 0);
    return static_cast<int>(points.size()) - 1;
  }
  const Segment& segment_of(const SmoothJoint::Side& side) const {
    return chains[static_cast<std::size_t>(side.chain)]
        .segments[static_cast<std::size_t>(side.segment)];
  }
};

/// The segments of borders, without the frame.
std::size_t count_segments(const Drawing& drawing);

/// Whether a chain encloses an area or leads from one junction to another: loops need three
/// segments, or two if one is an arc.
bool is_possible(const Chain& chain);

/// Whether two segments of the borders cross each other anywhere but at common ends. Only pairs of
/// which one is on the listed chains are compared.
bool crosses_itself(const Drawing& drawing, const std::vector<int>& chains);

}  // namespace chorus::shapes
