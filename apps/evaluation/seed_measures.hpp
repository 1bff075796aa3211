#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "enum_names.hpp"

namespace chorus {

namespace app {

/// The question of a study. The first three hold something out of the training and evaluate on it,
/// the others compare trainings.
enum class Protocol { pixels, resolutions, images, capacity, ablation };

}  // namespace app

template <>
inline constexpr auto enum_names<app::Protocol> =
    enum_table<app::Protocol>("protocol", {{app::Protocol::pixels, "pixels"},
                                           {app::Protocol::resolutions, "resolutions"},
                                           {app::Protocol::images, "images"},
                                           {app::Protocol::capacity, "capacity"},
                                           {app::Protocol::ablation, "ablation"}});

namespace app {

/// Measures of one seed of a study: names with units, and values.
using Measures = std::vector<std::pair<std::string, double>>;

/// The measures that a study takes from the result of a seed, which is a result of `evaluate` or
/// `fit`. Throws Error if the result lacks something, or if the protocol compares trainings, whose
/// results are not those of a seed.
Measures seed_measures(Protocol protocol, const nlohmann::ordered_json& result);

/// A seed none of whose images is drawn lacks the measures of drawings that others have. It gets
/// those of the network, whose images are what is written.
void complete_undrawn(std::vector<Measures>& seeds);

/// The content of seed_N.json, the file of a seed that is finished.
struct FinishedSeed {
  nlohmann::ordered_json settings;  ///< of the training and the evaluation
  nlohmann::ordered_json result;
};

/// Throws Error if the text is not JSON, or lacks one of the two objects.
FinishedSeed parse_finished_seed(const std::string& text);

/// The settings that differ, as "training/edge_pixels: 11, now 12".
std::string differences(const nlohmann::ordered_json& before, const nlohmann::ordered_json& now);

}  // namespace app

}  // namespace chorus
