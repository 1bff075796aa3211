#pragma once

#include <cstddef>
#include <string>

#include "drawing.hpp"

namespace chorus::shapes {

struct SvgOptions {
  int decimals = 2;
  bool is_minified = false;  ///< without ids and line ends
};

struct SvgText {
  std::string text;
  std::size_t elements = 0;  ///< paths, circles and rectangles
  std::size_t nodes = 0;     ///< ends of lines and arcs
};

/// A drawing as SVG, with the picture's pixels as user units. Larger regions are painted first; an
/// edge that a region shares with one painted later runs a little under that one, so that no
/// renderer shows the ground between them, unless the later one lets it through. What is
/// transparent is not painted.
SvgText write_svg(const Drawing& drawing, const SvgOptions& options = {});

}  // namespace chorus::shapes
