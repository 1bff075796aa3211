#include "packing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/ops.hpp"
#include "coded_levels.hpp"
#include "formatted.hpp"
#include "random.hpp"
#include "stored_images.hpp"

namespace chorus {

namespace {

constexpr std::size_t places_per_image = 32, most_images = 64;  // of a draw
constexpr std::size_t least_draws = 16, least_visits = 4;       // of an image
constexpr double exponents_in_octave = 64, exponents_in_quarter = 16;

/// Sums of squared derivatives of a matrix.
struct Squares {
  std::string name;
  Tensor gradients;
  double weight = 0;  ///< of a squared derivative
  Sensitivity sums;

  void add(std::size_t first, std::size_t count);
};

/// Adds the squares of some rows, and sets the derivatives to 0.
void Squares::add(std::size_t first, std::size_t count) {
  const Tensor part = gradients.row_range(first, count);
  const std::vector<float> values = to_host(part);
  const std::size_t cols = part.cols();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double square = weight * double{values[i]} * values[i];
    sums.rows[first + i / cols] += square / static_cast<double>(cols);
    sums.cols[i % cols] += square / static_cast<double>(gradients.rows());
  }
  fill(part, 0);
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Few places show an edge of a plain image, and none how it breaks when a number is far off: an
/// estimate that is smaller than others says little.
std::vector<double> at_least_mean(std::vector<double> estimates) {
  const double mean = mean_of(estimates);
  for (double& each : estimates) each = std::max(each, mean);
  return estimates;
}

/// Of the columns. A matrix that reads latents errs in proportion to them, and in this way a number
/// that is large in one plain image counts, too.
std::vector<double> mean_squares(const Tensor& latents) {
  const std::vector<float> values = to_host(latents);
  std::vector<double> means(latents.cols());
  for (std::size_t i = 0; i < values.size(); ++i)
    means[i % latents.cols()] +=
        double{values[i]} * values[i] / static_cast<double>(latents.rows());
  return means;
}

class Estimate {
 public:
  Estimate(Memory& memory, const Model& model, std::uint64_t seed);
  Sensitivities run();

 private:
  Squares squares(const std::string& name, const Tensor& of, double weight) const;
  void draw(std::size_t first, std::uint32_t step);
  std::vector<float> signs(std::size_t count, std::uint32_t step) const;

