#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace chorus::app {

/// A part of a study that is done as a whole. Its file NAME.json holds the settings on which the
/// result depends, and the result.
struct Job {
  std::string name;         ///< of the file
  std::string description;  ///< for people
  nlohmann::ordered_json settings;
  std::function<nlohmann::ordered_json()> run;  ///< gives a list of rows (rows.hpp)
};

/// Does the jobs whose files are not yet in `folder`, and returns the results of all in their
/// order. Several processes may work in one folder: each takes a job that no other has locked, and
/// waits at the end until those of the others are done. A job of a process that was stopped is
/// begun anew. Throws Error if a file holds the result of other settings, and if a signal stops it.
std::vector<nlohmann::ordered_json> run_jobs(const std::filesystem::path& folder,
                                             const std::vector<Job>& jobs);

/// The result in the file of a job or of a seed. Throws Error, which names the file, unless it was
/// made with these settings.
nlohmann::ordered_json finished_result(const std::filesystem::path& file,
                                       const nlohmann::ordered_json& settings);

/// Throws Error if a signal asked the program to stop. Work that takes long calls it now and then.
void stop_if_interrupted();

}  // namespace chorus::app
