#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "chorus/pictures.hpp"
#include "support/drawings.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// Sources of a report that replace those that the training recorded.
struct ReportSources {
  std::filesystem::path data;          ///< true images; if empty, the folder that the training used
  std::optional<Rgb> background = {};  ///< if empty, that of the training
  bool paths = true;                   ///< whether paths between images are evaluated and shown
  UseShapes shapes = UseShapes::automatic;  ///< whether drawings are compared, too
};

/// The HTML page about a training. `run` is its model file, or a folder that holds a single model.
/// Prints the scores too.
std::string make_report(const BackendChoice& backend, const std::filesystem::path& run,
                        const ReportSources& sources);

}  // namespace chorus::app
