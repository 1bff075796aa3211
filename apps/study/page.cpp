#include "study/page.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "files.hpp"
#include "printable.hpp"
#include "study/rows.hpp"
#include "study/template.hpp"
#include "support/html_page.hpp"

namespace chorus::app {

namespace {

std::string study_page(const nlohmann::ordered_json& data) {
  return filled_page(study_template::html, study_template::css, study_template::js, data);
}

}  // namespace

void write_study(const std::filesystem::path& folder, const nlohmann::ordered_json& data,
                 const std::vector<Row>& rows) {
  constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
  const auto write = [&](const char* name, const std::string& text) {
    write_atomically(folder / name, [&](std::ostream& out) { out << text; });
    fmt::print("  {}\n", shown(folder / name));
  };
  fmt::print("\nStudy:\n");
  write("study.csv", to_csv(rows));
  nlohmann::ordered_json whole = data;
  whole["rows"] = rows;
  write("study.json", whole.dump(1, ' ', false, replace) + "\n");
  write("study.html", study_page(data));
}

}  // namespace chorus::app
