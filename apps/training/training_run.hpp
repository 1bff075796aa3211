#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>

#include "chorus/pictures.hpp"
#include "chorus/trainer.hpp"
#include "support/session.hpp"
#include "training/path_teaching.hpp"

namespace chorus::app {

/// The images of a training, its settings and its length.
struct TrainOptions {
  BackendChoice backend;
  std::filesystem::path data;
  std::filesystem::path model;
  std::optional<std::size_t> size;     ///< longer side in pixels, if the data offers several
  std::optional<Rgb> background = {};  ///< under transparent pixels; if empty, images keep alpha
  // The length of the training. At most one of the three is given.
  std::optional<std::size_t> steps;
  std::optional<double> epochs;
  std::optional<double> seconds;
  SirenConfig network;                          ///< except for the next three
  std::optional<Head> head;                     ///< if empty, chosen by the images
  std::size_t palette_size = 0;                 ///< 0: chosen by the images
  std::optional<PaletteFields> palette_fields;  ///< if empty, chosen by the images
  /// Bytes of the file that `export` shall write. Width, latents and palettes are chosen by it.
  std::optional<std::size_t> budget;
  TrainConfig training = {.pixels = {.areas = {.from = 0.75}}};
  /// When drawings begin to teach: see TaughtSampling::from. If empty, half-way, unless drawing
  /// would take a large part of the training: with 10,000 steps and more, or, of a training by
  /// time, if it takes at most a quarter of that.
  std::optional<double> taught_from;
  PathTeaching paths;
  double hold_out_pixels = 0;  ///< fraction of each image's pixels that training never sees
  double hold_out_images = 0;  ///< fraction of the images that training never sees
  double checkpoint_seconds = 60;
  std::filesystem::path metrics;  ///< if empty, beside the model
  std::filesystem::path track;    ///< images of other sizes to evaluate on; may be empty
  bool resume = false;
  bool overwrite = false;  ///< whether the files of an earlier training may be replaced
  bool profile = false;    ///< whether to print how the time was spent
};

struct Start;

/// Trains a model and writes it. A training that is interrupted by a signal saves its state and
/// throws Error. Without `resume` and `overwrite`, files of an earlier training are an Error too,
/// and stay as they are; a file that no training has written is never replaced.
void train(const TrainOptions& options);
/// The same from another start than images and fresh weights.
void train(const TrainOptions& options, const std::function<Start(Session&)>& make_start);

}  // namespace chorus::app
