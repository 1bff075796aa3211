#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

namespace chorus::app {

/// Writes the metrics of a training as JSON lines, each with a "step": see docs/file_format.md. A
/// resumed training first drops the lines after the step at which it resumes.
class MetricsLog {
 public:
  /// Throws Error if the file cannot be written.
  MetricsLog(const std::filesystem::path& file, std::uint64_t resumed_step);
  /// If a line cannot be written, warns once, and tries again with later lines. A file that was
  /// deleted is begun anew.
  void add(const nlohmann::json& line);

 private:
  std::filesystem::path file_;
  std::ofstream stream_;
  bool warned_ = false;
};

/// The lines of a metrics file that are JSON objects; a crash may have cut one off. Counts the
/// others in `unreadable` if it is not null. Throws Error if the file cannot be read.
std::vector<nlohmann::json> read_metrics(const std::filesystem::path& file,
                                         std::size_t* unreadable = nullptr);

/// The "step" of a line; nothing if there is none that is a whole number.
std::optional<std::uint64_t> step_of(const nlohmann::json& line);

/// The processor and the number of its threads, for people.
std::string machine_description();

}  // namespace chorus::app
