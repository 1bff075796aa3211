#include "segmentation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <queue>
#include <stdexcept>

#include "color_distance.hpp"
#include "flatness.hpp"
#include "palette_fit.hpp"

namespace chorus {

namespace {

constexpr int none = -1;

Color seen_at(const Image& image, std::size_t pixel) {
  Color color = color_at(image, pixel);
  for (float& channel : color) channel = std::clamp(channel, 0.0F, 1.0F);
  return color;
}

/// Calls f(neighbour) for each of the up to four neighbours of a pixel.
template <class F>
void for_neighbours(PixelSize size, std::size_t pixel, const F& f) {
  const std::size_t x = pixel % size.width, y = pixel / size.width;
  if (x > 0) f(pixel - 1);
  if (x + 1 < size.width) f(pixel + 1);
  if (y > 0) f(pixel - size.width);
  if (y + 1 < size.height) f(pixel + size.width);
}

/// Whether the colour changes in the same direction before and after a pixel.
bool passes_through(const Color& before, const Color& here, const Color& after) {
  float dot = 0;
  for (std::size_t c = 0; c < most_channels; ++c)
    dot += (here[c] - before[c]) * (after[c] - here[c]);
  return dot > flatness::soft_border * flatness::soft_border;
}

/// The pixels on soft borders between two colours.
Mask transitions(const Image& image) {
  Mask found(image.pixels());
  const auto color = [&](std::size_t x, std::size_t y) {
    return seen_at(image, y * image.width + x);
  };
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const bool in_x = x > 0 && x + 1 < image.width, in_y = y > 0 && y + 1 < image.height;
      const Color here = color(x, y);
      found[y * image.width + x] =
          (in_x && passes_through(color(x - 1, y), here, color(x + 1, y))) ||
          (in_y && passes_through(color(x, y - 1), here, color(x, y + 1))) ||
          (in_x && in_y &&
           (passes_through(color(x - 1, y - 1), here, color(x + 1, y + 1)) ||
            passes_through(color(x - 1, y + 1), here, color(x + 1, y - 1))));
    }
  return found;
}

/// The common colours of the pixels that are not on transitions, most common first. Colours are
/// counted in the cells of a grid. The mean of a cell is taken unless a more common colour is near
/// to it.
std::vector<Color> common_colors(const Image& image, const Mask& transition, float same_color) {
  constexpr float levels = 16;
  constexpr std::size_t rare = 2000;  // fewer than one of 2000 pixels
  struct Cell {
    Color sum{};
    std::size_t count = 0;
  };
  std::map<std::array<int, most_channels>, Cell> cells;
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    if (transition[i] != 0) continue;
    const Color color = seen_at(image, i);
    std::array<int, most_channels> key{};
    for (std::size_t c = 0; c < most_channels; ++c)
      key[c] = static_cast<int>(std::lround(color[c] * levels));
    Cell& cell = cells[key];
    for (std::size_t c = 0; c < most_channels; ++c) cell.sum[c] += color[c];
    ++cell.count;
  }
  std::vector<Cell> sorted;
  sorted.reserve(cells.size());
  for (const auto& [key, cell] : cells) sorted.push_back(cell);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Cell& a, const Cell& b) { return a.count > b.count; });
  std::vector<Color> colors;
  for (const Cell& cell : sorted) {
    if (cell.count * rare < image.pixels() && !colors.empty()) break;
    Color mean{};
    for (std::size_t c = 0; c < most_channels; ++c)
      mean[c] = cell.sum[c] / static_cast<float>(cell.count);
    const bool known = std::any_of(colors.begin(), colors.end(), [&](const Color& other) {
      return squared_distance(mean, other) < same_color * same_color;
    });
    if (!known) colors.push_back(mean);
  }
  return colors;
}

/// Regions under construction. A pixel is open while it belongs to no region.
class Regions {
 public:
  Regions(const Image& image, const SegmentationOptions& options)
      : image_(image), size_(image.size()), options_(options), of_(image.pixels(), none) {}

  void seed() {
    const Mask transition = transitions(image_);
    std::vector<Color> colors = common_colors(image_, transition, options_.same_color);
    if (colors.empty()) colors.push_back(seen_at(image_, 0));
    std::vector<int> nearest(image_.pixels(), none);
    for (std::size_t i = 0; i < nearest.size(); ++i)
      if (transition[i] == 0) nearest[i] = nearest_color(colors, seen_at(image_, i));
    connect(nearest);
    if (count_ == 0) {  // all pixels are on transitions
      std::fill(of_.begin(), of_.end(), 0);
      count_ = 1;
    }
    constexpr std::size_t least_seed = 4;
    open_smaller_than(least_seed);
  }

