#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "chorus/pictures.hpp"
#include "chorus/trainer.hpp"
#include "support/session.hpp"

namespace chorus::app {

/// What is trained, on which images, and for how long.
struct TrainOptions {
  BackendChoice backend;
  std::filesystem::path data;
  std::filesystem::path model;
  std::optional<std::size_t> size;  ///< pixels, longer side, where the data offers several
  Rgb background = {1, 1, 1};
  // The length of the training; at most one of the three is given.
  std::optional<std::size_t> steps;
  std::optional<double> epochs;
  std::optional<double> seconds;
  SirenConfig network;                          ///< except for the next three
  std::optional<Head> head;                     ///< nothing: whatever suits the images
  std::size_t palette_size = 0;                 ///< 0: whatever suits the images
  std::optional<PaletteFields> palette_fields;  ///< nothing: whatever suits the images
  TrainConfig training = {.pixels = {.areas = {.from = 0.75}}};
  double hold_out_pixels = 0;  ///< fraction of each image's pixels that training never sees
  double hold_out_images = 0;  ///< fraction of the images that training never sees
  double checkpoint_seconds = 60;
  std::filesystem::path metrics;  ///< empty: beside the model
  std::filesystem::path track;    ///< images of other sizes to evaluate on; may be empty
  bool resume = false;
  bool profile = false;  ///< print where the time went
};

/// Trains a model and writes it. A training that is interrupted by a signal saves its state and
/// throws Error.
void train(const TrainOptions& options);

}  // namespace chorus::app
