#include "support/html_page.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/output_files.hpp"

namespace chorus::app {

void fill_in(std::string& page, std::string_view name, std::string_view text) {
  const std::string mark = fmt::format("{{{{{}}}}}", name);
  page.replace(page.find(mark), mark.size(), text);
}

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

std::string filled_page(std::string_view html, std::string_view style, std::string_view script,
                        const nlohmann::ordered_json& data) {
  std::string page(html);
  fill_in(page, "style", style);
  fill_in(page, "script", script);
  fill_in(page, "data", script_json(data));
  return page;
}

bool is_own_page(const std::filesystem::path& file) {
  // One of the first lines of the templates.
  return begins_with_mark(file, "<meta name=\"generator\" content=\"chorus\">");
}

}  // namespace chorus::app