  Memory& memory_;
  const Model& model_;
  std::uint64_t seed_;
  std::size_t images_;  ///< of a draw
  std::size_t draws_;   ///< in all
  std::vector<Squares> network_, of_images_;
  ModelGradients gradients_;
  std::vector<Tensor> network_gradients_;
};

/// Draws take windows of images in turn.
Estimate::Estimate(Memory& memory, const Model& model, std::uint64_t seed)
    : memory_(memory),
      model_(model),
      seed_(seed),
      images_(std::min(model.images.size(), most_images)) {
  const std::size_t all = model.images.size(), windows = (all + images_ - 1) / images_;
  draws_ = std::max(least_draws, least_visits * windows);
  draws_ = (draws_ + windows - 1) / windows * windows;
  const auto colors = static_cast<double>(places_per_image * model.siren.config().channels);
  const double weight = 1 / (colors * static_cast<double>(images_ * draws_));
  for (const Parameter& each : model.siren.parameters()) {
    network_.push_back(squares(each.name, each.value, weight));
    network_gradients_.push_back(network_.back().gradients);
  }
  gradients_.network = network_gradients_;
  // An image's numbers act on that image only, and are seen whenever it is drawn. (Where windows
  // overlap at the end, some are seen a little more often.)
  const double weight_of_image =
      static_cast<double>(windows) / (colors * static_cast<double>(all * draws_));
  const auto add = [&](const char* name, const Tensor& of, Tensor& gradients) {
    if (!of) return;
    of_images_.push_back(squares(name, of, weight_of_image));
    gradients = of_images_.back().gradients;
  };
  add("latents", model.latents, gradients_.latents);
  add("palettes", model.palettes, gradients_.palettes);
  add("shifts", model.shifts, gradients_.shifts);
}

Squares Estimate::squares(const std::string& name, const Tensor& of, double weight) const {
  return {name,
          memory_.zeros(of.rows(), of.cols()),
          weight,
          {std::vector<double>(of.rows()), std::vector<double>(of.cols())}};
}

Sensitivities Estimate::run() {
  const std::size_t all = model_.images.size(), windows = (all + images_ - 1) / images_;
  for (std::size_t step = 0; step < draws_; ++step)
    draw(std::min(step % windows * images_, all - images_), static_cast<std::uint32_t>(step));
  Sensitivities result;
  for (const std::vector<Squares>* list : {&network_, &of_images_})
    for (const Squares& each : *list)
      result[each.name] = {at_least_mean(each.sums.rows), at_least_mean(each.sums.cols)};
  for (const Parameter& each : model_.siren.parameters())
    if (reads_latents(each.role)) result[each.name].cols = mean_squares(model_.latents);
  return result;
}

void Estimate::draw(std::size_t first, std::uint32_t step) {
  const std::vector<float> places = random_places(seed_, step, first, images_, places_per_image);
  const std::size_t rows = places.size() / 2, channels = model_.siren.config().channels;
  Tape tape(memory_);
  const std::vector<Var> colors = {colors_of_images(
      tape, model_, tape.constant(memory_.from(places, rows, 2)), first, images_, &gradients_)};
  const std::vector<Tensor> seeds = {memory_.from(signs(rows * channels, step), rows, channels)};
  tape.backward(colors, seeds);
  for (Squares& each : network_) each.add(0, each.sums.rows.size());
  for (Squares& each : of_images_) each.add(first, images_);
}

std::vector<float> Estimate::signs(std::size_t count, std::uint32_t step) const {
  constexpr auto stream = static_cast<std::uint32_t>(Stream::random_signs);
  std::vector<float> signs;
  signs.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i)
    signs.push_back((philox({i, 0, step, stream}, seed_)[0] & 1) != 0 ? 1.0F : -1.0F);
  return signs;
}

int quarters_of(double exponent) {
  constexpr double most = most_quarters - 1;
  return static_cast<int>(std::clamp(std::round(exponent / exponents_in_quarter), -most, most));
}

/// The quarters of the steps of columns, as compared with the mean column. (Nothing depends on a
/// column of which the sensitivity is 0.)
std::vector<int> column_quarters(const std::vector<double>& sensitivity) {
  const double mean = mean_of(sensitivity);
  std::vector<int> quarters;
  quarters.reserve(sensitivity.size());
  for (const double each : sensitivity)
    quarters.push_back(each > 0 ? quarters_of(-exponents_in_octave / 2 * std::log2(each / mean))
                                : 0);
  return quarters;
}

/// The binary logarithm of the step of a row, in 1 / 64: `exponent` more than that which adds an
/// error of 1. A row on which little depends becomes 0, for which no coarser steps are needed, and
/// no number is too many steps.
double exponent_of(std::span<const float> row, const std::vector<int>& cols, double sensitivity,
                   int exponent) {
  double largest = 0;  // in steps of the column
  for (std::size_t c = 0; c < row.size(); ++c)
    largest = std::max(largest, std::abs(double{row[c]}) * std::exp2(-cols[c] / 4.0));
  if (largest == 0) return 0;
  const double coarsest = exponents_in_octave * std::log2(4 * largest),
               finest = exponents_in_octave * std::log2(largest / (largest_coded_level - 1)) +
                        exponents_in_quarter / 2;
  if (!(sensitivity > 0)) return coarsest;
  return std::clamp(exponent - exponents_in_octave / 2 * std::log2(sensitivity), finest, coarsest);
}

std::size_t packed_bytes(const TensorFile& file, const PackedSteps& steps) {
  return safetensors_bytes(packed(file, steps));
}

}  // namespace

Sensitivities sensitivities(Memory& memory, const Model& model, std::uint64_t seed) {
  return Estimate(memory, model, seed).run();
}

PackedSteps steps_for(const TensorFile& file, const Sensitivities& sensitivities, int exponent) {
  constexpr int fine_steps = 16;
  PackedSteps steps;
  steps.fine = ((exponent % fine_steps) + fine_steps) % fine_steps;
  for (const auto& [name, tensor] : file.tensors) {
    const Sensitivity& sensitivity = sensitivities.at(name);
    const std::size_t cols = tensor.shape[1];
    MatrixSteps& matrix = steps.matrices[name];
    matrix.cols = column_quarters(sensitivity.cols);
    for (std::size_t r = 0; r < tensor.shape[0]; ++r) {
      const std::span<const float> row = std::span(tensor.values).subspan(r * cols, cols);
      matrix.rows.push_back(
          quarters_of(exponent_of(row, matrix.cols, sensitivity.rows[r], exponent) - steps.fine));
    }
    const int most = *std::ranges::max_element(matrix.rows);
    for (int& each : matrix.rows) each = std::max(each, most - most_quarters_apart);
  }
  return steps;
}

FittingSteps steps_within(const TensorFile& file, const Sensitivities& sensitivities,
                          std::size_t bytes, int finest) {
  constexpr int coarsest = 0;  // an error of 1 by each number
  const auto bytes_at = [&](int exponent) {
    return packed_bytes(file, steps_for(file, sensitivities, exponent));
  };
  int low = finest, high = std::max(finest, coarsest);
  if (const std::size_t least = bytes_at(high); least > bytes)
    throw Error(formatted("the model takes {} bytes at least; expected {}", least, bytes));
  while (low < high) {
    const int middle = low + (high - low) / 2;
    if (bytes_at(middle) <= bytes)
      high = middle;
    else
      low = middle + 1;
  }
  return {steps_for(file, sensitivities, high), high};
}

FittingSteps steps_within(const TensorFile& file, const Sensitivities& sensitivities,
                          std::size_t bytes) {
  constexpr int finest = -32 * 64;  // 32 octaves
  return steps_within(file, sensitivities, bytes, finest);
}

}  // namespace chorus
