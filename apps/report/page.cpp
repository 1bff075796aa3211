#include "report/page.hpp"

#include <nlohmann/json.hpp>

#include "report/template.hpp"
#include "support/html_page.hpp"

namespace chorus::app {

std::string report_page(const nlohmann::ordered_json& data) {
  std::string page(report_template::html);
  fill_in(page, "style", report_template::css);
  fill_in(page, "script", report_template::js);
  fill_in(page, "data", script_json(data));
  return page;
}

}  // namespace chorus::app
