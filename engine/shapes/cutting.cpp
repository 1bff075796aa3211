#include "cutting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "piece_fits.hpp"

namespace chorus::shapes {

namespace {

constexpr double sample_step_px = 0.2;
constexpr std::size_t longest_piece = 600;  // samples; longer borders are cut once more
constexpr double largest_cut_bulge = 1.6;

/// Points at equal distances along a way.
std::vector<Point> resampled(const std::vector<Point>& way) {
  std::vector<double> at = {0};
  for (std::size_t i = 1; i < way.size(); ++i)
    at.push_back(at.back() + length(way[i] - way[i - 1]));
  const int steps = std::max(2, static_cast<int>(std::lround(at.back() / sample_step_px)));
  std::vector<Point> samples;
  std::size_t j = 1;
  for (int i = 0; i <= steps; ++i) {
    const double t = at.back() * i / steps;
    while (j + 1 < way.size() && at[j] < t) ++j;
    const double step = at[j] - at[j - 1];
    const double u = step > 0 ? std::clamp((t - at[j - 1]) / step, 0.0, 1.0) : 0;
    samples.push_back(way[j - 1] + u * (way[j] - way[j - 1]));
  }
  return samples;
}

/// Where an outline is cut: pieces[i] lies between samples places[i] and places[i + 1].
struct Cuts {
  std::vector<std::size_t> places;
  std::vector<PieceFit> pieces;

  void halve(std::size_t piece) {
    const std::size_t middle = (places[piece] + places[piece + 1]) / 2;
    places.insert(places.begin() + static_cast<std::ptrdiff_t>(piece) + 1, middle);
    pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(piece), PieceFit(pieces[piece]));
  }
  std::size_t longest() const {
    std::size_t best = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i)
      if (places[i + 1] - places[i] > places[best + 1] - places[best]) best = i;
    return best;
  }
};

Cuts best_cuts(const std::vector<Point>& samples, const CutPrices& prices) {
  // Neighbouring samples come from one network or one filter and err together: .4 of them count.
  const double weight = 0.4 / (prices.noise_px * prices.noise_px);
  constexpr double widest_arc = 3.4;  // radians; a full circle is two arcs
  const std::size_t last = samples.size() - 1;
  const PieceFits fits(samples);
  struct Best {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t from = 0;
    bool is_arc = false;
  };
  std::vector<Best> best(last + 1);
  best[0].cost = 0;
  for (std::size_t j = 1; j <= last; ++j)
    for (std::size_t i = j; i-- > 0 && j - i <= longest_piece;) {
      const double before = best[i].cost;
      if (before + prices.line >= best[j].cost) continue;
      const double off_line = j - i == 1 ? 0 : fits.line_error(i, j);
      const double as_line = before + prices.line + weight * off_line;
      if (as_line < best[j].cost) best[j] = {as_line, i, false};
      // The error of a piece grows with its length, so that all longer ones are worse still.
      if (weight * off_line > best[j].cost && weight * fits.circle(i, j).error > best[j].cost)
        break;
      if (j - i < 4 || before + prices.arc >= best[j].cost) continue;
      const PieceFit arc = fits.circle(i, j);
      const bool is_short = static_cast<double>(j - i) * sample_step_px < widest_arc * arc.radius;
      const double as_arc = before + prices.arc + weight * arc.error;
      if (is_short && as_arc < best[j].cost) best[j] = {as_arc, i, true};
    }
  Cuts cuts;
  for (std::size_t j = last; j > 0; j = best[j].from) {
    const std::size_t from = best[j].from;
    cuts.places.push_back(j);
    cuts.pieces.push_back(best[j].is_arc ? fits.circle(from, j) : fits.line(from, j));
  }
  cuts.places.push_back(0);
  std::ranges::reverse(cuts.places);
  std::ranges::reverse(cuts.pieces);
  return cuts;
}

/// A closed way that begins at another of its samples.
std::vector<Point> begun_at(const std::vector<Point>& closed, std::size_t start) {
  const std::size_t steps = closed.size() - 1;
  std::vector<Point> samples;
  for (std::size_t i = 0; i <= steps; ++i) samples.push_back(closed[(start + i) % steps]);
  return samples;
}

std::size_t sharpest(const std::vector<Point>& closed) {
  const std::size_t steps = closed.size() - 1;
  const std::size_t reach = std::clamp<std::size_t>(steps / 6, 1, 4);
  std::size_t best = 0;
  double most = -1;
  for (std::size_t i = 0; i < steps; ++i) {
    const Point before = closed[i] - closed[(i + steps - reach) % steps];
    const Point after = closed[(i + reach) % steps] - closed[i];
    const double turn = std::abs(std::atan2(cross(before, after), dot(before, after)));
    if (turn > most) {
      most = turn;
      best = i;
    }
  }
  return best;
}

/// The largest distance of samples from a chord, with its sign.
double sagitta(const std::vector<Point>& samples, std::size_t first, std::size_t last, Point a,
               Point b) {
  const Point across = unit(turned(b - a));
  double most = 0;
  for (std::size_t k = first; k <= last; ++k) {
    const double distance = dot(samples[k] - a, across);
    if (std::abs(distance) > std::abs(most)) most = distance;
  }
  return most;
}

