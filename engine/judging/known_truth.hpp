#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"

// Pairs of images whose true middle is known, because one is a moved, turned, scaled or recoloured
// version of the other.

namespace chorus {

/// A similarity of the plane and a change of colours. Lengths are in units of the width of the
/// image (of the height for y), angles in degrees.
struct Placement {
  double shift_x = 0, shift_y = 0;  ///< of the centre of the image, to the right and down
  double turn_degrees = 0;          ///< clockwise, about the centre
  double scale = 1;
  /// The fraction of each channel that moves to the next one (red to green to blue to red): 0 keeps
  /// the colours, 1 exchanges them; white, grey and black stay.
  double recolor = 0;
};

/// The placement half way: half the turn, shift and recolouring, and the geometric mean of the
/// scales.
Placement half_way(const Placement& a, const Placement& b);

/// Draws an image as a placement puts it, at a size in pixels. Each pixel is the mean over its
/// square of the image, which is bilinear between the centres of its pixels. The outside has the
/// commonest colour of the border. Throws std::invalid_argument if there are no pixels.
Image place(const Image& image, const Placement& placement, std::size_t width, std::size_t height);

/// One pair: the name of the image that it is made of, the changes made to it, and the two ends.
struct KnownPair {
  std::string image;
  std::string kind;  ///< one of known_kinds
  Placement a, b;

  /// NAME.KIND is the name of the middle; the ends are NAME.KIND.a and NAME.KIND.b.
  std::string name() const { return image + "." + kind; }
};

inline constexpr std::array<std::string_view, 5> known_kinds = {"moved", "turned", "scaled",
                                                                "recolored", "moved_recolored"};

/// Draws `per_kind` pairs of each kind, from different images while there are enough, and the sizes
/// of the changes, all from the seed. An image whose colours hardly change is recoloured only if
/// there are no others.
std::vector<KnownPair> draw_known_pairs(const Collection& images, std::size_t per_kind,
                                        std::uint64_t seed);

/// Parses a name of the form NAME.KIND.a into the names of the middle and of the other end. Returns
/// nothing for any other name. KIND may be any text without a dot.
struct KnownEnd {
  std::string middle, kind, other;
};
std::optional<KnownEnd> parse_known_end(const std::string& name);

}  // namespace chorus
