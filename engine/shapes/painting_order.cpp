#include "painting_order.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "area_raster.hpp"

namespace chorus::shapes {

namespace {

constexpr double transparent_alpha = 0.5 / 255;

double alpha_of(const Numbers& color) { return color[3] / static_cast<double>(balanced_alpha); }

bool is_opaque(const Paint& paint) {
  if (paint.gradient)
    return std::ranges::all_of(paint.gradient->stops, [](const Gradient::Stop& stop) {
      return alpha_of(stop.color) > opaque_alpha;
    });
  return paint.slope_x[3] == 0 && paint.slope_y[3] == 0 && alpha_of(paint.base) > opaque_alpha;
}

}  // namespace

PaintingOrder::PaintingOrder(const Drawing& drawing)
    : drawing_(drawing),
      loops_(find_loops(drawing)),
      is_opaque_picture_(std::ranges::none_of(drawing.paints, &Paint::has_alpha)) {
  for (int r = 0; r < drawing.regions(); ++r)
    if (!loops_[index(r)].parts.empty() && opacity(r) != Opacity::none) order_.push_back(r);
  enclose();
  std::ranges::stable_sort(order_, [&](int a, int b) {
    return loops_[index(a)].filled_area > loops_[index(b)].filled_area;
  });
  rank_.assign(drawing.paints.size(), -1);
  for (std::size_t i = 0; i < order_.size(); ++i) rank_[index(order_[i])] = static_cast<int>(i);
  find_thickness();
  find_beside();
}

Opacity PaintingOrder::opacity(int region) const {
  if (is_opaque_picture_) return Opacity::full;
  const Paint& paint = drawing_.paints[index(region)];
  if (paint.is_flat() && alpha_of(paint.base) < transparent_alpha) return Opacity::none;
  return shapes::is_opaque(paint) ? Opacity::full : Opacity::partial;
}

/// Makes each region larger than what lies in its holes, which is painted over it. It is so
/// unless the fit has left a thin rim inside out somewhere.
void PaintingOrder::enclose() {
  bool is_changed = true;
  for (std::size_t round = 0; is_changed && round < loops_.size(); ++round) {
    is_changed = false;
    for (std::size_t r = 0; r < loops_.size(); ++r)
      for (const Loop& hole : loops_[r].holes)
        for (const Walked& walked : hole) {
          const std::size_t inner = index(beyond(drawing_, walked));
          if (inner >= loops_.size() || loops_[inner].filled_area < loops_[r].filled_area) continue;
          loops_[r].filled_area = std::nextafter(loops_[inner].filled_area, 1e12);
          is_changed = true;
        }
  }
}

/// Twice the area over the perimeter: the width of what is long.
void PaintingOrder::find_thickness() {
  std::vector<double> perimeter(drawing_.paints.size(), 1e-9);
  for (const Chain& chain : drawing_.chains)
    for (const Segment& s : chain.segments) {
      const double l = arc_length(drawing_.start(s), drawing_.stop(s), s.bulge);
      perimeter[index(chain.left)] += l;
      perimeter[index(chain.right)] += l;
    }
  const Coverage shares = coverage(drawing_);
  thickness_.assign(drawing_.paints.size(), 0);
  for (std::size_t r = 0; r < shares.of_region.size(); ++r) {
    const auto& share = shares.of_region[r];
    thickness_[r] = 2 * std::accumulate(share.begin(), share.end(), 0.0) / perimeter[r];
  }
}

void PaintingOrder::find_beside() {
  beside_.resize(drawing_.paints.size());
  for (const Chain& chain : drawing_.chains) {
    beside_[index(chain.left)].insert(chain.right);
    beside_[index(chain.right)].insert(chain.left);
  }
}

bool PaintingOrder::shows_through(int region, const Loop& hole) const {
  std::set<int> seen = {region, drawing_.outside()};
  std::vector<int> waiting;
  const auto visit = [&](int r) {
    if (seen.insert(r).second) waiting.push_back(r);
  };
  for (const Walked& walked : hole) visit(beyond(drawing_, walked));
  while (!waiting.empty()) {
    const int r = waiting.back();
    waiting.pop_back();
    if (opacity(r) != Opacity::full) return true;
    for (const int other : beside_[index(r)]) visit(other);
  }
  return false;
}

bool PaintingOrder::runs_under(int region, int other) const {
  return other != drawing_.outside() && rank_[index(other)] > rank_[index(region)] &&
         opacity(other) == Opacity::full;
}

double PaintingOrder::overlap_under(int other) const {
  constexpr double widest_px = 0.25, of_thickness = 0.4;
  return std::min(widest_px, of_thickness * thickness_[index(other)]);
}

}  // namespace chorus::shapes