/// Colour numbers of a region everywhere.
Paint flat_paint(const Color& color) {
  Paint paint;
  for (std::size_t c = 0; c < most_channels; ++c) paint.base[c] = static_cast<double>(color[c]);
  return paint;
}

/// Straight lines through all corners of an outline.
Chain polygon(const Outline& outline, Drawing& drawing, bool is_fixed) {
  std::vector<Point> corners = {outline.points.front()};
  for (std::size_t i = 1; i + 1 < outline.points.size(); ++i)
    if (std::abs(cross(outline.points[i] - corners.back(),
                       outline.points[i + 1] - outline.points[i])) > 1e-9)
      corners.push_back(outline.points[i]);
  corners.push_back(outline.points.back());
  Chain chain;
  int from = outline.is_closed() ? drawing.add_point(corners[0], is_fixed) : outline.first_junction;
  const int first = from;
  for (std::size_t i = 1; i < corners.size(); ++i) {
    const bool is_last = i + 1 == corners.size();
    const int to = is_last ? (outline.is_closed() ? first : outline.last_junction)
                           : drawing.add_point(corners[i], is_fixed);
    chain.segments.push_back({from, to, 0, false});
    from = to;
  }
  return chain;
}

}  // namespace

Chain cut(const Outline& outline, const CutPrices& prices, Drawing& drawing, int first_point,
          int last_point) {
  std::vector<Point> samples = resampled(outline.points);
  if (outline.is_closed()) samples = begun_at(samples, sharpest(samples));
  Cuts cuts = best_cuts(samples, prices);
  if (outline.is_closed() && cuts.pieces.size() > 2) {
    // Once more, because the first cut of a closed way was only a guess.
    samples = begun_at(samples, cuts.places[cuts.places.size() / 2]);
    cuts = best_cuts(samples, prices);
  }
  const bool is_loop = outline.is_closed() || first_point == last_point;
  const auto too_few = [&] {
    if (!is_loop) return false;
    const auto& p = cuts.pieces;
    return p.size() < 2 || (p.size() == 2 && !p[0].is_arc && !p[1].is_arc);
  };
  while (too_few()) {
    const std::size_t longest = cuts.longest();
    if (cuts.places[longest + 1] - cuts.places[longest] < 2) return {};
    cuts.halve(longest);
  }
  const std::size_t pieces = cuts.pieces.size();
  std::vector<int> points(pieces + 1);
  for (std::size_t i = 0; i <= pieces; ++i) {
    const PieceFit& after = cuts.pieces[i % pieces];
    const PieceFit& before = cuts.pieces[(i + pieces - 1) % pieces];
    if (!outline.is_closed() && i == 0)
      points[i] = first_point;
    else if (!outline.is_closed() && i == pieces)
      points[i] = last_point;
    else
      points[i] = i == pieces ? points[0]
                              : drawing.add_point(meeting(before, after, samples[cuts.places[i]]));
  }
  Chain chain;
  for (std::size_t i = 0; i < pieces; ++i) {
    Segment segment{points[i], points[i + 1], 0, cuts.pieces[i].is_arc};
    const Point a = drawing.start(segment), b = drawing.stop(segment);
    const double chord = length(b - a);
    if (segment.is_arc && chord > 1e-6)
      segment.bulge =
          std::clamp(bulge_of(sagitta(samples, cuts.places[i], cuts.places[i + 1], a, b), chord),
                     -largest_cut_bulge, largest_cut_bulge);
    chain.segments.push_back(segment);
  }
  return chain;
}

Drawing draw_outlines(const RegionMap& regions, const Outlines& outlines) {
  Drawing drawing;
  drawing.size = regions.nodes.picture;
  const auto width = static_cast<double>(drawing.size.width);
  const auto height = static_cast<double>(drawing.size.height);
  // Junctions on the frame have no effect on the picture, in which nothing pulls at them.
  constexpr double beyond = 0.3;
  for (const Point p : outlines.junctions)
    drawing.add_point(
        p, p.x < -beyond || p.y < -beyond || p.x > width + beyond || p.y > height + beyond);
  for (const Outline& outline : outlines.outlines) {
    const bool is_frame = outline.left == regions.regions() || outline.right == regions.regions();
    Chain chain;
    if (!is_frame) chain = cut(outline, {}, drawing, outline.first_junction, outline.last_junction);
    if (chain.segments.empty()) chain = polygon(outline, drawing, is_frame);
    chain.is_frame = is_frame;
    chain.left = outline.left;
    chain.right = outline.right;
    chain.is_closed = outline.is_closed();
    drawing.chains.push_back(std::move(chain));
  }
  for (const Color& color : regions.nodes.colors) drawing.paints.push_back(flat_paint(color));
  drawing.paints.emplace_back();
  drawing.is_measured = regions.is_measured;
  drawing.is_measured.push_back(1);
  return drawing;
}

}  // namespace chorus::shapes
