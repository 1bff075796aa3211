#include "fit_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "changes.hpp"
#include "choices.hpp"
#include "cutting.hpp"
#include "figures.hpp"
#include "outlines.hpp"
#include "paints.hpp"
#include "patches.hpp"
#include "regions.hpp"
#include "resample.hpp"
#include "solver.hpp"

namespace chorus::shapes {

namespace {

/// An error of a pixel's number that noise and rounding do not explain.
constexpr double visible_error = 20.0 / 255, striking_error = 70.0 / 255;

/// In units of Solver::work(): 2.5 times what the hardest of 340 icons of five sets took, at 48 px.
/// Borders, and with them the work, grow as the sides of a picture do.
std::uint64_t most_work(PixelSize picture) {
  constexpr double at_48_px = 4e8, at_most = 4e9;
  const double side = std::sqrt(static_cast<double>(picture.width * picture.height));
  return static_cast<std::uint64_t>(std::min(at_48_px * std::max(1.0, side / 48), at_most));
}

void solve(Solver& solver, Drawing& drawing, const Priors& priors, int steps,
           double damping = 1e-3) {
  find_joints(drawing, priors.smooth_sine);
  solver.solve(drawing, {.steps = steps, .damping = damping});
}

/// A picture's regions and the drawing of them.
struct Candidate {
  RegionMap regions;
  Outlines outlines;
  Drawing drawing;
  double description = 0;
};

class Fitter {
 public:
  Fitter(const Image& picture, std::uint64_t work)
      : picture_(picture),
        problem_{picture.size(), numbers_of(picture), {}, {}},
        solver_(problem_),
        most_work_(work) {}

  /// The first drawing of some regions, with all the segments of their cuts.
  Candidate begin(RegionMap regions) {
    if (regions.regions() > most_regions) throw NotADrawing{regions.regions()};
    Outlines outlines = trace(regions);
    Drawing drawing = draw_outlines(regions, outlines);
    find_paints(problem_, drawing);
    for (int round = 0; round < 3; ++round) {
      solve(solver_, drawing, problem_.priors, 15);
      find_paints(problem_, drawing);
    }
    return described({std::move(regions), std::move(outlines), std::move(drawing)});
  }

  /// The same with as many segments as the pixels justify.
  Candidate worked_out(Candidate candidate, std::uint64_t until) {
    Drawing& drawing = candidate.drawing;
    for (int round = 0; round < 3; ++round) {
      find_joints(drawing, problem_.priors.smooth_sine);
      Chooser chooser(problem_, solver_, std::move(drawing), candidate.outlines.outlines, until);
      const double before = chooser.description();
      if (round < 2) {
        chooser.try_other_shapes();
        chooser.try_other_colors();
      }
      chooser.try_other_segments();
      drawing = chooser.drawing();
      solve(solver_, drawing, problem_.priors, 15);
      find_paints(problem_, drawing);
      constexpr double worth_going_on = 16;  // the price of two numbers
      if (before - chooser.description() < worth_going_on || chooser.is_exhausted()) break;
    }
    solve(solver_, drawing, problem_.priors, 20);
    find_paints(problem_, drawing);
    return described(std::move(candidate));
  }

  DrawnPicture run(const std::vector<ClassMap>& proposals) {
    Candidate best = worked_out(begin_with_best(proposals), most_work_ / 2);
    for (int round = 0; round < 2 && !is_exhausted(); ++round) {
      const Coverage shares = coverage(best.drawing);
      const Revision revision = {unexplained(best.drawing, shares), vanished(shares)};
      if (revision.new_regions.empty() && revision.gone.empty()) break;
      const std::uint64_t until = std::min(most_work_, solver_.work() + most_work_ / 4);
      try {
        Candidate other = worked_out(begin(revised(picture_, best.regions, revision)), until);
        if (other.description >= best.description) break;
        best = std::move(other);
      } catch (const NotADrawing&) {
        break;
      }
    }
    snap(best.drawing);
    const Pixels drawn = rasterize(best.drawing);
    const auto differing = std::ranges::count_if(drawn, [&](const Numbers& color) {
      const auto p = static_cast<std::size_t>(&color - drawn.data());
      return largest_error(color, problem_.target[p]) > visible_error;
    });
    return {std::move(best.drawing), mean_squared(drawn, problem_.target),
            static_cast<std::size_t>(differing), !is_exhausted()};
  }

 private:
  Candidate described(Candidate candidate) const {
    find_joints(candidate.drawing, problem_.priors.smooth_sine);
    candidate.description = description(problem_, candidate.drawing);
    return candidate;
  }

  /// The best first drawing of those that are possible. Throws NotADrawing if there is none.
  Candidate begin_with_best(const std::vector<ClassMap>& proposals) {
    std::optional<Candidate> best;
    std::optional<NotADrawing> failure;
    for (const ClassMap& proposal : proposals) {
      try {
        Candidate other = begin(find_regions(picture_, proposal));
        if (!best || other.description < best->description) best = std::move(other);
      } catch (const NotADrawing& not_one) {
        if (!failure) failure = not_one;
      }
    }
    if (!best) throw failure.value_or(NotADrawing{0});
    return std::move(*best);
  }

