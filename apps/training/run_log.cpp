#include "training/run_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "chorus/error.hpp"
#include "files.hpp"
#include "parse_json.hpp"
#include "printable.hpp"

namespace chorus::app {

using nlohmann::json;

namespace {

[[noreturn]] void fail_to_write(const std::filesystem::path& file) {
  throw Error(fmt::format("cannot write {}: {}", shown(file),
                          std::error_code(errno, std::generic_category()).message()));
}

/// Writes from the start of a file.
bool put(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count =
        pwrite(file, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

/// Returns a descriptor below 0 if the file cannot be written.
int open_log(const std::filesystem::path& file) {
  return open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
}

}  // namespace

MetricsLog::MetricsLog(const std::filesystem::path& file) : file_(file), locked_(open_log(file)) {
  if (locked_ < 0) fail_to_write(file);
  // A file system without locks is no reason not to train.
  if (!std::filesystem::is_regular_file(file) || flock(locked_, LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) return;
  close(locked_);
  throw Error(fmt::format(
      "{} is locked by another command that is writing it; choose another --output, or wait",
      shown(file)));
}

MetricsLog::~MetricsLog() {
  if (locked_ >= 0) close(locked_);
}

void MetricsLog::begin(std::uint64_t resumed_step) {
  if (std::filesystem::is_regular_file(file_)) {
    std::string kept;
    std::size_t unreadable = 0;
    if (resumed_step > 0)
      for (const json& line : read_metrics(file_, &unreadable))
        if (step_of(line).value_or(resumed_step + 1) <= resumed_step) kept += line.dump() + "\n";
    if (unreadable > 0)
      fmt::print(stderr, "note: lines of {} that are not JSON objects are dropped: {}\n",
                 shown(file_), unreadable);
    // In place, since a new file would not be the one that is locked. The lines to keep are mostly
    // those at the beginning, so that an interruption loses nothing.
    if (!put(locked_, kept) || ftruncate(locked_, static_cast<off_t>(kept.size())) != 0)
      fail_to_write(file_);
  }
  stream_.open(file_, std::ios::app);
  if (!stream_) throw Error(fmt::format("cannot open {} for appending", shown(file_)));
}

void MetricsLog::add(const json& line) {
  if (std::error_code unknown; !std::filesystem::exists(file_, unknown)) {
    stream_.close();  // someone has deleted it, perhaps with its folder
    if (locked_ >= 0) close(locked_);
    locked_ = open_log(file_);
    if (locked_ >= 0) flock(locked_, LOCK_EX | LOCK_NB);
    stream_.open(file_, std::ios::app);
  }
  stream_ << line.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  if (stream_) return;
  stream_.clear();
  if (!std::exchange(warned_, true))
    fmt::print(stderr, "warning: cannot write {}; it lacks lines from now on\n", shown(file_));
}

std::vector<json> read_metrics(const std::filesystem::path& file, std::size_t* unreadable) {
  std::istringstream in(read_file(file));
  std::vector<json> lines;
  for (std::string text; std::getline(in, text);) {
    json line;
    try {
      line = parse_json(text, "the line");
    } catch (const Error&) {  // a line cut off by a stop; the others are good without it
    }
    if (line.is_object())
      lines.push_back(std::move(line));
    else if (unreadable != nullptr)
      ++*unreadable;
  }
  return lines;
}

std::optional<std::uint64_t> step_of(const json& line) {
  const auto step = line.find("step");
  if (step == line.end() || !step->is_number_unsigned()) return {};
  return step->get<std::uint64_t>();
}

std::string machine_description() {
  std::ifstream in("/proc/cpuinfo");
  std::string name = "unknown processor";
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    name = line.substr(std::min(line.size(), line.find(':') + 2));
    break;
  }
  return fmt::format("{}, {} hardware threads", name, std::thread::hardware_concurrency());
}

}  // namespace chorus::app
