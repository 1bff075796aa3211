#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace chorus::app {

/// Writes study.csv (a line for each row), study.json (the data of the page and the rows) and
/// study.html to the folder. `data` has "title", "lead", and lists "findings" (sentences),
/// "charts", "tables" and "facts", which study.js shows. Each file is written whole or not at all.
void write_study(const std::filesystem::path& folder, const nlohmann::ordered_json& data,
                 const std::vector<nlohmann::ordered_json>& rows);

}  // namespace chorus::app
