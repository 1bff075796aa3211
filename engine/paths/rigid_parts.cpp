#include "rigid_parts.hpp"

#include <algorithm>
#include <cstddef>

namespace chorus {

namespace {

bool touch(const Shape& a, const Shape& b) {
  constexpr double near = 0.06;
  for (std::size_t d = 0; d < 2; ++d)
    if (a.low[d] > b.high[d] + near || b.low[d] > a.high[d] + near) return false;
  return true;
}

/// The matches of two pictures, of which some move together.
class RigidParts {
 public:
  RigidParts(std::vector<Match>& matches, const Drawing& from, const Drawing& to,
             const Affine& whole)
      : matches_(matches), from_(from), to_(to), whole_(whole) {
    for (std::size_t m = 0; m < matches.size(); ++m)
      if (matches[m].from && matches[m].to && matches[m].own.moves()) moved_.push_back(m);
  }

  /// Takes the other one of two turns that explain a shape alone equally well, such as both ways
  /// round for a bar, if it explains more of the shapes that touch it.
  void choose_turns() {
    constexpr double nearly_as_good = 0.06;
    for (const std::size_t m : moved_) {
      Match& match = matches_[m];
      if (match.own.angle == 0 || match.own.stretch != Point{1, 1}) continue;
      const FoundOwnMotion other = with_opposite_turn(pair_of(m), whole_, match.own);
      if (other.overlap.all < match.overlap.all - nearly_as_good ||
          explained_by(other.own, m) <= explained_by(match.own, m))
        continue;
      match.own = other.own;
      match.overlap = other.overlap;
    }
  }

  void join() {
    std::stable_sort(moved_.begin(), moved_.end(),
                     [&](std::size_t a, std::size_t b) { return leads(a, b); });
    for (std::size_t k = 1; k < moved_.size(); ++k) {
      Match& match = matches_[moved_[k]];
      Overlap best = match.overlap;
      best.all -= as_good;
      const OwnMotion* better = nullptr;
      for (std::size_t leader = 0; leader < k; ++leader) {
        if (!touch_at_both_ends(moved_[k], moved_[leader])) continue;
        const OwnMotion& motion = matches_[moved_[leader]].own;
        const Overlap overlap = overlap_with(moved_[k], motion);
        if (overlap.all <= best.all) continue;
        best = overlap;
        better = &motion;
      }
      if (better == nullptr) continue;
      match.own = *better;
      match.overlap = best;
    }
  }

 private:
  static constexpr double as_good = 0.04;  // of the overlap may be lost

  ShapePair pair_of(std::size_t m) const {
    return {from_, *matches_[m].from, to_, *matches_[m].to};
  }
  Overlap overlap_with(std::size_t m, const OwnMotion& own) const {
    return overlap_of(pair_of(m), after(own.power(1), whole_));
  }
  bool touch_at_both_ends(std::size_t a, std::size_t b) const {
    return touch(pair_of(a).first(), pair_of(b).first()) &&
           touch(pair_of(a).second(), pair_of(b).second());
  }
  std::size_t explained_by(const OwnMotion& own, std::size_t without) const {
    std::size_t explained = 0;
    for (const std::size_t m : moved_)
      if (m != without && touch_at_both_ends(m, without) &&
          overlap_with(m, own).all > matches_[m].overlap.all - as_good)
        ++explained;
    return explained;
  }
  bool leads(std::size_t a, std::size_t b) const {
    const bool turns_a = matches_[a].own.angle != 0, turns_b = matches_[b].own.angle != 0;
    if (turns_a != turns_b) return turns_a;
    return pair_of(a).first().area > pair_of(b).first().area;
  }

  std::vector<Match>& matches_;
  const Drawing &from_, &to_;
  const Affine& whole_;
  std::vector<std::size_t> moved_;  ///< matches that move on their own
};

}  // namespace

void join_rigid_parts(std::vector<Match>& matches, const Drawing& from, const Drawing& to,
                      const Affine& whole) {
  RigidParts parts(matches, from, to, whole);
  parts.choose_turns();
  parts.join();
}

}  // namespace chorus
