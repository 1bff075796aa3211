#pragma once

#include <cstddef>
#include <string>

#include "chorus/model.hpp"

// The entry `paths` in the metadata of a model file.

namespace chorus {

/// As JSON; images are numbers.
std::string taught_pairs_text(const TaughtPairs& pairs);

/// Throws Error, or an exception of nlohmann::json, if it is damaged or names an image that a model
/// of so many images lacks.
TaughtPairs parse_taught_pairs(const std::string& text, std::size_t images);

}  // namespace chorus
