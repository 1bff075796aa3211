#include "cpu/draw_pixels.hpp"

#include <algorithm>

#include "op_parameters.hpp"
#include "random.hpp"

namespace chorus {

namespace {

/// Some rows of a group that are drawn from the same pixels.
struct Rows {
  std::uint32_t first, end;
  std::uint32_t first_of_kind, of_kind;  ///< all rows that are drawn from these pixels
  std::uint32_t first_place, places;     ///< in the image's list of pixels
  float weight;
  std::uint32_t cells;  ///< per axis of a pixel's square; 0: the centre only
};

/// Draws the pixels of one group.
class GroupDraw {
 public:
  GroupDraw(const Call& call, std::size_t group, std::uint32_t rows)
      : call_(call),
        image_(call.index[1].data + call.index[0].data[group] * image_fields),
        pixels_(call.index[2].data + image_[image_first_pixel]),
        colors_(call.in[0].data + image_[image_first_pixel] * call.in[0].stride),
        number_(image_[image_number]),
        visit_(call.index[3].data[group]),
        columns_(2.0 / image_[image_width]),
        lines_(2.0 / image_[image_height]),
        rows_(rows),
        pixel_(group * rows) {}

  /// `sample` is the first row of coordinates. Returns the row after the last.
  std::size_t run(std::size_t sample) {
    const PixelChoice choice =
        choose_pixels(call_.draw->kinds, image_[image_flat_pixels], image_[image_edge_pixels],
                      image_[image_blended_pixels]);
    const std::uint32_t flat_rows = call_.draw->flat_rows;
    const std::uint32_t area = call_.draw->area_samples > 1 ? call_.draw->area_samples : 1;
    const bool one_kind =
        choice.flat == 0 || choice.others == 0 || flat_rows == 0 || flat_rows == rows_;
    const auto part = [&](std::uint32_t first, std::uint32_t end) {
      const bool is_flat = first < flat_rows;
      Rows rows{first, end, first, end - first, choice.first, choice.flat, 0, is_flat ? 1 : area};
      if (one_kind) {
        rows.first_of_kind = 0;
        rows.of_kind = rows_;
        rows.places = choice.flat + choice.others;
      } else if (!is_flat) {
        rows.first_place += choice.flat;
        rows.places = choice.others;
      }
      rows.weight = static_cast<float>(double(rows.places) / (double(choice.all) * rows.of_kind));
      sample = draw(rows, sample);
    };
    if (flat_rows > 0) part(0, flat_rows);
    if (flat_rows < rows_) part(flat_rows, rows_);
    return sample;
  }

 private:
  /// A few rows at a time: their colours are scattered over the memory, and are fetched while the
  /// next pixels are chosen.
  std::size_t draw(const Rows& rows, std::size_t sample) {
    constexpr std::uint32_t together = 32;
    std::uint32_t pixels[together];
    for (std::uint32_t first = rows.first; first < rows.end; first += together) {
      const std::uint32_t count = std::min(together, rows.end - first);
      for (std::uint32_t i = 0; i < count; ++i) {
        pixels[i] = choose(rows, first + i);
        __builtin_prefetch(color(pixels[i]));
      }
      for (std::uint32_t i = 0; i < count; ++i, ++pixel_) {
        float* to = call_.out[1].data + pixel_ * call_.out[1].stride;
        for (std::size_t c = 0; c < call_.out[1].cols; ++c) to[c] = color(pixels[i])[c];
        call_.out[2].data[pixel_ * call_.out[2].stride] = rows.weight;
        sample = place(pixels[i], first + i, rows.cells, sample);
      }
    }
    return sample;
  }

  /// The pixel that a row represents.
  std::uint32_t choose(const Rows& rows, std::uint32_t row) const {
    const std::uint32_t word = weyl(philox({row, number_, 0, 0}, call_.draw->seed)[0], visit_);
    const std::uint32_t listed =
        below_in_stretch(word, rows.places, row - rows.first_of_kind, rows.of_kind);
    return pixels_[rows.first_place + listed];
  }

  const float* color(std::uint32_t pixel) const { return colors_ + pixel * call_.in[0].stride; }

  /// Writes the coordinates of a pixel's points.
  std::size_t place(std::uint32_t pixel, std::uint32_t row, std::uint32_t cells,
                    std::size_t sample) {
    const std::uint32_t width = image_[image_width];
    const std::uint32_t line = pixel / width, column = pixel - line * width;
    if (cells == 1) {
      put(sample, column + 0.5, line + 0.5);
      return sample + 1;
    }
    const double jitter = call_.draw->area_jitter;
    for (std::uint32_t cell = 0; cell < cells * cells; ++cell, ++sample) {
      const PhiloxBlock shift = philox({row, number_, visit_, 1 + cell}, call_.draw->seed);
      const auto within = [&](std::uint32_t index, std::uint32_t word) {
        return (index + 0.5 + jitter * (double{unit_float(word)} - 0.5)) / cells;
      };
      put(sample, column + within(cell % cells, shift[0]), line + within(cell / cells, shift[1]));
    }
    return sample;
  }

  void put(std::size_t sample, double column, double line) {
    float* to = call_.out[0].data + sample * call_.out[0].stride;
    to[0] = static_cast<float>(column * columns_ - 1);
    to[1] = static_cast<float>(line * lines_ - 1);
  }

  const Call& call_;
  const std::uint32_t* image_;
  const std::uint32_t* pixels_;
  const float* colors_;
  std::uint32_t number_;
  std::uint32_t visit_;
  double columns_, lines_;  ///< from pixels to coordinates, whose range is 2
  std::uint32_t rows_;
  std::size_t pixel_;  ///< row of the colours and weights
};

}  // namespace

void draw_pixels_by_group(const Call& call) {
  const auto rows = static_cast<std::uint32_t>(call.out[1].rows / call.index[0].count);
  std::size_t sample = 0;
  for (std::size_t g = 0; g < call.index[0].count; ++g)
    sample = GroupDraw(call, g, rows).run(sample);
}

}  // namespace chorus
