#include "training/run_log.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
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
  if (resumed_step > 0 && std::filesystem::exists(file))
    for (const json& line : read_metrics(file))
      if (step_of(line).value_or(resumed_step + 1) <= resumed_step) kept += line.dump() + "\n";
  write_atomically(file, [&](std::ostream& out) { out << kept; });
  stream_.open(file, std::ios::app);
  if (!stream_) throw Error(fmt::format("cannot open {} for appending", shown(file)));
}

void MetricsLog::add(const json& line) {
  stream_ << line.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  if (stream_) return;
  stream_.clear();
  if (!std::exchange(warned_, true))
    fmt::print(stderr, "warning: cannot write {}; it lacks lines from now on\n", shown(file_));
}

std::vector<json> read_metrics(const std::filesystem::path& file) {
  std::istringstream in(read_file(file));
  std::vector<json> lines;
  for (std::string text; std::getline(in, text);) {
    try {
      json line = parse_json(text, "the line");
      if (line.is_object()) lines.push_back(std::move(line));
    } catch (const Error&) {  // a line cut off by a stop; the others are good without it
    }
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
