#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "chorus/image.hpp"

namespace chorus::app {

/// The curves of a training from the lines of its metrics file: a list of
/// {"title", "unit", "series": [{"name", "points": [[seconds, value], ..]}, ..],
///  "baselines": [{"name", "value"}, ..]}, without those that have no points. Throws Error if the
/// lines are not those of a training.
nlohmann::ordered_json training_curves(const std::vector<nlohmann::json>& metrics);

/// One HTML page with style, scripts, pictures, and the `data` that the scripts read.
std::string report_page(const nlohmann::ordered_json& data);

}  // namespace chorus::app
