#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "chorus/fit.hpp"
#include "chorus/pictures.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// A task: images to fit to a model whose network is frozen.
struct FitTask {
  std::filesystem::path model;
  std::filesystem::path data;
  std::filesystem::path out;        ///< the model file to write: the network with the fitted images
  std::optional<std::size_t> size;  ///< longer side in pixels, if the data offers several
  std::optional<Rgb> background = {};  ///< see load_for()
  FitConfig config;
  bool modulations = false;  ///< also fit shifts of every layer
  bool all = false;          ///< also fit the images that the model encodes
  bool keep = false;         ///< write the images of the model, too; not together with `all`
};

/// Fits the images, writes the model and returns the output of `fit --json`: the number of images
/// fitted under "count" and of those left out under "left_out", the scores by the latent alone
/// under "latent" and, if requested, those with shifts under "modulations". Throws Error if the
/// task's output is its own model, or a file that is no model.
nlohmann::ordered_json fit_images(const BackendChoice& backend, const FitTask& task);

}  // namespace chorus::app
