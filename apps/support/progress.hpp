#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace chorus::app {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start);

/// Shows the status of long work on standard output: as a bar that is redrawn on a terminal, and as
/// occasional plain lines in a pipe, in a file and where TERM is dumb.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Whether it is time to show the status again.
  bool due() const;
  /// `done` is the fraction of the work that is done, in [0, 1].
  void show(double done, const std::string& status);
  /// Prints a line that stays on the terminal.
  void print(const std::string& line);

 private:
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point last_;
};

/// A function that shows the fraction of long work and the time it took so far, with "paths
/// evaluated" as `what`. Several threads may call it at once. The line ends with its last copy.
std::function<void(double)> show_fraction(const std::string& what);

std::string format_duration(double seconds);  ///< "1:05", "2:03:04"

}  // namespace chorus::app
