#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace chorus {

/// Objects and lists inside one another. The library copies, compares and prints nested values by
/// recursion, which a file of nothing but brackets would use to exhaust the stack.
constexpr std::size_t max_json_depth = 64;

/// The one reader of JSON from files, which others may have written or damaged. Throws Error with
/// the reason, of which `what` ("the header") is the subject, if the text is not valid JSON, has a
/// number beyond the range of double, a key twice in one object, or more than max_json_depth levels.
nlohmann::json parse_json(std::string_view text, std::string_view what);

/// The same, with the keys in the order of the text.
nlohmann::ordered_json parse_ordered_json(std::string_view text, std::string_view what);

}  // namespace chorus
