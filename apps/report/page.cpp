#include "report/page.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "report/template.hpp"

namespace chorus::app {

namespace {

/// Replaces the single occurrence of {{name}} in the template.
void fill_in(std::string& page, const std::string& name, std::string_view text) {
  const std::string mark = "{{" + name + "}}";
  page.replace(page.find(mark), mark.size(), text);
}

/// JSON without "<", which occurs in strings only, so that the text cannot end its script element.
std::string script_json(const nlohmann::ordered_json& data) {
  const std::string text =
      data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text)
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  return safe;
}

}  // namespace

std::string report_page(const nlohmann::ordered_json& data) {
  std::string page(report_template::html);
  fill_in(page, "style", report_template::css);
  fill_in(page, "script", report_template::js);
  fill_in(page, "data", script_json(data));
  return page;
}

bool is_report_page(const std::filesystem::path& file) {
  constexpr std::string_view mark = "<meta name=\"generator\" content=\"chorus\">";
  std::string start(512, '\0');  // the mark is one of the first lines of the template
  std::ifstream(file, std::ios::binary).read(start.data(), std::ssize(start));
  return start.find(mark) != std::string::npos;
}

}  // namespace chorus::app
