#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "chorus/image.hpp"
#include "common_shapes.hpp"
#include "matching.hpp"
#include "motion.hpp"
#include "scene.hpp"
#include "shapes.hpp"

namespace chorus {

/// How the details vanish and appear: shapes that have no counterpart in the other picture.
enum class Details {
  shrink,    ///< the first picture's details shrink away, then the second picture's grow
  dissolve,  ///< details fade out and in, in place; for pictures that have most in common
};

/// Shapes alone do not reproduce the ends of a path exactly, so the remaining difference is added
/// to frames near an end. Returns its weight at a place at the distance `away` from the end: 1 at
/// the end, falling linearly to 0 at a tenth of the path.
float correction_near_end(double away);

/// A path between any two pictures of one size on which their shapes move: docs/paths.md.
class Morph {
 public:
  /// Drawing uses `threads` threads, see for_each_index(). Throws std::invalid_argument if the
  /// sizes or channels differ or there are no pixels.
  Morph(const Image& first_image, const Image& last_image, std::size_t threads = 1);

  /// The picture at t in [0, 1] at any size. At the ends it is the given picture, except for
  /// resampling.
  Image draw(double t, PixelSize size) const;

  const SimilarityMotion& motion() const { return motion_; }
  const std::vector<Match>& matches() const { return matches_; }
  Details details() const { return details_; }

 private:
  enum class Side { from, to, both, neither };
  Scene scene(double t, Side side) const;
  Moving background(double t) const;
  Moving moving(const Match& match, double t) const;
  static void set_depth(Moving& shape, double t);
  static void order(std::vector<Moving>& shapes);
  /// The motion of a matched shape up to t.
  Affine moved(const Match& match, double t) const;
  /// The motion of any shape of the first picture, matched or not, from its place there to its
  /// place at t; and the same for shapes of the second picture.
  Affine from_moved(std::size_t shape, double t) const;
  Affine to_moved(std::size_t shape, double t) const;
  void set_matches(std::vector<Match> matches);
  /// A picture as its shapes show it: with all of them, and with the common ones only.
  struct End {
    Image drawn, common;
  };
  using Ends = std::pair<End, End>;
  End end(double t) const;
  Ends ends_with(Matched matched);
  static double details_of(const End& end);
  /// The fraction of each picture's details that is visible at t.
  double left_of_from(double t) const;
  double left_of_to(double t) const;
  /// The least faint_ that keeps the path short. While the colours of common shapes change, the
  /// details of the first picture fade from 1 to faint_. They then give way to those of the second,
  /// which appear at faint_ and grow to 1.
  static double least_overlap(const Ends& ends);
  /// The time in which details of the first picture give way to those of the second.
  struct Turn {
    double begin = 0.5, end = 0.5;
  };
  /// Gives more of the time to the picture with more details, which makes the path shortest.
  Turn shortest_turn(double of_from, double of_to) const;

  std::size_t threads_, channels_;
  Drawing from_, to_;
  SimilarityMotion motion_;
  std::vector<Match> matches_;
  std::vector<std::size_t> match_of_from_, match_of_to_;  ///< indices into matches_, by shape
  Details details_ = Details::dissolve;
  double faint_ = 0;  ///< fraction of the details left when the others appear
  Turn turn_;
  /// The part of a picture that its shapes do not explain: `near` is near to borders (or to
  /// details, if these dissolve), `far` is the rest.
  struct Unexplained {
    Image far, near;
  };
  Unexplained unexplained(const Image& image, const End& end, const Drawing& drawing) const;
  Unexplained rest_from_, rest_to_;
};

}  // namespace chorus
