#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

namespace chorus::app {

/// Writes the metrics of a training as JSON lines, each with a "step": see docs/file_format.md. The
/// file is locked (flock) as long as the log is open, so that no second training writes the same
/// files. The lock ends with the process, however that ends.
class MetricsLog {
 public:
  /// Opens the file, or makes it, and locks it. Throws Error if it cannot be written, or if another
  /// training has locked it.
  explicit MetricsLog(const std::filesystem::path& file);
  MetricsLog(const MetricsLog&) = delete;
  MetricsLog& operator=(const MetricsLog&) = delete;
  ~MetricsLog();
  /// Drops the lines after the step at which a training resumes, all of them for step 0. Must be
  /// called before add(). Throws Error if the file cannot be written.
  void begin(std::uint64_t resumed_step);
  /// If a line cannot be written, warns once, and tries again with later lines. A file that was
  /// deleted is begun anew.
  void add(const nlohmann::json& line);

 private:
  std::filesystem::path file_;
  int locked_;  ///< the descriptor that has the lock
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
