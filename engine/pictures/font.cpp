#include "font.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace chorus {
namespace {

constexpr std::size_t glyph_columns = 5;
constexpr std::size_t glyphs_per_band = 16;
constexpr char first_glyph = ' ';
constexpr std::size_t glyph_count = 95;
constexpr std::size_t space_px = 3;
constexpr std::size_t gap_px = 1;  // between glyphs

// Bands of 16 glyphs in ASCII order, 9 lines each.
constexpr std::string_view drawing = R"(
..... ..#.. .#.#. .#.#. ..#.. ##..# .##.. ..#.. ...#. .#... ..... ..... ..... ..... ..... ....#
..... ..#.. .#.#. .#.#. .#### ##.#. #..#. ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... ..... ...#.
..... ..#.. ..... ##### #.#.. ...#. #.#.. ..... .#... ...#. #.#.# ..#.. ..... ..... ..... ...#.
..... ..#.. ..... .#.#. .###. ..#.. .#... ..... .#... ...#. .###. ##### ..... .###. ..... ..#..
..... ..#.. ..... ##### ..#.# .#... #.#.# ..... .#... ...#. #.#.# ..#.. ..... ..... ..... .#...
..... ..... ..... .#.#. ####. .#.## #..#. ..... ..#.. ..#.. ..#.. ..#.. ..#.. ..... ..... .#...
..... ..#.. ..... .#.#. ..#.. #..## .##.# ..... ...#. .#... ..... ..... ..#.. ..... ..#.. #....
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .#... ..... ..... .....
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
..#.. ..#.. .###. .###. ...#. ##### ..##. ##### .###. .###. ..... ..... ..... ..... ..... .###.
.#.#. .##.. #...# #...# ..##. #.... .#... ....# #...# #...# ..... ..... ...#. ..... .#... #...#
#...# ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...# ..#.. ..#.. ..#.. ####. ..#.. ....#
#...# ..#.. ..##. ..##. #..#. ....# ####. ..#.. .###. .#### ..... ..... .#... ..... ...#. ..##.
#...# ..#.. .#... ....# ##### ....# #...# ..#.. #...# ....# ..... ..... ..#.. ####. ..#.. ..#..
.#.#. ..#.. #.... #...# ...#. #...# #...# .#... #...# ...#. ..#.. ..#.. ...#. ..... .#... .....
..#.. .###. ##### .###. ...#. .###. .###. .#... .###. .##.. ..... ..#.. ..... ..... ..... ..#..
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .#... ..... ..... ..... .....
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
.###. .###. ####. .###. ####. ##### ##### .###. #...# .###. ....# #...# #.... #...# #...# .###.
#...# #...# #...# #...# #...# #.... #.... #...# #...# ..#.. ....# #..#. #.... ##.## ##..# #...#
#.### #...# #...# #.... #...# #.... #.... #.... #...# ..#.. ....# #.#.. #.... #.#.# ##..# #...#
#.#.# ##### ####. #.... #...# ####. ####. #.### ##### ..#.. ....# ##... #.... #.#.# #.#.# #...#
#.### #...# #...# #.... #...# #.... #.... #...# #...# ..#.. ....# #.#.. #.... #...# #..## #...#
#.... #...# #...# #...# #...# #.... #.... #...# #...# ..#.. #...# #..#. #.... #...# #..## #...#
.###. #...# ####. .###. ####. ##### #.... .#### #...# .###. .###. #...# ##### #...# #...# .###.
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
####. .###. ####. .###. ##### #...# #...# #...# #...# #...# ##### .###. #.... .###. ..#.. .....
#...# #...# #...# #...# ..#.. #...# #...# #...# #...# #...# ....# .#... .#... ...#. .#.#. .....
#...# #...# #...# #.... ..#.. #...# #...# #...# .#.#. .#.#. ...#. .#... .#... ...#. #...# .....
####. #...# ####. .###. ..#.. #...# #...# #.#.# ..#.. ..#.. ..#.. .#... ..#.. ...#. ..... .....
#.... #.#.# #.#.. ....# ..#.. #...# .#.#. #.#.# .#.#. ..#.. .#... .#... ...#. ...#. ..... .....
#.... #..#. #..#. #...# ..#.. #...# .#.#. ##.## #...# ..#.. #.... .#... ...#. ...#. ..... .....
#.... .##.# #...# .###. ..#.. .###. ..#.. #...# #...# ..#.. ##### .###. ....# .###. ..... .....
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... #####
..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... ..... .....
.#... ..... #.... ..... ....# ..... ..##. ..... #.... ..#.. ...#. #.... .##.. ..... ..... .....
..#.. ..... #.... ..... ....# ..... .#... ..... #.... ..... ..... #.... ..#.. ..... ..... .....
..... .###. ####. .#### .#### .###. ####. .#### ####. ..#.. ...#. #..#. ..#.. ##.#. ####. .###.
..... ....# #...# #.... #...# #...# .#... #...# #...# ..#.. ...#. #.#.. ..#.. #.#.# #...# #...#
..... .#### #...# #.... #...# ##### .#... #...# #...# ..#.. ...#. ##... ..#.. #.#.# #...# #...#
..... #...# #...# #.... #...# #.... .#... #...# #...# ..#.. ...#. #.#.. ..#.. #.#.# #...# #...#
..... .#### ####. .#### .#### .###. .#... .#### #...# ..#.. ...#. #..#. ..##. #.#.# #...# .###.
..... ..... ..... ..... ..... ..... ..... ....# ..... ..... ...#. ..... ..... ..... ..... .....
..... ..... ..... ..... ..... ..... ..... .###. ..... ..... .##.. ..... ..... ..... ..... .....
..... ..... ..... ..... .#... ..... ..... ..... ..... ..... ..... ...#. ..#.. .#... .....
..... ..... ..... ..... .#... ..... ..... ..... ..... ..... ..... ..#.. ..#.. ..#.. .....
####. .#### #.##. .#### ####. #...# #...# #...# #...# #...# ##### ..#.. ..#.. ..#.. .#...
#...# #...# ##... #.... .#... #...# #...# #.#.# .#.#. #...# ...#. .#... ..#.. ...#. #.#.#
#...# #...# #.... .###. .#... #...# .#.#. #.#.# ..#.. #...# ..#.. ..#.. ..#.. ..#.. ...#.
#...# #...# #.... ....# .#... #...# .#.#. #.#.# .#.#. #...# .#... ..#.. ..#.. ..#.. .....
####. .#### #.... ####. ..##. .#### ..#.. .#.#. #...# .#### ##### ...#. ..#.. .#... .....
#.... ....# ..... ..... ..... ..... ..... ..... ..... ....# ..... ..... ..#.. ..... .....
#.... ....# ..... ..... ..... ..... ..... ..... ..... .###. ..... ..... ..... ..... .....
)";

