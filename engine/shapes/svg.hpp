#pragma once

#include <cstddef>
#include <string>

#include "drawing.hpp"

namespace chorus::shapes {

struct SvgOptions {
  int decimals = 2;
  bool is_minified = false;    ///< without ids and line ends
  std::string id_prefix = {};  ///< of the ids, where a document holds several drawings
};

struct SvgText {
  std::string text;
  std::size_t elements = 0;  ///< paths, circles and rectangles
  std::size_t nodes = 0;     ///< ends of lines and arcs
};

/// What lies within the element <svg>.
struct SvgContent {
  std::string gradients;  ///< the elements that belong into <defs>; may be empty
  std::string elements;
  std::size_t element_count = 0, node_count = 0;  ///< as in SvgText
};
SvgContent svg_content(const Drawing& drawing, const SvgOptions& options = {});
std::string svg_document(PixelSize size, const SvgContent& content, bool is_minified);

/// A drawing as SVG, with the picture's pixels as user units. Larger regions are painted first; an
/// edge that a region shares with one painted later runs a little under that one, so that no
/// renderer shows the ground between them, unless the later one lets it through. What is
/// transparent is not painted.
SvgText write_svg(const Drawing& drawing, const SvgOptions& options = {});

}  // namespace chorus::shapes
