#pragma once

#include <nlohmann/json_fwd.hpp>

#include "evaluation/evaluation.hpp"

namespace chorus::app {

/// What the page shows of the paths between images: "paths" as `evaluate --json` has it, the frames
/// of some of them under "walks", and under "studies" what `pairs --study` has left beside the
/// model. Empty for a model of one image.
nlohmann::ordered_json path_section(Session& session, const Model& model,
                                    const TrainingImages& truth, const EvaluateOptions& options);

}  // namespace chorus::app
