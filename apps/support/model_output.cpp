#include "support/model_output.hpp"

#include <fmt/format.h>

#include <system_error>

#include "chorus/error.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "safetensors.hpp"

namespace chorus::app {

namespace fs = std::filesystem;

bool holds_something(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && fs::file_size(file, ignored) > 0;
}

void check_model_output(const fs::path& file) {
  if (file.filename().empty() || fs::is_directory(file))
    throw Error(fmt::format(
        "cannot write the model '{}': expected the name of a file, not of a folder", shown(file)));
  require_regular_target(file);
  if (!holds_something(file)) return;
  try {
    const TensorFile content = read_safetensors(file);
    const auto format = content.metadata.find("format");
    if (format != content.metadata.end() && format->second.starts_with("chorus ")) return;
  } catch (const Error&) {  // not even a safetensors file
  }
  throw Error(fmt::format(
      "{} exists and is not a model of chorus, so it is not replaced; choose another --output",
      shown(file)));
}

}  // namespace chorus::app