/// A glyph without empty columns at its sides, so that the gaps in a text are even.
struct Glyph {
  std::size_t width = 0;
  std::array<std::uint8_t, line_height_px> rows{};  ///< the highest of `width` bits is leftmost
};

constexpr bool is_inked(std::size_t glyph, std::size_t column, std::size_t row) {
  constexpr std::size_t full_line = glyphs_per_band * (glyph_columns + 1);  // with the line break
  constexpr std::size_t last_line = (glyph_count % glyphs_per_band) * (glyph_columns + 1);
  const std::size_t band = glyph / glyphs_per_band;
  const bool is_last_band = band == glyph_count / glyphs_per_band;
  const std::size_t line = row * (is_last_band ? last_line : full_line);
  const std::size_t at = 1 + band * line_height_px * full_line + line +
                         glyph % glyphs_per_band * (glyph_columns + 1) + column;
  return drawing[at] == '#';
}

constexpr bool is_column_inked(std::size_t glyph, std::size_t column) {
  for (std::size_t row = 0; row < line_height_px; ++row)
    if (is_inked(glyph, column, row)) return true;
  return false;
}

constexpr Glyph make_glyph(std::size_t glyph) {
  std::size_t begin = 0;
  std::size_t end = glyph_columns;
  while (begin < end && !is_column_inked(glyph, begin)) ++begin;
  while (begin < end && !is_column_inked(glyph, end - 1)) --end;
  if (begin == end) return {space_px, {}};
  Glyph made{end - begin, {}};
  for (std::size_t row = 0; row < line_height_px; ++row)
    for (std::size_t column = begin; column < end; ++column)
      made.rows[row] = static_cast<std::uint8_t>(made.rows[row] * 2 + is_inked(glyph, column, row));
  return made;
}

constexpr std::array<Glyph, glyph_count> make_glyphs() {
  std::array<Glyph, glyph_count> glyphs{};
  for (std::size_t i = 0; i < glyph_count; ++i) glyphs[i] = make_glyph(i);
  return glyphs;
}

constexpr std::array<Glyph, glyph_count> glyphs = make_glyphs();

/// Calls `use` with the glyph of each character and its distance from the start of the text.
template <class Use>
std::size_t set_text(std::string_view text, Use use) {
  std::size_t x = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;  // a UTF-8 character is drawn once, not once per byte
    const bool known = byte >= first_glyph && byte < first_glyph + glyph_count;
    const Glyph& glyph = glyphs[(known ? byte : '?') - first_glyph];
    use(glyph, x);
    x += glyph.width + gap_px;
  }
  return x == 0 ? 0 : x - gap_px;
}

void fill(Image& image, std::size_t x, std::size_t y, std::size_t side, const Rgb& color) {
  for (std::size_t row = y; row < std::min(y + side, image.height); ++row)
    for (std::size_t column = x; column < std::min(x + side, image.width); ++column)
      std::copy(color.begin(), color.end(), image.pixel(column, row));
}

}  // namespace

std::size_t text_width_px(std::string_view text) {
  return set_text(text, [](const Glyph&, std::size_t) {});
}

void draw_text(Image& image, std::size_t x, std::size_t y, std::string_view text, std::size_t scale,
               const Rgb& color) {
  set_text(text, [&](const Glyph& glyph, std::size_t start) {
    for (std::size_t row = 0; row < line_height_px; ++row)
      for (std::size_t column = 0; column < glyph.width; ++column)
        if ((glyph.rows[row] >> (glyph.width - 1 - column) & 1U) != 0)
          fill(image, x + (start + column) * scale, y + row * scale, scale, color);
  });
}

}  // namespace chorus
