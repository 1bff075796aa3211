#pragma once

#include <cstddef>
#include <string_view>

#include "chorus/image.hpp"

namespace chorus {

// A small bitmap font for captions. Characters outside printable ASCII are drawn as "?".

constexpr std::size_t ascent_px = 7;       ///< from the top of a capital to the baseline
constexpr std::size_t line_height_px = 9;  ///< including descenders

std::size_t text_width_px(std::string_view text);

/// Draws text with its upper left corner at (x, y), each dot of the font as `scale` x `scale`
/// pixels. Parts outside the image are left out.
void draw_text(Image& image, std::size_t x, std::size_t y, std::string_view text, std::size_t scale,
               const Rgb& color);

}  // namespace chorus
