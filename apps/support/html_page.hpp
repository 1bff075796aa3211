#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

// The pages that the program writes: a template with data in it.

namespace chorus::app {

/// Replaces the single occurrence of {{name}} in the template.
void fill_in(std::string& page, std::string_view name, std::string_view text);

/// JSON without "<", which occurs in strings only, so that the text cannot end its script element.
std::string script_json(const nlohmann::ordered_json& data);

/// A template with its {{style}}, {{script}} and {{data}}.
std::string filled_page(std::string_view html, std::string_view style, std::string_view script,
                        const nlohmann::ordered_json& data);

/// Whether this is a page that chorus wrote, which a new one may replace.
bool is_own_page(const std::filesystem::path& file);

}  // namespace chorus::app
