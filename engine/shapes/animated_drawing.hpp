#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "drawing.hpp"

namespace chorus::shapes {

/// Drawings of one size that are shown one after another, again and again.
struct AnimatedDrawing {
  std::vector<Drawing> frames;
  std::vector<std::size_t> order;  ///< indices of frames; a frame may come up several times
  double seconds_per_frame = 0;
};

/// What both formats have near their beginning, so that files of chorus are known as such.
inline constexpr std::string_view animation_mark = "Drawn by chorus";

/// A time for which a frame is shown, from place `begin` of the order to before place `end`.
struct Showing {
  std::size_t frame, begin, end;
};
/// In the order of time; a frame that follows itself is one showing. Throws std::invalid_argument
/// if there is nothing to show, or if the order names a frame that is not there.
std::vector<Showing> showings(const AnimatedDrawing& animation);

/// One SVG that plays by itself wherever SVG's own animations (SMIL) do; elsewhere it shows its
/// first frame. Throws as showings() does.
std::string animated_svg(const AnimatedDrawing& animation);

/// The same in the format of Lottie players (lottie.github.io): each frame is a composition, and
/// arcs are cubic curves within 0.0003 of their radius. Throws as showings() does.
std::string lottie(const AnimatedDrawing& animation, const std::string& name);

}  // namespace chorus::shapes
