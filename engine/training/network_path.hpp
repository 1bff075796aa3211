#pragma once

#include <cstddef>
#include <optional>

#include "chorus/siren.hpp"
#include "chorus/tensor.hpp"

namespace chorus {

/// Rows of a tile: so many images with so many pixels each.
struct TileShape {
  std::size_t images = 0, pixels = 0;
};

/// The path that a device takes from now on, and what both took for a tile, in seconds.
struct PathChoice {
  NetworkPath path = NetworkPath::layers;
  double network_s = 0, layers_s = 0;
};

/// Lets a device whose path is NetworkPath::measured compute a tile of a training step both ways,
/// and decides for the faster one. Returns nothing, and does nothing, if there is only one way or
/// if one was asked for. Not repeatable where both are nearly as fast: results then differ in their
/// last bits, unless a path is asked for.
std::optional<PathChoice> choose_network_path(Memory& memory, const Siren& siren,
                                              const TileShape& tile);

}  // namespace chorus
