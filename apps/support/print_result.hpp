#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "printable.hpp"

namespace chorus::app {

/// Prints a result for other programs. Characters that would control a terminal become \uNNNN.
inline void print_result(const nlohmann::ordered_json& result) {
  constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
  fmt::print("{}\n", printable_json(result.dump(1, ' ', false, replace)));
}

}  // namespace chorus::app
