#include "study/jobs.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "chorus/error.hpp"
#include "evaluation/seed_measures.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "support/interrupt.hpp"
#include "support/model_output.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

class Jobs {
 public:
  Jobs(fs::path folder, const std::vector<Job>& jobs)
      : folder_(std::move(folder)), jobs_(jobs), results_(jobs.size()) {}

  std::vector<ordered_json> run() {
    take_finished();
    if (done_ > 0) fmt::print("{} of {} jobs: finished before\n", done_, jobs_.size());
    while (done_ < jobs_.size()) {
      if (do_those_that_are_free()) continue;
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      stop_if_interrupted();
      take_finished();
    }
    std::vector<ordered_json> results;
    results.reserve(results_.size());
    for (std::optional<ordered_json>& each : results_) results.push_back(std::move(*each));
    return results;
  }

 private:
  fs::path file_of(const Job& job) const { return folder_ / (job.name + ".json"); }

  bool take(std::size_t j) {
    if (!fs::exists(file_of(jobs_[j]))) return false;
    const fs::path file = file_of(jobs_[j]);
    ordered_json result = finished_result(file, jobs_[j].settings);
    if (!result.contains("rows") || !result["rows"].is_array())
      throw Error(
          fmt::format("{}: the result has no list \"rows\"; expected that of a job (remove "
                      "the file, and the job is done again)",
                      shown(file)));
    results_[j] = std::move(result["rows"]);
    ++done_;
    return true;
  }

  void take_finished() {
    for (std::size_t j = 0; j < jobs_.size(); ++j)
      if (!results_[j]) take(j);
  }

  /// Returns whether there was any.
  bool do_those_that_are_free() {
    bool any = false;
    for (std::size_t j = 0; j < jobs_.size(); ++j) {
      if (results_[j]) continue;
      const std::unique_ptr<OutputLock> lock = OutputLock::if_free(file_of(jobs_[j]));
      if (lock == nullptr) continue;
      any = true;
      if (take(j)) continue;  // another process has done it in the meantime
      stop_if_interrupted();
      do_job(j);
    }
    return any;
  }

  void do_job(std::size_t j) {
    const Job& job = jobs_[j];
    const auto began = Clock::now();
    ordered_json rows = job.run();
    const ordered_json whole = {{"settings", job.settings}, {"result", {{"rows", rows}}}};
    write_atomically(file_of(job), [&](std::ostream& out) {
      out << whole.dump(1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
    });
    results_[j] = std::move(rows);
    ++done_;
    fmt::print("[{}/{}] {}: {:.1f} s\n", done_, jobs_.size(), job.description,
               seconds_since(began));
    std::fflush(stdout);
  }

  fs::path folder_;
  const std::vector<Job>& jobs_;
  std::vector<std::optional<ordered_json>> results_;
  std::size_t done_ = 0;
};

}  // namespace

std::vector<ordered_json> run_jobs(const fs::path& folder, const std::vector<Job>& jobs) {
  make_folder(folder);
  catch_interrupts();
  return Jobs(folder, jobs).run();
}

ordered_json finished_result(const fs::path& file, const ordered_json& settings) {
  const std::string text = read_file(file);
  try {
    FinishedSeed finished = parse_finished_seed(text);
    if (finished.settings != settings)
      throw Error(fmt::format("it was made with other settings ({}); choose another --output",
                              differences(finished.settings, settings)));
    return std::move(finished.result);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", shown(file), printable(error.what())));
  }
}

void stop_if_interrupted() {
  if (interrupted())
    throw Error("stopped by a signal; the same command goes on with what is not finished");
}

}  // namespace chorus::app
