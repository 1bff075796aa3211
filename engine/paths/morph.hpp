#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "chorus/image.hpp"
#include "matching.hpp"
#include "motion.hpp"
#include "scene.hpp"
#include "shapes.hpp"

namespace chorus {

/// What becomes of shapes that have no counterpart in the other picture.
enum class Details {
  shrink,    ///< those of the first picture shrink away, then those of the second grow
  dissolve,  ///< the same in place, by their opacity: for pictures that have most in common
};

/// Shapes that move, between any two pictures of one size. See docs/paths.md.
class Morph {
 public:
  /// Draws on `threads` threads, see for_each_index(). Throws std::invalid_argument if the sizes
  /// differ or there is no pixel.
  Morph(const Image& from, const Image& to, std::size_t threads = 1);

  /// The picture at t in [0, 1] at any size. Its ends are the two pictures, but for resampling.
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
  /// Where a shape of the first picture is at t, and one of the second (from where it is at the
  /// end).
  Affine moved(const Match& match, double t) const;
  Affine from_moved(std::size_t shape, double t) const;
  Affine to_moved(std::size_t shape, double t) const;
  void set_matches(std::vector<Match> matches);
  /// An end as it is drawn, with all its shapes and with those in common only.
  struct End {
    Image drawn, common;
  };
  using Ends = std::pair<End, End>;
  End end(double t) const;
  Ends ends_with(std::vector<Match> matches);
  static double details_of(const End& end);
  /// How much of the details of either picture is there at t.
  double left_of_from(double t) const;
  double left_of_to(double t) const;
  /// The least faint_ that keeps the path short: with the colours of what is common, the details
  /// of both pictures go straight from 1 to faint_, from there to the others', and from faint_
  /// to 1.
  static double least_overlap(const Ends& ends);
  /// When the details of the first picture pass into those of the second.
  struct Turn {
    double begin = 0.5, end = 0.5;
  };
  /// What has more details takes more of the time, which is the shortest way.
  Turn shortest_turn(double of_from, double of_to) const;

  std::size_t threads_;
  Drawing from_, to_;
  SimilarityMotion motion_;
  std::vector<Match> matches_;
  std::vector<std::size_t> match_of_from_, match_of_to_;  ///< by shape
  Details details_ = Details::dissolve;
  double faint_ = 0;  ///< how much of the details is left when the others begin to come
  Turn turn_;
  /// What the shapes do not explain of an end: near to borders, or to details if these dissolve,
  /// and far from them.
  struct Unexplained {
    Image far, near;
  };
  Unexplained unexplained(const Image& image, const End& end, const Drawing& drawing) const;
  Unexplained rest_from_, rest_to_;
};

}  // namespace chorus
