#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "chorus/image.hpp"
#include "class_map.hpp"
#include "drawing.hpp"

namespace chorus::shapes {

/// How well a drawing explains the pixels that it was made from.
struct DrawnPicture {
  Drawing drawing;
  double squared_error = 0;   ///< mean over the pixels
  std::size_t differing = 0;  ///< pixels that are off by more than 20 of 255 levels in a number
  bool is_complete = true;    ///< false if the work was cut short
};

/// The drawing of a picture (balanced numbers), proposed by a map of its colours at finer places.
///
///  1. regions (regions.hpp), their outlines (outlines.hpp), lines and arcs (cutting.hpp);
///  2. colours from the pixels, and all points moved until the areas give the pixels' colours;
///  3. fewer, more and other segments as far as the pixels justify them (choices.hpp);
///  4. pixels that are still of another colour become regions, and all again, if that explains
///  more;
///  5. coordinates near the half grid, and bulges near those of quarters and halves, are set to
///  them; borders that are almost figures become these (figures.hpp).
///
/// Pixels of the picture that are not-a-number are held out. The work is bounded, whatever the
/// picture: a noisy one is left with what was reached. Returns the same for the same arguments on
/// every machine that computes alike; not by the clock.
///
/// Of several proposals, the one whose first drawing has the least description is worked out.
DrawnPicture fit_drawing(const Image& picture, const std::vector<ClassMap>& proposals);

/// Maps of colours without a network: the nearest main colours and gradients at the nodes of the
/// bicubic enlargement of the picture. Where colours bend there are two proposals: one of which the
/// gradients are linear and the bends several, and one with the gradients that SVG has.
std::vector<ClassMap> propose(const Image& picture);
/// The second of these alone; nothing where no colours bend.
std::optional<ClassMap> propose_bends(const Image& picture);

/// The same, where the picture is known at finer places: `enlarged` (balanced numbers) shows it
/// nodes_per_pixel() times as large.
std::vector<ClassMap> propose(const Image& picture, const Image& enlarged);

/// More regions than this are no drawing; fit_drawing() then throws NotADrawing.
constexpr int most_regions = 600;

struct NotADrawing {
  int regions;
};

}  // namespace chorus::shapes
