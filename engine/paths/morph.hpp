#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "chorus/image.hpp"
#include "depth_order.hpp"
#include "matching.hpp"
#include "motion.hpp"
#include "scene.hpp"
#include "shapes.hpp"

namespace chorus {

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
  /// The shapes alone, without what they do not explain of the ends, which fades in place.
  Image draw_shapes(double t, PixelSize size) const;

  const SimilarityMotion& motion() const { return motion_; }
  const std::vector<Match>& matches() const { return matches_; }
  /// Whether a match, which has a shape of only one picture, fades in place. Others that are alone
  /// grow or shrink.
  bool dissolves(std::size_t match) const { return dissolves_[match]; }

 private:
  /// Which of the shapes that dissolve are drawn: those of one picture, or none.
  enum class Side { from, to, neither };
  Image drawn(double t, PixelSize size, float rest) const;
  void match(Drawing first, Drawing last);
  Scene scene(double t, Side side) const;
  Moving background(double t) const;
  Moving moving(std::size_t match, double t) const;
  void set_depth(Moving& shape, std::size_t match, double t) const;
  static void order(std::vector<Moving>& shapes);
  /// The motion of a matched shape up to t.
  Affine moved(const Match& match, double t) const;
  /// The motion of any shape of the first picture, matched or not, from its place there to its
  /// place at t; and the same for shapes of the second picture.
  Affine from_moved(std::size_t shape, double t) const;
  Affine to_moved(std::size_t shape, double t) const;
  void index_matches();
  /// A picture as its shapes show it: with all of them, and without those that dissolve.
  struct End {
    Image drawn, common;
  };
  using Ends = std::pair<End, End>;
  End end(double t) const;
  Ends ends() const { return {end(0), end(1)}; }
  static double details_of(const End& end);
  /// Decides which shapes that are alone dissolve, and when they come and go.
  void plan_details(const Image& from, const Image& to);
  bool is_compact(std::size_t match) const;
  /// Whether a shape of the other picture comes or goes at the same place.
  bool has_rival(std::size_t match) const;
  /// The size left of a shape that grows or shrinks, relative to its own.
  double size_left(std::size_t match, double t) const;
  /// The fraction of each picture's details that is visible at t.
  double left_of_from(double t) const;
  double left_of_to(double t) const;
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
  DepthOrder depths_;
  bool same_ = false;                     ///< whether both pictures show the same thing, moved
  bool alike_ = false;                    ///< whether they have most in common
  std::vector<bool> dissolves_, rivals_;  ///< indexed by match; false if it is not alone
  double faint_ = 0;                      ///< fraction of the details left when the others appear
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