  /// Assigns open pixels to the neighbouring region whose colour is nearest, best matches first.
  void grow() {
    const std::vector<Color> means = mean_colors();
    struct Offer {
      float distance;
      std::size_t pixel;
      int region;
      bool operator<(const Offer& other) const {
        return distance != other.distance ? distance > other.distance : pixel > other.pixel;
      }
    };
    std::priority_queue<Offer> offers;
    const auto offer_around = [&](std::size_t pixel) {
      for_neighbours(size_, pixel, [&](std::size_t next) {
        if (of_[next] == none)
          offers.push(
              {squared_distance(seen_at(image_, next), means[static_cast<std::size_t>(of_[pixel])]),
               next, of_[pixel]});
      });
    };
    for (std::size_t i = 0; i < of_.size(); ++i)
      if (of_[i] != none) offer_around(i);
    while (!offers.empty()) {
      const Offer best = offers.top();
      offers.pop();
      if (of_[best.pixel] != none) continue;
      of_[best.pixel] = best.region;
      offer_around(best.pixel);
    }
  }

  /// Joins regions that have no visible border between them.
  void join_gradients() {
    constexpr double invisible = 0.05;
    struct Border {
      double difference = 0;
      std::size_t length = 0;
    };
    std::map<std::pair<int, int>, Border> borders;
    const auto add = [&](std::size_t i, std::size_t j) {
      if (of_[i] == of_[j]) return;
      Border& border = borders[std::minmax(of_[i], of_[j])];
      border.difference +=
          double{std::sqrt(squared_distance(seen_at(image_, i), seen_at(image_, j)))};
      ++border.length;
    };
    for (std::size_t i = 0; i < of_.size(); ++i) {
      if (i % size_.width + 1 < size_.width) add(i, i + 1);
      if (i + size_.width < of_.size()) add(i, i + size_.width);
    }
    std::vector<int> joined(count_);
    std::iota(joined.begin(), joined.end(), 0);
    const auto root = [&](int region) {
      while (joined[static_cast<std::size_t>(region)] != region)
        region = joined[static_cast<std::size_t>(region)];
      return region;
    };
    for (const auto& [pair, border] : borders)
      if (border.difference < invisible * static_cast<double>(border.length))
        joined[static_cast<std::size_t>(root(pair.first))] = root(pair.second);
    for (int& region : of_) region = root(region);
    renumber();
  }

  /// Joins small regions to their surroundings.
  void drop_specks() {
    std::vector<std::size_t> sizes = pixels();
    std::sort(sizes.rbegin(), sizes.rend());
    std::size_t least = options_.least_pixels;
    if (sizes.size() > options_.most_regions)
      least = std::max(least, sizes[options_.most_regions] + 1);
    open_smaller_than(least);
    grow();
    renumber();
  }

  Segmentation result() const { return {size_, of_, fields(), pixels()}; }

 private:
  int nearest_color(const std::vector<Color>& colors, const Color& color) const {
    const float farthest = 1.5F * options_.same_color * options_.same_color;
    const auto nearest =
        std::min_element(colors.begin(), colors.end(), [&](const Color& a, const Color& b) {
          return squared_distance(a, color) < squared_distance(b, color);
        });
    return squared_distance(*nearest, color) < farthest ? static_cast<int>(nearest - colors.begin())
                                                        : none;
  }

  /// Makes a region of each connected set of pixels with the same label.
  void connect(const std::vector<int>& labels) {
    std::vector<std::size_t> stack;
    for (std::size_t start = 0; start < labels.size(); ++start) {
      if (labels[start] == none || of_[start] != none) continue;
      of_[start] = static_cast<int>(count_);
      stack.push_back(start);
      while (!stack.empty()) {
        const std::size_t pixel = stack.back();
        stack.pop_back();
        for_neighbours(size_, pixel, [&](std::size_t next) {
          if (labels[next] != labels[start] || of_[next] != none) return;
          of_[next] = static_cast<int>(count_);
          stack.push_back(next);
        });
      }
      ++count_;
    }
  }

  std::vector<std::size_t> pixels() const {
    std::vector<std::size_t> counts(count_);
    for (const int region : of_)
      if (region != none) ++counts[static_cast<std::size_t>(region)];
    return counts;
  }

  std::vector<Color> mean_colors() const {
    std::vector<std::array<double, most_channels>> sums(count_);
    for (std::size_t i = 0; i < of_.size(); ++i) {
      if (of_[i] == none) continue;
      const Color color = seen_at(image_, i);
      for (std::size_t c = 0; c < most_channels; ++c)
        sums[static_cast<std::size_t>(of_[i])][c] += double{color[c]};
    }
    const std::vector<std::size_t> counts = pixels();
    std::vector<Color> means(count_);
    for (std::size_t r = 0; r < count_; ++r)
      for (std::size_t c = 0; c < most_channels; ++c)
        means[r][c] = static_cast<float>(sums[r][c] /
                                         static_cast<double>(std::max<std::size_t>(counts[r], 1)));
    return means;
  }

