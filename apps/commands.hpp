#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "chorus/fit.hpp"
#include "chorus/path.hpp"
#include "chorus/pictures.hpp"
#include "chorus/trainer.hpp"
#include "pairs.hpp"

// The subcommands: what each can be told, and the function that does it. Each returns when it is
// done and throws chorus::Error if it cannot. The flags are in cli*.cpp.

namespace chorus::app {

struct BackendChoice {
  std::string name;  ///< empty: CHORUS_BACKEND, or the best
  std::size_t threads = 0;
  std::size_t workers = 0;
  std::string precision = "fp32";
};

struct TrainOptions {
  BackendChoice backend;
  std::filesystem::path data;
  std::filesystem::path model;
  std::optional<std::size_t> size;
  Rgb background = {1, 1, 1};
  std::optional<std::size_t> steps;
  std::optional<double> epochs;
  std::optional<double> seconds;
  SirenConfig network;                          ///< but for the next three
  std::optional<Head> head;                     ///< nothing: what suits the images
  std::size_t palette_size = 0;                 ///< 0: what suits the images
  std::optional<PaletteFields> palette_fields;  ///< nothing: what suits the images
  TrainConfig training = {.pixels = {.areas = {.from = 0.75}}};
  double hold_out_pixels = 0;  ///< share of each image's pixels that training never sees
  double hold_out_images = 0;  ///< share of the images
  double checkpoint_seconds = 60;
  std::filesystem::path metrics;  ///< empty: beside the model
  std::filesystem::path track;    ///< images of other sizes to be judged on; may be empty
  bool resume = false;
  bool profile = false;  ///< print where the time went
};
void train(const TrainOptions& options);

struct EvaluateOptions {
  BackendChoice backend;
  std::filesystem::path model;
  std::filesystem::path data;
  std::vector<std::size_t> sizes;  ///< empty: all that the data offers
  std::size_t supersample = 0;     ///< 0: by size
  Rgb background = {1, 1, 1};
  bool paths = false;  ///< judge the paths between pairs of images too
  PathKind path = PathKind::morph;
  DistanceMeasure pairs_measure = default_distance_measure;
  std::uint64_t pairs_seed = 1;  ///< of the random pairs
  bool json = false;
};
void evaluate(const EvaluateOptions& options);

struct UpsampleOptions {
  BackendChoice backend;
  std::filesystem::path model;
  std::filesystem::path data;  ///< empty: no comparison
  std::filesystem::path out;
  std::size_t size = 256;
  std::size_t supersample = 0;
  std::size_t sheet_rows = 100;
  Rgb background = {1, 1, 1};
};
void upsample(const UpsampleOptions& options);

struct InterpolateOptions {
  BackendChoice backend;
  std::filesystem::path model;
  std::filesystem::path out;
  std::vector<std::string> names;  ///< of images, at least two, or
  std::size_t best_pairs = 0;      ///< so many pairs, chosen by similarity
  PathOptions path;
  bool open = false;       ///< the animation does not come back
  std::size_t frames = 9;  ///< from one image to the next
  std::size_t size = 256;
  std::size_t supersample = 0;
};
void interpolate(const InterpolateOptions& options);

struct PairsOptions {
  BackendChoice backend;
  std::filesystem::path model;
  DistanceMeasure measure = default_distance_measure;
  std::size_t count = 3;             ///< pairs, no image in two of them
  std::size_t ranking = 20;          ///< closest pairs that are listed
  bool study = false;                ///< how well each measure foretells a good path
  PathKind path = PathKind::linear;  ///< of the study
  std::size_t sample = 0;            ///< pairs of the study, drawn at random; 0: all
  std::uint64_t seed = 1;  ///< of the study: which half of the images chooses, and the sample
  bool json = false;
};
void pairs(const PairsOptions& options);

struct KnownTruthOptions {
  std::filesystem::path data;
  std::filesystem::path out;
  std::vector<std::size_t> sizes = {48, 256};
  std::size_t per_kind = 8;
  std::uint64_t seed = 1;
  Rgb background = {1, 1, 1};
};
void known_truth(const KnownTruthOptions& options);

struct ReportOptions {
  BackendChoice backend;
  std::filesystem::path run;   ///< a model, or a folder that holds one
  std::filesystem::path data;  ///< empty: what the model was trained on
  std::filesystem::path out;
  std::optional<Rgb> background;
};
void report(const ReportOptions& options);

struct FitOptions {
  BackendChoice backend;
  std::filesystem::path model;
  std::filesystem::path data;
  std::filesystem::path out;
  std::optional<std::size_t> size;
  Rgb background = {1, 1, 1};
  FitConfig fit;
  bool modulations = false;  ///< also free shifts of every layer
  bool all = false;          ///< also images that the model encodes
  bool json = false;
};
void fit(const FitOptions& options);

struct StudyOptions {
  TrainOptions train;  ///< of each seed, from training.seed on; its model is set by the study
  std::string protocol = "resolutions";  ///< or "pixels", "images"
  std::size_t seeds = 3;
  std::filesystem::path out;
};
void study(const StudyOptions& options);

struct InfoOptions {
  std::filesystem::path model;  ///< empty: this program and its backends
  bool json = false;
};
void info(const InfoOptions& options);

struct BenchOptions {
  BackendChoice backend;
  std::vector<std::size_t> widths = {64, 128, 256, 512};
  std::size_t repetitions = 9;
  std::size_t pixels_per_image = 96;  ///< of the larger one of two training steps
  bool json = false;
};
void bench(const BenchOptions& options);

}  // namespace chorus::app
