#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chorus/backend.hpp"
#include "matrix_bench.hpp"
#include "op_parameters.hpp"
#include "sampler.hpp"

// Draws of training pixels, for the tests of Op::draw_pixels.

namespace chorus::test {

/// The result of draw_pixels for one visit of an image.
struct Draw {
  Matrix places, colors, weights;
};

/// Draws `flat` + `edge` pixels of image `index` of a table, step by step.
class Drawer {
 public:
  Drawer(const std::string& backend, const std::vector<NamedImage>& images, std::uint32_t flat,
         std::uint32_t edge, std::uint32_t area_samples = 0, float area_jitter = 0,
         PixelKinds kinds = PixelKinds::all)
      : memory_(make_backend(backend)),
        table_(memory_, images),
        image_(memory_.shared_backend(), std::vector<std::uint32_t>{0}),
        visit_(memory_.shared_backend(), std::vector<std::uint32_t>{0}),
        flat_(flat),
        area_samples_(area_samples),
        area_jitter_(area_jitter),
        kinds_(kinds),
        rows_(flat + edge),
        places_(memory_.empty(
            flat + edge * std::max<std::size_t>(1, std::size_t{area_samples} * area_samples), 2)),
        colors_(memory_.empty(rows_, 3)),
        weights_(memory_.empty(rows_, 1)) {}

  Draw draw(std::uint32_t image, std::uint32_t visit, std::uint64_t seed = 11) {
    image_.assign(std::vector<std::uint32_t>{image});
    visit_.assign(std::vector<std::uint32_t>{visit});
    Call call{.op = Op::draw_pixels};
    call.in[0] = table_.colors();
    call.out[0] = places_.view();
    call.out[1] = colors_.view();
    call.out[2] = weights_.view();
    call.index[0] = image_.view();
    call.index[1] = table_.image_table();
    call.index[2] = table_.pixel_order();
    call.index[3] = visit_.view();
    const PixelDraw parameters{seed, kinds_, flat_, area_samples_, area_jitter_};
    call.draw = &parameters;
    memory_.backend().run(call);
    return {read(places_), read(colors_), read(weights_)};
  }

 private:
  Memory memory_;
  PixelTable table_;
  IndexList image_, visit_;
  std::uint32_t flat_, area_samples_;
  float area_jitter_;
  PixelKinds kinds_;
  std::size_t rows_;
  Tensor places_, colors_, weights_;
};

/// The pixel number that a drawn place is the centre of; fails if it is the centre of none.
inline std::size_t pixel_at(const Image& image, double x, double y) {
  const double column = ((x + 1) * static_cast<double>(image.width) - 1) / 2;
  const double row = ((y + 1) * static_cast<double>(image.height) - 1) / 2;
  BOOST_TEST(std::abs(column - std::round(column)) < 1e-5);
  BOOST_TEST(std::abs(row - std::round(row)) < 1e-5);
  const auto index = static_cast<std::size_t>(std::lround(row)) * image.width +
                     static_cast<std::size_t>(std::lround(column));
  BOOST_TEST_REQUIRE(index < image.pixels());
  return index;
}

/// A quantity that differs from pixel to pixel and that has nothing to do with flat or edge.
inline double quantity(std::size_t pixel) {
  return std::sin(1.0 + 2.7 * static_cast<double>(pixel));
}

/// The mean of a sample and its standard error.
struct Estimate {
  double mean, error;
};

inline Estimate estimate(const std::vector<double>& sample) {
  const auto n = static_cast<double>(sample.size());
  double total = 0, squares = 0;
  for (const double value : sample) total += value;
  for (const double value : sample) squares += std::pow(value - total / n, 2);
  return {total / n, std::sqrt(squares / (n - 1) / n)};
}

}  // namespace chorus::test
