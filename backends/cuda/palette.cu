#include <algorithm>

#include "cuda/language.cuh"
#include "cuda/ops.hpp"
#include "op_parameters.hpp"

// Colours from a palette, mixed by the softmax of logits; the score of a palette's entries for a
// colour; and the means of samples.

namespace chorus::CHORUS_DEVICE {

namespace {

constexpr int threads = 128;

struct PaletteColors {
  ConstMatrix logits, palettes;
  Matrix colors, weights;  ///< weights.data may be null
  int group;
};

/// A thread computes one channel of a row. Of the weights of that row, it stores those whose index
/// is equal to the channel, modulo the number of channels.
__global__ void palette_colors(PaletteColors p) {
  const int thread = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int row = thread / p.colors.cols, channel = thread % p.colors.cols;
  if (row >= p.colors.rows) return;
  const int entries = p.logits.cols;
  float largest = p.logits.at(row, 0);
  for (int k = 1; k < entries; ++k) largest = max(largest, p.logits.at(row, k));
  float sum = 0, color = 0;
  for (int k = 0; k < entries; ++k) {
    const float weight = exp(p.logits.at(row, k) - largest);
    sum += weight;
    color += weight * p.palettes.at(row / p.group, channel * entries + k);
  }
  p.colors.at(row, channel) = color / sum;
  if (p.weights.data == nullptr) return;
  for (int k = channel; k < entries; k += p.colors.cols)
    p.weights.at(row, k) = exp(p.logits.at(row, k) - largest) / sum;
}

struct LogitSlopes {
  ConstMatrix upstream, palettes;
  Matrix weights;
  int group;

  /// The derivative with respect to weight k of a row.
  __device__ float slope(int row, int k) const {
    float sum = 0;
    for (int c = 0; c < upstream.cols; ++c)
      sum += upstream.at(row, c) * palettes.at(row / group, c * weights.cols + k);
    return sum;
  }
};

/// A thread turns a row of weights into the gradient of its logits.
__global__ void logit_slopes(LogitSlopes l) {
  const int row = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (row >= l.weights.rows) return;
  float mean = 0;
  for (int k = 0; k < l.weights.cols; ++k) mean += l.slope(row, k) * l.weights.at(row, k);
  for (int k = 0; k < l.weights.cols; ++k) l.weights.at(row, k) *= l.slope(row, k) - mean;
}

struct MixtureLoss {
  ConstMatrix logits, scores;
  Matrix losses, slopes;  ///< slopes.data may be null

  /// The logits of the row, or with `scored` the logits plus the scores.
  __device__ float value(int row, int k, bool scored) const {
    return scored ? logits.at(row, k) + scores.at(row, k) : logits.at(row, k);
  }
  /// The logarithm of the sum of their exponentials, as two parts that lose accuracy if added.
  __device__ float largest(int row, bool scored) const {
    float most = value(row, 0, scored);
    for (int k = 1; k < logits.cols; ++k) most = max(most, value(row, k, scored));
    return most;
  }
  __device__ float sum(int row, float largest, bool scored) const {
    float total = 0;
    for (int k = 0; k < logits.cols; ++k) total += exp(value(row, k, scored) - largest);
    return total;
  }
};

/// A thread computes one row.
__global__ void mixture_loss(MixtureLoss m) {
  const int row = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (row >= m.logits.rows) return;
  const float plain = m.largest(row, false), scored = m.largest(row, true);
  const float plain_sum = m.sum(row, plain, false), scored_sum = m.sum(row, scored, true);
  m.losses.at(row, 0) = plain - scored + log(plain_sum / scored_sum);
  if (m.slopes.data == nullptr) return;
  for (int k = 0; k < m.logits.cols; ++k)
    m.slopes.at(row, k) = exp(m.value(row, k, false) - plain) / plain_sum -
                          exp(m.value(row, k, true) - scored) / scored_sum;
}

struct MeanSamples {
  ConstMatrix in;
  Matrix out;
  int pixels, singles, samples;  ///< of a group
  bool spread;

  __device__ int samples_of_group() const { return singles + (pixels - singles) * samples; }

  /// The mean of the samples of a pixel.
  __device__ float mean(int pixel, int col) const {
    const int i = pixel % pixels;
    const int first =
        pixel / pixels * samples_of_group() + (i < singles ? i : singles + (i - singles) * samples);
    const int count = i < singles ? 1 : samples;
    float sum = 0;
    for (int s = 0; s < count; ++s) sum += in.at(first + s, col);
    return sum / static_cast<float>(count);
  }
  /// The value of a pixel, divided by the number of its samples.
  __device__ float share(int sample, int col) const {
    const int i = sample % samples_of_group();
    const int pixel = sample / samples_of_group() * pixels +
                      (i < singles ? i : singles + (i - singles) / samples);
    return in.at(pixel, col) / static_cast<float>(i < singles ? 1 : samples);
  }
};

__global__ void mean_samples(MeanSamples m) {
  const int thread = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int row = thread / m.out.cols, col = thread % m.out.cols;
  if (row < m.out.rows) m.out.at(row, col) = m.spread ? m.share(row, col) : m.mean(row, col);
}

void run_mean_samples(Device& device, const Call& call) {
  const SampleGroups& shape = *call.samples;
  const bool spread = call.transpose_a;
  const ConstMatrix in = matrix(call.in[0]);
  const Matrix out = matrix(call.out[0]);
  const int pixels = (spread ? in.rows : out.rows) / static_cast<int>(shape.groups);
  const MeanSamples m{in,
                      out,
                      pixels,
                      std::min(static_cast<int>(shape.singles), pixels),
                      static_cast<int>(shape.samples),
                      spread};
  launch(device, mean_samples, {blocks_for(out.rows * out.cols, threads)}, threads, m);
}

}  // namespace

void run_palette(Device& device, const Call& call) {
  if (call.op == Op::mean_samples) return run_mean_samples(device, call);
  const ConstMatrix in = matrix(call.in[0]), palettes = matrix(call.in[1]);
  const Matrix out = matrix(call.out[0]);
  if (call.op == Op::mixture_loss)
    return launch(device, mixture_loss, {blocks_for(in.rows, threads)}, threads,
                  MixtureLoss{in, palettes, out, matrix(call.out[1])});
  const int group = in.rows / palettes.rows;
  if (call.op == Op::palette_colors)
    return launch(device, palette_colors, {blocks_for(out.rows * out.cols, threads)}, threads,
                  PaletteColors{in, palettes, out, matrix(call.out[1]), group});
  run_columns(device, call);  // before the weights are overwritten
  launch(device, logit_slopes, {blocks_for(out.rows, threads)}, threads,
         LogitSlopes{in, palettes, out, group});
}

}  // namespace chorus::CHORUS_DEVICE
