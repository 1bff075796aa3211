#pragma once

#include <filesystem>

namespace chorus::app {

/// Whether this is a regular file that is not empty. Devices and pipes are no regular files.
bool holds_something(const std::filesystem::path& file);

/// Throws Error if `file` must not become a model, because it is a folder, or a file that is not a
/// model, such as a picture.
void check_model_output(const std::filesystem::path& file);

}  // namespace chorus::app
