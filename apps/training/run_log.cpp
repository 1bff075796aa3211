#include "training/run_log.hpp"

#include <fmt/format.h>

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

MetricsLog::MetricsLog(const std::filesystem::path& file, std::uint64_t resumed_step)
    : file_(file) {
  std::string kept;
  if (resumed_step > 0 && std::filesystem::exists(file)) {
    std::size_t unreadable = 0;
    for (const json& line : read_metrics(file, &unreadable))
      if (step_of(line).value_or(resumed_step + 1) <= resumed_step) kept += line.dump() + "\n";
    if (unreadable > 0)
      fmt::print(stderr, "note: lines of {} that are no JSON objects are dropped: {}\n",
                 shown(file), unreadable);
  }
  write_atomically(file, [&](std::ostream& out) { out << kept; });
  stream_.open(file, std::ios::app);
  if (!stream_) throw Error(fmt::format("cannot open {} for appending", shown(file)));
}

void MetricsLog::add(const json& line) {
  if (std::error_code unknown; !std::filesystem::exists(file_, unknown)) {
    stream_.close();  // someone has deleted it, perhaps with its folder
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
