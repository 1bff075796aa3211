#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"

namespace chorus::app {

/// "#ffffff".
std::string shown_color(const Rgb& color);

/// Loads images as a model sees them: with alpha if it has alpha, else over its background. A model
/// that names none takes `background`, or white. Throws Error if a background is asked for that is
/// not the model's.
Collection load_for(const Model& model, const std::filesystem::path& folder,
                    std::optional<std::size_t> size, const std::optional<Rgb>& background);

}  // namespace chorus::app