  /// Opens the pixels of regions smaller than `least`, but not those of the largest region.
  void open_smaller_than(std::size_t least) {
    const std::vector<std::size_t> counts = pixels();
    least = std::min(least, *std::max_element(counts.begin(), counts.end()));
    for (int& region : of_)
      if (region != none && counts[static_cast<std::size_t>(region)] < least) region = none;
  }

  /// Renumbers the regions so that no number is without pixels.
  void renumber() {
    const std::vector<std::size_t> counts = pixels();
    std::vector<int> number(count_, none);
    int next = 0;
    for (std::size_t r = 0; r < count_; ++r)
      if (counts[r] > 0) number[r] = next++;
    for (int& region : of_) region = number[static_cast<std::size_t>(region)];
    count_ = static_cast<std::size_t>(next);
  }

  /// The median colour of each region away from its border, or a gradient where it explains the
  /// colours clearly better.
  std::vector<ColorField> fields() const;

  const Image& image_;
  PixelSize size_;
  SegmentationOptions options_;
  std::vector<int> of_;
  std::size_t count_ = 0;
};

float median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Color median_color(const std::vector<PlacedColor>& pixels) {
  Color color{};
  for (std::size_t c = 0; c < most_channels; ++c) {
    std::vector<float> values;
    values.reserve(pixels.size());
    for (const PlacedColor& pixel : pixels) values.push_back(pixel.color[c]);
    color[c] = median(std::move(values));
  }
  return color;
}

ColorField field_of(const std::vector<PlacedColor>& pixels) {
  constexpr std::size_t enough = 64;
  constexpr double visible = 0.015 * 0.015, clearly = 0.5;
  const std::vector<ColorField> constant = {{median_color(pixels), {}, {}}};
  if (pixels.size() < enough) return constant.front();
  const double error = distance_from(constant, pixels);
  if (error < visible) return constant.front();
  const std::vector<ColorField> plane = fit_fields(pixels, {constant.front().p});
  return distance_from(plane, pixels) < clearly * error ? plane.front() : constant.front();
}

std::vector<ColorField> Regions::fields() const {
  std::vector<std::vector<PlacedColor>> inner(count_), all(count_);
  for (std::size_t i = 0; i < of_.size(); ++i) {
    bool inside = true;
    for_neighbours(size_, i, [&](std::size_t next) { inside &= of_[next] == of_[i]; });
    const PlacedColor pixel{pixel_centre(i % size_.width, size_.width),
                            pixel_centre(i / size_.width, size_.height), seen_at(image_, i)};
    all[static_cast<std::size_t>(of_[i])].push_back(pixel);
    if (inside) inner[static_cast<std::size_t>(of_[i])].push_back(pixel);
  }
  std::vector<ColorField> fields;
  for (std::size_t r = 0; r < count_; ++r)
    fields.push_back(field_of(4 * inner[r].size() < all[r].size() ? all[r] : inner[r]));
  return fields;
}

}  // namespace

SegmentationOptions options_for(PixelSize size) {
  SegmentationOptions options;
  const double scale = static_cast<double>(size.longer_side()) / 192;
  options.least_pixels = std::max<std::size_t>(
      2, static_cast<std::size_t>(
             std::lround(static_cast<double>(options.least_pixels) * scale * scale)));
  return options;
}

Segmentation segment(const Image& image, const SegmentationOptions& options) {
  if (image.pixels() == 0) throw std::invalid_argument("segment: the image has no pixels");
  Regions regions(image, options);
  regions.seed();
  regions.grow();
  regions.join_gradients();
  regions.drop_specks();
  return regions.result();
}

std::vector<float> distances_from_borders(const Segmentation& segmentation) {
  Mask borders(segmentation.region_of.size());
  for (std::size_t i = 0; i < borders.size(); ++i)
    for_neighbours(segmentation.size, i, [&](std::size_t next) {
      if (segmentation.region_of[next] != segmentation.region_of[i]) borders[i] = 1;
    });
  return squared_distances(borders, segmentation.size);
}

Mask filled_region(const Segmentation& segmentation, int region) {
  const PixelSize size = segmentation.size;
  Mask filled(size.width * size.height, 1);
  std::vector<std::size_t> stack;
  const auto reach = [&](std::size_t pixel) {
    if (filled[pixel] == 0 || segmentation.region_of[pixel] == region) return;
    filled[pixel] = 0;
    stack.push_back(pixel);
  };
  for (std::size_t x = 0; x < size.width; ++x) {
    reach(x);
    reach((size.height - 1) * size.width + x);
  }
  for (std::size_t y = 0; y < size.height; ++y) {
    reach(y * size.width);
    reach(y * size.width + size.width - 1);
  }
  while (!stack.empty()) {
    const std::size_t pixel = stack.back();
    stack.pop_back();
    for_neighbours(size, pixel, reach);
  }
  return filled;
}

}  // namespace chorus
