#include "sheet.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "alpha.hpp"
#include "font.hpp"
#include "resample.hpp"
#include "transliterate.hpp"

namespace chorus {
namespace {

constexpr Rgb ink = {0.25F, 0.25F, 0.28F};
constexpr Rgb hairline = {0.85F, 0.85F, 0.87F};

struct Extent {
  std::size_t width = 0;
  std::size_t height = 0;
};

/// Writes captions in the characters of the font, and shortens those that would push the images
/// apart.
std::string caption(std::string_view text) {
  constexpr std::size_t most_characters = 40;
  std::string ascii = to_ascii(text);
  if (ascii.size() <= most_characters) return ascii;
  return ascii.substr(0, most_characters - 3) + "...";
}

std::size_t widest_px(const std::vector<std::string>& titles) {
  std::size_t widest = 0;
  for (const std::string& title : titles) widest = std::max(widest, text_width_px(caption(title)));
  return widest;
}

/// The positions of everything on a sheet.
class Arrangement {
 public:
  explicit Arrangement(const Sheet& sheet)
      : gap_(sheet.gap_px), rows_(sheet.rows.size()), cell_(largest_image(sheet)) {
    for (const auto& row : sheet.rows) columns_ = std::max(columns_, row.size());
    check(sheet);
    scale_ = cell_.width >= 128 ? 2 : 1;
    column_width_ = std::max(cell_.width, widest_px(sheet.column_titles) * scale_);
    left_ = margin() + beside(widest_px(sheet.row_titles) * scale_);
    top_ = margin() + beside(sheet.column_titles.empty() ? 0 : ascent_px * scale_);
  }

  Extent canvas() const {
    return {left_ + columns_ * (column_width_ + gap_) - gap_ + margin(),
            top_ + rows_ * (cell_.height + gap_) - gap_ + margin()};
  }

  std::size_t margin() const { return 2 * gap_; }
  std::size_t left() const { return left_; }
  std::size_t scale() const { return scale_; }
  const Extent& cell() const { return cell_; }
  std::size_t column_centre(std::size_t column) const {
    return left_ + column * (column_width_ + gap_) + column_width_ / 2;
  }
  std::size_t row_centre(std::size_t row) const {
    return top_ + row * (cell_.height + gap_) + cell_.height / 2;
  }

 private:
  static Extent largest_image(const Sheet& sheet) {
    Extent largest;
    for (const auto& row : sheet.rows)
      for (const Image& image : row)
        largest = {std::max(largest.width, image.width), std::max(largest.height, image.height)};
    return largest;
  }

  void check(const Sheet& sheet) const {
    if (cell_.width == 0) throw std::invalid_argument("draw: the sheet has no images");
    if (!sheet.column_titles.empty() && sheet.column_titles.size() != columns_)
      throw std::invalid_argument("draw: expected one title for each column, or none");
    if (!sheet.row_titles.empty() && sheet.row_titles.size() != rows_)
      throw std::invalid_argument("draw: expected one title for each row, or none");
  }

  std::size_t beside(std::size_t title_px) const {
    return title_px == 0 ? 0 : title_px + std::max<std::size_t>(gap_, 4);
  }

  std::size_t gap_, rows_, columns_ = 0;
  Extent cell_;
  std::size_t scale_ = 1, column_width_ = 0, left_ = 0, top_ = 0;
};

Image enlarged(const Image& image, const Extent& cell) {
  const std::size_t factor = std::min(cell.width / image.width, cell.height / image.height);
  if (factor <= 1) return image;
  return resample(image, image.width * factor, image.height * factor, Filter::nearest);
}

/// Images with alpha lie on a checkerboard, on which both black and white can be seen.
void paste(Image& canvas, const Image& image, std::size_t x, std::size_t y) {
  const Image opaque = over_checkerboard(image);
  for (std::size_t row = 0; row < image.height; ++row)
    std::copy_n(opaque.pixel(0, row), image.width * 3, canvas.pixel(x, y + row));
}

/// Draws a line of one pixel around an area, because white images on white paper need an edge.
void frame(Image& canvas, std::size_t x, std::size_t y, const Extent& area) {
  const auto dot = [&](std::size_t column, std::size_t row) {
    std::copy(hairline.begin(), hairline.end(), canvas.pixel(column, row));
  };
  for (std::size_t column = x - 1; column <= x + area.width; ++column) {
    dot(column, y - 1);
    dot(column, y + area.height);
  }
  for (std::size_t row = y; row < y + area.height; ++row) {
    dot(x - 1, row);
    dot(x + area.width, row);
  }
}

void draw_titles(Image& canvas, const Sheet& sheet, const Arrangement& at) {
  const std::size_t scale = at.scale();
  for (std::size_t i = 0; i < sheet.column_titles.size(); ++i) {
    const std::string text = caption(sheet.column_titles[i]);
    const std::size_t x = at.column_centre(i) - text_width_px(text) * scale / 2;
    draw_text(canvas, x, at.margin(), text, scale, ink);
  }
  for (std::size_t i = 0; i < sheet.row_titles.size(); ++i) {
    const std::size_t y = at.row_centre(i) - std::min(at.row_centre(i), ascent_px * scale / 2);
    draw_text(canvas, at.margin(), y, caption(sheet.row_titles[i]), scale, ink);
  }
}

}  // namespace

Image draw(const Sheet& sheet) {
  const Arrangement at(sheet);
  Image canvas(at.canvas().width, at.canvas().height, 1.0F);
  for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
    for (std::size_t c = 0; c < sheet.rows[r].size(); ++c) {
      if (sheet.rows[r][c].pixels() == 0) continue;
      const Image image = enlarged(sheet.rows[r][c], at.cell());
      const std::size_t x = at.column_centre(c) - image.width / 2;
      const std::size_t y = at.row_centre(r) - image.height / 2;
      paste(canvas, image, x, y);
      if (sheet.gap_px >= 3) frame(canvas, x, y, {image.width, image.height});
    }
  }
  draw_titles(canvas, sheet, at);
  return canvas;
}

}  // namespace chorus
