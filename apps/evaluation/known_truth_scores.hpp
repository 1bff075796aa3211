#pragma once

#include <array>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chorus/path.hpp"
#include "evaluation/evaluation.hpp"

namespace chorus::app {

/// The paths that are compared with true frames.
enum class TruthPath { path, line, cross_fade, wipe };
constexpr std::size_t truth_paths = 4;

/// Squared errors against true frames between the two images of a pair, which the training did not
/// see.
struct KnownTruthScore {
  using Errors = std::array<double, truth_paths>;  ///< indexed by TruthPath
  std::string middle, kind;
  Errors mse{};  ///< at t = 1/2
  /// The mean over t = 1/4 and 3/4, if these frames are known.
  std::optional<Errors> mse_of_quarters;
};

/// How many points along an axis of a pixel an image is decoded at where it is compared with images
/// of its training size.
std::size_t training_points(const Model& model, std::size_t image);

/// Scores the paths of a kind between those images of the model that are the two ends of a known
/// middle, where its folder of the data has the middle in the size of the images.
std::vector<KnownTruthScore> score_known_truth(Session& session, const Model& model,
                                               const TestData& data, PathKind kind);

nlohmann::ordered_json to_json(const std::vector<KnownTruthScore>& scores);
void print_known_truth(const std::vector<KnownTruthScore>& scores);

}  // namespace chorus::app
