#pragma once

#include <filesystem>

namespace chorus::app {

/// Whether there is a file with something in it. Devices and pipes are none.
bool holds_something(const std::filesystem::path& file);

/// Throws Error if a model cannot take the place of what is there: a folder, or a file that is no
/// model, such as a picture.
void check_model_output(const std::filesystem::path& file);

}  // namespace chorus::app
