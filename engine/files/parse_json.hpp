#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace chorus {

/// The limit of objects and lists inside one another. The library copies, compares and prints
/// nested values by recursion, so that a file of nothing but brackets could exhaust the stack.
constexpr std::size_t max_json_depth = 64;

constexpr std::size_t any_number = static_cast<std::size_t>(-1);

/// The only reader of JSON from files, which others may have written or damaged. Throws Error if
/// the text is not valid JSON, has a number beyond the range of double, repeats a key in an object,
/// has more than max_json_depth levels, or more than `most_values` keys and values. `what` ("the
/// header") is the subject of the message.
nlohmann::json parse_json(std::string_view text, std::string_view what,
                          std::size_t most_values = any_number);

/// The same, with the keys in the order of the text, of which an object may have 1,024.
nlohmann::ordered_json parse_ordered_json(std::string_view text, std::string_view what);

}  // namespace chorus
