#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"

// Pairs of images whose true middle is known, because one is the other moved, turned, scaled or
// recoloured.

namespace chorus {

/// A similarity of the plane and a change of colours. Lengths are in units of the image's width
/// (height for y), angles in degrees.
struct Placement {
  double shift_x = 0, shift_y = 0;  ///< of the image's centre, to the right and down
  double turn_degrees = 0;          ///< clockwise, about the centre
  double scale = 1;
  /// What share of each channel goes on to the next one (red to green to blue to red): 0 keeps the
  /// colours, 1 exchanges them; white, grey and black stay.
  double recolor = 0;
};

/// What lies half way: half the turn, shift and recolouring, the geometric mean of the scales.
Placement half_way(const Placement& a, const Placement& b);

/// An image as a placement puts it, at a size in pixels: each pixel is the mean over its square of
/// the image (bilinear between the pixels' centres); outside is the commonest colour of the border.
/// Throws std::invalid_argument if there are no pixels.
Image place(const Image& image, const Placement& placement, std::size_t width, std::size_t height);

/// One pair: the name of the image it is made of, what was done to it, and the two ends.
struct KnownPair {
  std::string image;
  std::string kind;  ///< of known_kinds
  Placement a, b;

  /// NAME.KIND, NAME.KIND.a and NAME.KIND.b: the names of the middle and the ends.
  std::string name() const { return image + "." + kind; }
};

inline constexpr std::array<std::string_view, 5> known_kinds = {"moved", "turned", "scaled",
                                                                "recolored", "moved_recolored"};

/// `per_kind` pairs of each kind, from different images while they last: drawn from the seed, as
/// are the sizes of the changes. An image whose colours hardly change is not recoloured while there
/// are others.
std::vector<KnownPair> draw_known_pairs(const Collection& images, std::size_t per_kind,
                                        std::uint64_t seed);

/// What a name says by its form NAME.KIND.a: the name of the middle, and of the other end. Nothing
/// if it is no such name. KIND may be anything without a dot.
struct KnownEnd {
  std::string middle, kind, other;
};
std::optional<KnownEnd> parse_known_end(const std::string& name);

}  // namespace chorus
