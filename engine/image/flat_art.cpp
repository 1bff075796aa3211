#include "flat_art.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "alpha.hpp"
#include "compared.hpp"

namespace chorus {

namespace {

constexpr float one_level = 1.0F / 255.0F + 1e-6F;
constexpr std::size_t shortest_run = 2, longest_change = 2;
constexpr double least_contrast = 0.1;

/// The colours along a row or a column.
using Line = std::vector<Rgb>;

struct Run {
  std::size_t first = 0, end = 0;
  std::size_t length() const { return end - first; }
};

bool is_alike(const Rgb& a, const Rgb& b) {
  for (std::size_t c = 0; c < 3; ++c)
    if (std::abs(a[c] - b[c]) > one_level) return false;
  return true;
}

/// The runs of one colour that are long enough to be an area.
std::vector<Run> runs_of(const Line& line) {
  std::vector<Run> runs;
  for (std::size_t first = 0; first < line.size();) {
    std::size_t end = first + 1;
    while (end < line.size() && is_alike(line[end], line[first])) ++end;
    if (end - first >= shortest_run) runs.push_back({first, end});
    first = end;
  }
  return runs;
}

class LineEdges {
 public:
  LineEdges(const Line& image, const Line& truth, std::size_t reach)
      : image_(image), truth_(truth), reach_(reach) {}

  EdgeErrors errors() const {
    const std::vector<Run> runs = runs_of(truth_);
    EdgeErrors errors;
    for (std::size_t r = 1; r < runs.size(); ++r) {
      if (runs[r].first - runs[r - 1].end > longest_change) continue;
      add(errors, runs[r - 1], runs[r]);
    }
    return errors;
  }

 private:
  void add(EdgeErrors& errors, const Run& before, const Run& after) const {
    const Rgb& a = truth_[before.first];
    const Rgb& b = truth_[after.first];
    double contrast = 0;
    for (std::size_t c = 0; c < 3; ++c) contrast += std::pow(double{a[c]} - double{b[c]}, 2);
    if (std::sqrt(contrast) < least_contrast) return;
    const std::size_t first = before.end - std::min(reach_, before.length() / 2);
    const std::size_t end = after.first + std::min(reach_, after.length() / 2);
    double sum = 0;
    for (std::size_t i = first; i < end; ++i)
      for (std::size_t c = 0; c < 3; ++c)
        sum += (double{image_[i][c]} - double{truth_[i][c]}) * (double{a[c]} - double{b[c]});
    ++errors.edges;
    errors.sum_px += std::min(std::abs(sum) / contrast, static_cast<double>(reach_));
  }

  const Line& image_;
  const Line& truth_;
  std::size_t reach_;
};

Line line_of(const Image& image, std::size_t first, std::size_t step, std::size_t count) {
  Line line(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float* pixel = &image.values[(first + i * step) * image.channels];
    line[i] = {pixel[0], pixel[1], pixel[2]};
  }
  return line;
}

EdgeErrors opaque_errors(const Image& image, const Image& truth, std::size_t reach) {
  EdgeErrors errors;
  const auto add = [&](std::size_t first, std::size_t step, std::size_t count) {
    const Line seen = line_of(image, first, step, count),
               wanted = line_of(truth, first, step, count);
    const EdgeErrors more = LineEdges(seen, wanted, reach).errors();
    errors.edges += more.edges;
    errors.sum_px += more.sum_px;
  };
  for (std::size_t y = 0; y < truth.height; ++y) add(y * truth.width, 1, truth.width);
  for (std::size_t x = 0; x < truth.width; ++x) add(x, truth.width, truth.height);
  return errors;
}

/// The bytes of a pixel as a file holds them.
std::array<std::uint8_t, 4> bytes_at(const Image& image, std::size_t pixel) {
  const Color color = color_at(image, pixel);
  if (image.has_alpha()) return straight_bytes(color);
  return {to_byte(color[0]), to_byte(color[1]), to_byte(color[2]), 255};
}

}  // namespace

EdgeErrors edge_errors(const Image& image, const Image& truth, std::size_t reach_px) {
  check_compared(image, truth);
  const std::size_t reach = std::max<std::size_t>(1, reach_px);
  if (!truth.has_alpha()) return opaque_errors(image, truth, reach);
  EdgeErrors errors;
  for (const Rgb& ground : {white, black}) {
    const EdgeErrors more = opaque_errors(over(image, ground), over(truth, ground), reach);
    errors.edges += more.edges;
    errors.sum_px += more.sum_px;
  }
  return errors;
}

double exact_share(const Image& image, const Image& truth) {
  check_compared(image, truth);
  std::size_t exact = 0;
  for (std::size_t pixel = 0; pixel < truth.pixels(); ++pixel) {
    const auto a = bytes_at(image, pixel), b = bytes_at(truth, pixel);
    exact += std::ranges::equal(a, b, [](int x, int y) { return std::abs(x - y) <= 1; });
  }
  return static_cast<double>(exact) / static_cast<double>(truth.pixels());
}

}  // namespace chorus