  bool is_exhausted() const { return solver_.work() > most_work_; }

  /// The regions that the fit has shrunk to nothing: they were noise, or the rim of another.
  static std::vector<int> vanished(const Coverage& shares) {
    constexpr double nothing_px = 0.12;  // square pixels, as of a speck
    std::vector<int> regions;
    for (std::size_t r = 0; r < shares.of_region.size(); ++r) {
      const std::vector<float>& share = shares.of_region[r];
      if (std::accumulate(share.begin(), share.end(), 0.0) < nothing_px)
        regions.push_back(static_cast<int>(r));
    }
    return regions;
  }

  /// Connected pixels that differ from the drawing within a region, and are of one colour.
  std::vector<std::vector<std::size_t>> unexplained(const Drawing& drawing,
                                                    const Coverage& shares) const {
    constexpr float mostly = 0.6F;
    const Pixels drawn = rasterize(drawing);
    const std::size_t count = drawn.size(), width = problem_.size.width;
    std::vector<int> region(count, -1);
    std::vector<double> off(count);
    for (std::size_t p = 0; p < count; ++p) {
      off[p] = largest_error(drawn[p], problem_.target[p]);
      for (std::size_t r = 0; r < shares.of_region.size(); ++r)
        if (shares.of_region[r][p] > mostly) region[p] = static_cast<int>(r);
    }
    std::vector<char> is_seen(count);
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t first = 0; first < count; ++first) {
      if (is_seen[first] || off[first] <= visible_error || region[first] < 0) continue;
      std::vector<std::size_t> group = {first};
      is_seen[first] = 1;
      for (std::size_t i = 0; i < group.size(); ++i) {
        const std::size_t p = group[i];
        const auto visit = [&](std::size_t q) {
          if (is_seen[q] || region[q] != region[p] || off[q] <= visible_error) return;
          if (largest_error(problem_.target[p], problem_.target[q]) > visible_error) return;
          is_seen[q] = 1;
          group.push_back(q);
        };
        if (p % width > 0) visit(p - 1);
        if (p % width + 1 < width) visit(p + 1);
        if (p >= width) visit(p - width);
        if (p + width < count) visit(p + width);
      }
      if (group.size() >= 2 || off[first] > striking_error) groups.push_back(std::move(group));
    }
    return groups;
  }

  void snap(Drawing& drawing) {
    // The pixels overrule the grid where it is more than a tenth of a pixel off.
    constexpr double pull = 30, settled_px = 0.012, settled_bulge = 0.004;
    level_circles(drawing);
    Problem pulled = problem_;
    pulled.priors.grid = pull;
    Solver solver(pulled);
    for (int round = 0; round < 2; ++round) solve(solver, drawing, pulled.priors, 20, 1e-4);
    for (std::size_t p = 0; p < drawing.points.size(); ++p) {
      if (drawing.is_fixed[p]) continue;
      for (double* number : {&drawing.points[p].x, &drawing.points[p].y})
        if (std::abs(off_grid(*number)) < settled_px) *number -= off_grid(*number);
    }
    for (Chain& chain : drawing.chains)
      for (Segment& segment : chain.segments)
        if (segment.is_arc && std::abs(off_quarters(segment.bulge)) < settled_bulge)
          segment.bulge -= off_quarters(segment.bulge);
    settle_figures(problem_, drawing);
  }

  const Image& picture_;
  Problem problem_;
  Solver solver_;
  std::uint64_t most_work_;
};

}  // namespace

DrawnPicture fit_drawing(const Image& picture, const std::vector<ClassMap>& proposals) {
  return Fitter(picture, most_work(picture.size())).run(proposals);
}

namespace {

ClassMap proposal_of(const Image& picture, const std::vector<Patch>& patches) {
  const std::size_t k = nodes_per_pixel(picture.size());
  const Image enlarged = resample(picture, picture.width * k, picture.height * k, Filter::bicubic);
  return nearest_colors(picture.size(), enlarged, main_colors(picture, patches), patches);
}

}  // namespace

std::optional<ClassMap> propose_bends(const Image& picture) {
  const std::vector<Patch> patches = find_patches(picture, Bends::together);
  if (std::ranges::none_of(patches, [](const Patch& patch) { return patch.gradient != nullptr; }))
    return std::nullopt;
  return proposal_of(picture, patches);
}

std::vector<ClassMap> propose(const Image& picture, const Image& enlarged) {
  const std::vector<Patch> patches = find_patches(picture, Bends::apart);
  return {nearest_colors(picture.size(), enlarged, main_colors(picture, patches), patches)};
}

std::vector<ClassMap> propose(const Image& picture) {
  std::vector<ClassMap> proposals = {proposal_of(picture, find_patches(picture, Bends::apart))};
  if (auto bends = propose_bends(picture)) proposals.push_back(std::move(*bends));
  return proposals;
}

}  // namespace chorus::shapes
