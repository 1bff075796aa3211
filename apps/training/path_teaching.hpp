#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"
#include "chorus/trainer.hpp"
#include "enum_names.hpp"

namespace chorus::app {

/// Between which images a training is taught paths.
enum class PathPairs {
  closest,  ///< the most similar ones: 8 disjoint pairs, then those that are closest
  spread,   ///< drawn at random, with equally many partners for all images
};

struct PathTeaching {
  std::size_t pairs = 0;  ///< with those that are held out; 0: none
  PathPairs choice = PathPairs::closest;
  double hold_out = 0;      ///< fraction of the pairs that are not trained, in [0, 1)
  std::size_t frames = 15;  ///< of each pair, without its ends
};

/// Chooses pairs of training images by region_distance(), or at random. Throws Error if there are
/// fewer pairs, or if the images differ in size.
TaughtPairs choose_path_pairs(const Collection& images, const PathTeaching& teaching,
                              std::uint64_t seed, std::size_t threads);

/// The frames of the morphs of the trained pairs, which are made of the training images alone.
/// Stops early, with fewer frames, if `stops` is true. Frames are drawn on `threads` threads, which
/// call `progress` with the fraction that is done.
std::vector<PathFrame> path_frames(const Collection& images, const TaughtPairs& pairs,
                                   std::size_t threads, const std::function<bool()>& stops,
                                   const std::function<void(double)>& progress);

}  // namespace chorus::app

namespace chorus {

template <>
inline constexpr auto enum_names<app::PathPairs> = enum_table<app::PathPairs>(
    "choice of pairs", {{app::PathPairs::closest, "closest"}, {app::PathPairs::spread, "spread"}});

}  // namespace chorus
