#pragma once

// Text from patterns, as std::format makes it, which GCC 12 lacks. fmt does the work, in
// formatted.cpp alone: its definitions cost two seconds for each file that compiles them, and
// linking its library would burden the programs that use ours.

#include <fmt/core.h>

#include <ranges>
#include <string>
#include <string_view>

#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// fmt::vformat(), compiled once.
std::string formatted_values(fmt::string_view pattern, fmt::format_args values);

template <typename... Values>
std::string formatted(fmt::format_string<Values...> pattern, const Values&... values) {
  return formatted_values(pattern, fmt::make_format_args(values...));
}

/// The values of a range with a text between them: "48 x 48 x 3".
template <std::ranges::input_range Range>
std::string listed(const Range& values, std::string_view between) {
  std::string text;
  bool first = true;
  for (const auto& value : values) {
    if (!first) text += between;
    text += formatted("{}", value);
    first = false;
  }
  return text;
}

}  // namespace chorus
