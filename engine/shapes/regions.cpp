#include "regions.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "color_distance.hpp"
#include "node_labels.hpp"
#include "smooth_regions.hpp"

namespace chorus::shapes {

namespace {

// Areas and widths below which nothing is a shape, in pixels of the picture. See docs/shapes.md.
constexpr double least_area = 0.12;
constexpr double opening_radius = 0.25;
constexpr double sliver_half_width = 0.62;
// Differences of colours, in any number.
constexpr float same_measured = 3.0F / 255, same_guessed = 8.0F / 255;
constexpr float on_the_way = 14.0F / 255, used_elsewhere = 6.0F / 255;

class Cleaner {
 public:
  Cleaner(const Image& picture, ClassMap classes)
      : picture_(picture),
        map_(std::move(classes)),
        scale_(static_cast<double>(map_.nodes_per_pixel)),
        labels_(map_.width, map_.height, map_.labels),
        colors_(map_.colors) {
    // Whatever has no pixel of its own keeps the colour of its class.
    separate();
  }

  void join(const std::vector<int>& gone) {
    join([&](int i, const Neighbours& beside) -> std::optional<int> {
      if (std::ranges::find(gone, i) == gone.end() || beside.empty()) return std::nullopt;
      return std::ranges::max_element(beside, {}, [](const auto& entry) { return entry.second; })
          ->first;
    });
  }

  RegionMap clean() {
    join_specks();
    labels_.open(static_cast<float>(opening_radius * scale_));
    separate();
    join_specks();
    measure();
    for (int round = 0; round < 4 && join_alike(); ++round) measure();
    for (int round = 0; round < 3 && divide_slivers(); ++round) measure();
    while (join_smooth()) measure();
    join_specks();
    measure();
    map_.labels = labels_.labels();
    map_.colors = colors_;
    return {std::move(map_), std::move(is_measured_)};
  }

 private:
  std::size_t count() const { return colors_.size(); }
  int label(std::size_t node) const { return labels_[node]; }

  /// Makes each connected part a region, with the colour that the region had.
  void separate() {
    const std::vector<Color> before = std::move(colors_);
    colors_.clear();
    for (const int former : labels_.separate())
      colors_.push_back(before[static_cast<std::size_t>(former)]);
    is_measured_.assign(count(), 0);
  }

  /// Joins each region to the one that `partner` names, if any. Returns whether any was joined.
  bool join(const NodeLabels::Partner& partner) {
    if (!labels_.join(partner)) return false;
    separate();
    return true;
  }

  void join_specks() {
    for (int round = 0; round < 3; ++round) {
      const std::vector<std::size_t> area = labels_.areas();
      const auto nodes = [&](int region) { return area[static_cast<std::size_t>(region)]; };
      const bool any = join([&](int i, const Neighbours& beside) -> std::optional<int> {
        if (static_cast<double>(nodes(i)) >= least_area * scale_ * scale_) return std::nullopt;
        std::optional<int> best;
        int longest = 0;
        for (const auto& [j, border] : beside)
          if (border > longest && nodes(j) >= nodes(i)) {
            longest = border;
            best = j;
          }
        return best;
      });
      if (!any) return;
    }
  }

  void measure() {
    std::vector<std::vector<std::size_t>> inside(count());
    for (std::size_t y = 0; y < picture_.height; ++y)
      for (std::size_t x = 0; x < picture_.width; ++x)
        if (const auto regions = regions_of_pixel(map_, labels_, x, y);
            regions && regions->first == regions->second && !std::isnan(*picture_.pixel(x, y)))
          inside[static_cast<std::size_t>(regions->first)].push_back(y * picture_.width + x);
    for (std::size_t r = 0; r < count(); ++r) {
      is_measured_[r] = !inside[r].empty();
      if (!inside[r].empty()) colors_[r] = median(inside[r]);
    }
  }

  Color median(const std::vector<std::size_t>& pixels) const {
    Color color{};
    for (std::size_t c = 0; c < picture_.channels; ++c) {
      std::vector<float> values;
      values.reserve(pixels.size());
      for (const std::size_t p : pixels)
        values.push_back(picture_.values[p * picture_.channels + c]);
      const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
      std::nth_element(values.begin(), middle, values.end());
      color[c] = *middle;
    }
    return color;
  }

  bool join_alike() {
    return join([&](int i, const Neighbours& beside) -> std::optional<int> {
      for (const auto& [j, border] : beside) {
        const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
        const bool both = is_measured_[a] && is_measured_[b];
        if (largest_difference(colors_[a], colors_[b]) < (both ? same_measured : same_guessed))
          return j;
      }
      return std::nullopt;
    });
  }

  bool join_smooth() {
    const std::vector<int> partners = smooth_partners(picture_, map_, labels_);
    return join([&](int i, const Neighbours&) -> std::optional<int> {
      const int partner = partners[static_cast<std::size_t>(i)];
      return partner > i ? std::optional(partner) : std::nullopt;
    });
  }

