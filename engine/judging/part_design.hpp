#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"

// Small scenes whose parts move on their own: what a path between two of their pictures should look
// like is known at every t.

namespace chorus {

/// x to the right and y down; the square picture reaches from -1 to 1 in both.
using Place = std::array<double, 2>;

/// All points within `round` of a polygon, which may be a single point (a disc) or a line.
struct Form {
  std::vector<Place> corners;
  double round = 0;
};
Form disc(double radius);
Form box(double half_width, double half_height, double round = 0);
/// A polygon whose corners are alternately at two distances from its centre; `corners` counts those
/// that point outwards.
Form star(std::size_t corners, double outer, double inner);
Form shifted(Form form, const Place& by);

/// Where a part is: its origin lies at (x, y), and the part is stretched, then turned about it.
/// A part of no width or height is not seen. Negative widths are reflections.
struct Pose {
  double x = 0, y = 0;
  double turn_degrees = 0;  ///< clockwise
  double width = 1, height = 1;
};

struct Part {
  Form form;  ///< about the origin of the part, such as its hinge
  Pose a, b;
  Rgb color_a, color_b;
};
Part still(Form form, const Pose& pose, const Rgb& color);
Part moving(Form form, const Pose& a, const Pose& b, const Rgb& color);

struct PartDesign {
  std::string name;
  std::string_view kind;    ///< one of part_kinds
  std::vector<Part> parts;  ///< from back to front
  Rgb ground = {1, 1, 1};
};

inline constexpr std::array<std::string_view, 7> part_kinds = {"slide", "rotate", "grow",    "open",
                                                               "swap",  "appear", "composed"};

/// The moments at which designs are drawn between their ends, and the folders for these pictures.
struct TruthMoment {
  double t;
  std::string_view folder;
};
inline constexpr std::array truth_moments = {
    TruthMoment{0.25, "quarter"}, TruthMoment{0.5, "middle"}, TruthMoment{0.75, "three_quarters"}};

/// The picture at t in [0, 1]: all numbers of a pose and all colours are (1 - t) a + t b. Each
/// pixel is the mean over its square. Throws std::invalid_argument if there are no pixels.
Image draw_parts(const PartDesign& design, double t, std::size_t size_px);

/// The designs of the project, five or six of each kind.
std::vector<PartDesign> part_designs();

/// Designs of two to four random ones side by side, mirrored, reversed in time and recoloured at
/// random, all from the seed.
std::vector<PartDesign> composed_part_designs(std::size_t count, std::uint64_t seed);

}  // namespace chorus
