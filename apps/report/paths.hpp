#pragma once

#include <nlohmann/json_fwd.hpp>

#include "evaluation/evaluation.hpp"

namespace chorus::app {

/// The page's data about paths between images: "paths" as in `evaluate --json`, the frames of some
/// of them under "walks", and the results that `pairs --study` has stored beside the model under
/// "studies". Empty for a model of one image.
nlohmann::ordered_json path_section(Session& session, const Model& model,
                                    const std::filesystem::path& model_file, const TestData& data);

}  // namespace chorus::app