  /// Half the width of each region at its widest place, in pixels.
  std::vector<float> half_widths() const {
    std::vector<float> widths(count());
    const std::vector<float> distance = labels_.distances_from_borders();
    for (std::size_t node = 0; node < distance.size(); ++node) {
      float& width = widths[static_cast<std::size_t>(label(node))];
      width = std::max(width, distance[node] / static_cast<float>(scale_));
    }
    return widths;
  }

  /// How far a colour is from the way between two others; large unless it lies within.
  float distance_from_way(const Color& color, const Color& a, const Color& b) const {
    float along = 0, way = 0;
    for (std::size_t c = 0; c < most_channels; ++c) {
      along += (b[c] - a[c]) * (color[c] - a[c]);
      way += (b[c] - a[c]) * (b[c] - a[c]);
    }
    const float t = way < 1e-3F ? -1 : along / way;
    if (t < 0.04F || t > 0.96F) return 1e9F;
    float most = 0;
    for (std::size_t c = 0; c < most_channels; ++c)
      most = std::max(most, std::abs(color[c] - (a[c] + t * (b[c] - a[c]))));
    return most;
  }

  /// The two neighbours between whose colours a narrow region's colour lies, as on a blurred edge.
  std::optional<std::pair<int, int>> sides_of_edge(int region, const Neighbours& beside,
                                                   const std::vector<float>& half_width,
                                                   const std::vector<std::size_t>& wide) const {
    const auto own = static_cast<std::size_t>(region);
    if (half_width[own] > sliver_half_width) return std::nullopt;
    for (const std::size_t j : wide)
      if (j != own && largest_difference(colors_[own], colors_[j]) < used_elsewhere)
        return std::nullopt;
    int total = 0;
    for (const auto& [j, border] : beside) total += border;
    float best = on_the_way;
    std::optional<std::pair<int, int>> sides;
    for (const auto& [a, border_a] : beside)
      for (const auto& [b, border_b] : beside) {
        if (a >= b || 5 * border_a <= total || 5 * border_b <= total) continue;
        const float off = distance_from_way(colors_[own], colors_[static_cast<std::size_t>(a)],
                                            colors_[static_cast<std::size_t>(b)]);
        if (off >= best) continue;
        best = off;
        sides = std::pair(a, b);
      }
    return sides;
  }

  /// Divides narrow regions of a mixed colour between the two regions beside them.
  bool divide_slivers() {
    const std::vector<float> half_width = half_widths();
    const std::vector<Neighbours> neighbours = labels_.neighbours();
    std::vector<std::size_t> wide;
    for (std::size_t i = 0; i < count(); ++i)
      if (half_width[i] > 0.8F) wide.push_back(i);
    std::vector<std::optional<std::pair<int, int>>> sides(count());
    for (std::size_t i = 0; i < count(); ++i)
      sides[i] = sides_of_edge(static_cast<int>(i), neighbours[i], half_width, wide);
    const auto is_gone = [&](int i) { return sides[static_cast<std::size_t>(i)].has_value(); };
    std::vector<char> stays(count());
    for (std::size_t i = 0; i < count(); ++i)
      stays[i] = sides[i] && (is_gone(sides[i]->first) || is_gone(sides[i]->second));
    for (std::size_t i = 0; i < count(); ++i)
      if (stays[i]) sides[i].reset();
    if (std::ranges::none_of(sides, [](const auto& s) { return s.has_value(); })) return false;
    std::vector<char> is_lost(map_.labels.size());
    for (std::size_t node = 0; node < is_lost.size(); ++node) is_lost[node] = is_gone(label(node));
    labels_.give_away(std::move(is_lost), [&](int own, int other) {
      const auto& s = sides[static_cast<std::size_t>(own)];
      return s && (other == s->first || other == s->second);
    });
    separate();
    return true;
  }

  const Image& picture_;
  ClassMap map_;
  double scale_;  ///< nodes a pixel
  NodeLabels labels_;
  std::vector<Color> colors_;
  std::vector<char> is_measured_;
};

}  // namespace

RegionMap find_regions(const Image& picture, const ClassMap& classes) {
  return Cleaner(picture, classes).clean();
}

RegionMap revised(const Image& picture, const RegionMap& regions, const Revision& revision) {
  Cleaner joined(picture, regions.nodes);
  joined.join(revision.gone);
  ClassMap classes = joined.clean().nodes;
  if (revision.new_regions.empty()) return find_regions(picture, classes);
  const std::size_t k = classes.nodes_per_pixel;
  for (const std::vector<std::size_t>& group : revision.new_regions) {
    const int label = static_cast<int>(classes.colors.size());
    Color mean{};
    for (const std::size_t pixel : group) {
      const Color color = color_at(picture, pixel);
      for (std::size_t c = 0; c < most_channels; ++c)
        mean[c] += color[c] / static_cast<float>(group.size());
      const std::size_t left = k * (1 + pixel % picture.width),
                        top = k * (1 + pixel / picture.width);
      for (std::size_t v = top; v < top + k; ++v)
        for (std::size_t u = left; u < left + k; ++u) classes.labels[classes.node(u, v)] = label;
    }
    classes.colors.push_back(mean);
  }
  return find_regions(picture, classes);
}

}  // namespace chorus::shapes
