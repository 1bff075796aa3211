#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "matching.hpp"
#include "motion.hpp"
#include "scene.hpp"
#include "shapes.hpp"

namespace chorus {

/// What becomes of shapes that have no counterpart in the other picture.
enum class Details {
  shrink,  ///< those of the first picture shrink away in the first half, then those of the second
           ///< grow
  fade,    ///< all at once, in place: for pictures that are nearly the same
};

/// Shapes that move, between any two pictures of one size. See docs/interpolation.md.
class Morph {
 public:
  /// Throws std::invalid_argument if the sizes differ or there is no pixel.
  Morph(const Image& from, const Image& to);

  /// The picture at t in [0, 1] at any size. Its ends are the two pictures, but for resampling.
  Image draw(double t, PixelSize size) const;

  const SimilarityMotion& motion() const { return motion_; }
  const std::vector<Match>& matches() const { return matches_; }
  Details details() const { return details_; }

 private:
  enum class Side { from, to, both };
  Scene scene(double t, Side side) const;
  Moving background(double t) const;
  Moving moving(const Match& match, double t) const;
  /// Where a shape of the first picture is at t, and one of the second (from where it is at the
  /// end).
  Affine moved(const Match& match, double t) const;
  Affine from_moved(std::size_t shape, double t) const;
  Affine to_moved(std::size_t shape, double t) const;
  Details choose_details() const;
  void part_what_differs();
  void find_own_matches();

  Drawing from_, to_;
  SimilarityMotion motion_;
  std::vector<Match> matches_;
  std::vector<std::size_t> match_of_from_, match_of_to_;  ///< by shape
  Details details_;
  bool same_picture_ = false;  ///< the motion of the whole explains nearly all, but for colours
  /// What the shapes do not explain of an end.
  struct Unexplained {
    Image inner, borders;
  };
  Unexplained unexplained(const Image& image, const Drawing& drawing, const Scene& scene) const;
  Unexplained rest_from_, rest_to_;
};

}  // namespace chorus
