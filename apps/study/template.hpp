#pragma once

#include <string_view>

// The parts of the page that parts.cmake lists; embed.cmake puts them into the program.

namespace chorus::app::study_template {

extern const std::string_view html;
extern const std::string_view css;
extern const std::string_view js;

}  // namespace chorus::app::study_template
