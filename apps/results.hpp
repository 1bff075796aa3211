#pragma once

#include <nlohmann/json_fwd.hpp>

#include "commands.hpp"

// What commands find out, as they print it with --json: for commands that are made of others.

namespace chorus::app {

nlohmann::ordered_json evaluate_to_json(const EvaluateOptions& options);
/// Writes the model too.
nlohmann::ordered_json fit_to_json(const FitOptions& options);

}  // namespace chorus::app
