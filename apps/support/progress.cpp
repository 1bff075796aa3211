#include "support/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>

#include "support/processes.hpp"

namespace chorus::app {

namespace {

constexpr double terminal_interval_s = 0.2, line_interval_s = 5;

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

/// Whether standard output is a terminal that understands escape codes.
bool can_redraw() {
  const char* kind = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

/// Ignores errors: work goes on if its status cannot be printed, and main() reports the error at
/// the end.
void put(const std::string& text) {
  if (!prints()) return;
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A launcher shows a terminal to its processes and may pass on what they print to a file.
Progress::Progress() : terminal_(can_redraw() && processes()->size() == 1), last_(Clock::now()) {}

Progress::~Progress() {
  if (drawn_) put("\n");
}

bool Progress::due() const {
  return seconds_since(last_) >= (terminal_ ? terminal_interval_s : line_interval_s);
}

void Progress::show(double done, const std::string& status) {
  last_ = Clock::now();
  const double shown = std::clamp(done, 0.0, 1.0);
  if (!terminal_) {
    put(fmt::format("{:3.0f} %  {}\n", 100 * shown, status));
  } else {
    constexpr std::size_t bar_width = 20;
    const auto full = static_cast<std::size_t>(shown * bar_width);
    std::string line = fmt::format("{:3.0f} % [{:=<{}}{: <{}}] {}", 100 * shown, "", full, "",
                                   bar_width - full, status);
    line.resize(std::min(line.size(), terminal_columns() - 1));
    put(fmt::format("\r{}\x1b[K", line));
    drawn_ = true;
  }
}

void Progress::print(const std::string& line) {
  put(fmt::format("{}{}\n", drawn_ ? "\r\x1b[K" : "", line));
  drawn_ = false;
}

std::function<void(double)> show_fraction(const std::string& what) {
  struct Shown {
    std::mutex mutex;
    Progress bar;
    Clock::time_point start = Clock::now();
  };
  return [what, shown = std::make_shared<Shown>()](double fraction) {
    const std::lock_guard lock(shown->mutex);
    if (shown->bar.due())
      shown->bar.show(fraction,
                      fmt::format("{} in {}", what, format_duration(seconds_since(shown->start))));
  };
}

std::string format_duration(double seconds) {
  const auto whole = std::lround(std::max(0.0, seconds));
  const long hours = whole / 3600, minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

}  // namespace chorus::app
