#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "chorus/model.hpp"
#include "evaluation/evaluation.hpp"

namespace chorus::app {

constexpr std::size_t largest_picture = 512;  ///< pixels; larger sizes are measured, but not shown

/// Scores of images each of which has a size of its own, in the order of the model.
struct ShownScores {
  SizeScores scores;               ///< `size` is 0 if images differ in size
  std::vector<std::size_t> sizes;  ///< pixels, longer side, of each image of `scores`
};

/// The scores that the page compares, one for each image that was scored at any size: at the
/// largest size of up to 512 px that has baselines for all of them. If there is none, each image is
/// shown at its training size, or at another one if it was not scored there.
ShownScores shown_scores(const Model& model, const ScoresBySize& by_size);

/// The scores at the training size of each image, without the images that were not scored there.
ShownScores training_scores(const Model& model, const ScoresBySize& by_size);

/// The page's data about them: as in `evaluate --json`, with the number of images under "count" and
/// all sizes under "sizes".
nlohmann::ordered_json to_json(const ShownScores& shown);

}  // namespace chorus::app
