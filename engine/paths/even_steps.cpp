#include "even_steps.hpp"

#include <algorithm>
#include <stdexcept>

#include "image_distance.hpp"

namespace chorus {

double on_polyline(const std::vector<double>& values, double t) {
  const double place = t * static_cast<double>(values.size() - 1);
  const auto k = std::min(static_cast<std::size_t>(place), values.size() - 2);
  const double share = place - static_cast<double>(k);
  return (1 - share) * values[k] + share * values[k + 1];
}

namespace {

struct Steps {
  std::vector<double> lengths;
  double total = 0;
  double unevenness() const {  // the longest step relative to the mean
    return *std::max_element(lengths.begin(), lengths.end()) /
           (total / static_cast<double>(lengths.size()));
  }
};

Steps measure(const std::vector<Image>& frames) {
  Steps steps;
  for (std::size_t k = 0; k + 1 < frames.size(); ++k) {
    steps.lengths.push_back(pixel_distance(frames[k], frames[k + 1]));
    steps.total += steps.lengths.back();
  }
  return steps;
}

/// The places at equal parts of the total length, if length grows evenly between two measured
/// places.
std::vector<double> at_equal_lengths(const std::vector<double>& places, const Steps& steps) {
  const std::size_t count = steps.lengths.size();
  std::vector<double> moved(places.size(), 0.0);
  double before = 0;
  std::size_t k = 0;
  for (std::size_t i = 1; i < count; ++i) {
    const double wanted = steps.total * static_cast<double>(i) / static_cast<double>(count);
    while (k + 1 < count && before + steps.lengths[k] < wanted) before += steps.lengths[k++];
    const double share =
        steps.lengths[k] > 0 ? std::min(1.0, (wanted - before) / steps.lengths[k]) : 0;
    moved[i] = places[k] + share * (places[k + 1] - places[k]);
  }
  moved.back() = 1;
  return moved;
}

}  // namespace

std::vector<double> places_of_even_steps(const std::function<Image(double)>& frame_at,
                                         std::size_t steps) {
  constexpr int most_rounds = 12;
  constexpr double good = 1.01, invisible = 1e-6;
  if (steps == 0) throw std::invalid_argument("places_of_even_steps: expected at least one step");
  std::vector<double> places;
  std::vector<Image> frames;
  for (std::size_t k = 0; k <= steps; ++k) {
    places.push_back(static_cast<double>(k) / static_cast<double>(steps));
    frames.push_back(frame_at(places.back()));
  }
  std::vector<double> best = places;
  double best_unevenness = 0;
  for (int round = 0; round < most_rounds; ++round) {
    const Steps measured = measure(frames);
    if (measured.total < invisible) break;
    const double unevenness = measured.unevenness();
    if (round == 0 || unevenness < best_unevenness) {
      best_unevenness = unevenness;
      best = places;
    }
    if (unevenness < good) break;
    places = at_equal_lengths(places, measured);
    for (std::size_t k = 1; k < steps; ++k) frames[k] = frame_at(places[k]);
  }
  return best;
}

}  // namespace chorus
