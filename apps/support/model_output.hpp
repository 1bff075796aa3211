#pragma once

#include <filesystem>
#include <memory>
#include <utility>

namespace chorus::app {

/// Whether this is a regular file that is not empty. Devices and pipes are no regular files.
bool holds_something(const std::filesystem::path& file);

/// Throws Error if `file` is write-protected: a new model would take its place even so, but whoever
/// protects a model wants to keep it.
void require_unprotected(const std::filesystem::path& file);

/// Throws Error if `file` must not become a model, because it is a folder, or a file that is not a
/// model, such as a picture.
void check_model_output(const std::filesystem::path& file);

/// Keeps other commands from writing the same model as long as it lives. Two trainings with other
/// --metrics share nothing but the model, which each of them replaces again and again. The lock is
/// on a small hidden file beside the model, which goes with it.
class OutputLock {
 public:
  /// Throws Error if the model is locked, or if no file can be made beside it.
  explicit OutputLock(const std::filesystem::path& model);
  /// The lock, or null if another process has it. Throws Error if no file can be made.
  static std::unique_ptr<OutputLock> if_free(const std::filesystem::path& model);
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;
  ~OutputLock();

 private:
  OutputLock(std::filesystem::path file, int descriptor)
      : file_(std::move(file)), descriptor_(descriptor) {}

  std::filesystem::path file_;
  int descriptor_;
};

}  // namespace chorus::app
