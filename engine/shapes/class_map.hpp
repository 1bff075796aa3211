#pragma once

#include <cstddef>
#include <vector>

#include "chorus/image.hpp"
#include "patches.hpp"

namespace chorus::shapes {

/// Which colour a picture has at the nodes of a grid that is finer than its pixels, and where
/// between two nodes it changes. The grid reaches a pixel beyond the picture on all sides, so that
/// borders end outside of it.
struct ClassMap {
  PixelSize picture;                  ///< pixels
  std::size_t nodes_per_pixel = 0;    ///< along an axis; also the margin
  std::size_t width = 0, height = 0;  ///< nodes
  std::vector<int> labels;            ///< [height x width], indices of colors
  std::vector<float> change_right;    ///< [height x width] where the colour changes on the way to
  std::vector<float> change_below;    ///< the next node: 0 at this node, 1 at the next
  std::vector<Color> colors;          ///< balanced numbers

  std::size_t node(std::size_t x, std::size_t y) const { return y * width + x; }
};

/// The number of nodes a pixel along an axis for a picture: 8, and fewer for large pictures.
std::size_t nodes_per_pixel(PixelSize picture);

/// The colours of a picture that are unmixed somewhere: those whose 3 x 3 neighbourhood is of one
/// colour, most common first, then those of at least 6 pixels. None is within 6 levels of another.
/// Pixels of gradients do not count.
std::vector<Color> main_colors(const Image& picture, const std::vector<Patch>& patches);

/// The nearest of `colors`, and of gradients near these, at each node. `enlarged` holds the picture
/// at the nodes: it is a multiple as large.
ClassMap nearest_colors(PixelSize picture, const Image& enlarged, const std::vector<Color>& colors,
                        const std::vector<Patch>& patches);

/// The class of the highest score at each node. `scores` are [pixels x colors] of a picture that is
/// `nodes_per_pixel` times as large.
/// Classes whose colours are within 6 levels of each other are one; its score is the logarithm of
/// the sum of their exponentials.
ClassMap highest_scores(PixelSize picture, std::size_t nodes_per_pixel,
                        const std::vector<float>& scores, const std::vector<Color>& colors);

}  // namespace chorus::shapes
