#include "path_metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "alpha.hpp"
#include "continuity.hpp"
#include "flatness.hpp"
#include "image_distance.hpp"
#include "metrics.hpp"
#include "neighbourhood.hpp"

namespace chorus {

namespace {

constexpr double level = 1.0 / 255;
constexpr double least_distance = 0.1 * level;
constexpr double least_entropy_bits = 0.05;

std::vector<Image> eight_bit(const std::vector<Image>& frames) {
  if (frames.size() < 3) throw std::invalid_argument("score_path: expected at least 3 frames");
  std::vector<Image> seen;
  for (const Image& frame : frames) {
    if (frame.pixels() == 0 || frame.size() != frames.front().size() ||
        frame.channels != frames.front().channels)
      throw std::invalid_argument("score_path: the frames are empty or differ in size");
    seen.push_back(quantized(frame));
  }
  return seen;
}

/// The indices of frames with t in [0.25, 0.75], or of the one nearest to the middle.
std::vector<std::size_t> mid_frames(std::size_t count) {
  std::vector<std::size_t> mid;
  for (std::size_t k = 0; k < count; ++k)
    if (4 * k >= count - 1 && 4 * k <= 3 * (count - 1)) mid.push_back(k);
  return mid;
}

/// So many of the mid-frames, evenly spread and with the first and the last among them; or the
/// middle one alone.
std::vector<Image> some_mid_frames(const std::vector<Image>& frames, std::size_t count) {
  const std::vector<std::size_t> mid = mid_frames(frames.size());
  count = std::min(count, mid.size());
  if (count < 2) return {frames[mid[mid.size() / 2]]};
  std::vector<Image> some;
  for (std::size_t i = 0; i < count; ++i)
    some.push_back(frames[mid[i * (mid.size() - 1) / (count - 1)]]);
  return some;
}

/// The mean of a measure over mid-frames, relative to its mean over the ends.
template <class Measure>
double relative_to_ends(const std::vector<Image>& frames, const Measure& measure, double least) {
  const std::vector<std::size_t> mid = mid_frames(frames.size());
  double sum = 0;
  for (const std::size_t k : mid) sum += measure(frames[k]);
  const double ends = (measure(frames.front()) + measure(frames.back())) / 2;
  return std::max(sum / static_cast<double>(mid.size()), least) / std::max(ends, least);
}

void score_steps(const std::vector<Image>& frames, PathScores& scores) {
  double sum = 0, largest = 0;
  std::size_t forward = 0;
  double from_a = 0, to_b = pixel_distance(frames.front(), frames.back());
  const double straight = std::max(to_b, least_distance);
  for (std::size_t k = 1; k < frames.size(); ++k) {
    const double step = pixel_distance(frames[k - 1], frames[k]);
    sum += step;
    largest = std::max(largest, step);
    const double a = pixel_distance(frames[k], frames.front()),
                 b = pixel_distance(frames[k], frames.back());
    forward += a > from_a && b < to_b ? 1 : 0;
    from_a = a;
    to_b = b;
  }
  const auto steps = static_cast<double>(frames.size() - 1);
  scores.length = std::max(sum, least_distance) / straight;
  scores.step_max_over_mean = sum > 0 ? largest * steps / sum : 1;
  scores.monotone = static_cast<double>(forward) / steps;
}

}  // namespace

double flat_share(const Image& image) {
  std::size_t flat = 0;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x)
      flat += neighbourhood_range(image, x, y) <= flatness::judged ? 1 : 0;
  return static_cast<double>(flat) / static_cast<double>(image.pixels());
}

double color_entropy(const Image& image) {
  if (image.has_alpha())
    return (color_entropy(over(image, white)) + color_entropy(over(image, black))) / 2;
  constexpr std::size_t levels = 8;
  std::array<std::size_t, levels * levels * levels> counts{};
  for (std::size_t p = 0; p < image.pixels(); ++p) {
    std::size_t bin = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const float value = std::clamp(image.values[3 * p + c], 0.0F, 1.0F);
      bin = bin * levels + static_cast<std::size_t>(std::lround(value * (levels - 1)));
    }
    ++counts[bin];
  }
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(image.pixels());
    bits -= share * std::log2(share);
  }
  return bits;
}

PathScores score_path(const std::vector<Image>& frames, std::size_t ghost_frames) {
  const std::vector<Image> seen = eight_bit(frames);
  PathScores scores;
  score_steps(seen, scores);
  scores.flat_share =
      relative_to_ends(seen, flat_share, 1.0 / static_cast<double>(seen.front().pixels()));
  scores.entropy = relative_to_ends(seen, color_entropy, least_entropy_bits);
  scores.contrast = relative_to_ends(seen, edge_contrast, level);
  scores.permanence = permanence(seen);
  scores.popped = popped(seen);
  scores.ghost = ghost_index(some_mid_frames(seen, ghost_frames), seen.front(), seen.back());
  return scores;
}

}  // namespace chorus
