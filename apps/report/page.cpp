#include "report/page.hpp"

#include <nlohmann/json.hpp>

#include "report/template.hpp"
#include "support/html_page.hpp"

namespace chorus::app {

std::string report_page(const nlohmann::ordered_json& data) {
  return filled_page(report_template::html, report_template::css, report_template::js, data);
}

}  // namespace chorus::app
