#include "distance_transform.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace chorus {

namespace {

/// The lower envelope of the parabolas f(q) + (x - q)^2 along one row or column, sampled at each x.
class Envelope {
 public:
  explicit Envelope(std::size_t longest) : apexes_(longest), ends_(longest + 1), f_(longest) {}

  void transform(float* values, std::size_t count, std::size_t stride) {
    for (std::size_t i = 0; i < count; ++i) f_[i] = double{values[i * stride]};
    std::size_t last = 0;
    apexes_[0] = 0;
    ends_[0] = -infinity;
    for (std::size_t q = 1; q < count; ++q) {
      double start = meeting(apexes_[last], q);
      while (start <= ends_[last]) start = meeting(apexes_[--last], q);
      apexes_[++last] = q;
      ends_[last] = start;
    }
    ends_[last + 1] = infinity;
    std::size_t k = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double x = static_cast<double>(i);
      while (ends_[k + 1] < x) ++k;
      const double away = x - static_cast<double>(apexes_[k]);
      values[i * stride] = static_cast<float>(f_[apexes_[k]] + away * away);
    }
  }

 private:
  static constexpr double infinity = 1e30;

  /// The place beyond which the parabola of q is the lower one.
  double meeting(std::size_t p, std::size_t q) const {
    const double x = static_cast<double>(p), y = static_cast<double>(q);
    return ((f_[q] + y * y) - (f_[p] + x * x)) / (2 * (y - x));
  }

  std::vector<std::size_t> apexes_;
  std::vector<double> ends_, f_;
};

}  // namespace

std::vector<float> squared_distances(const Mask& set, PixelSize size) {
  if (set.size() != size.width * size.height || set.empty())
    throw std::invalid_argument("squared_distances: the mask does not have the given size");
  const float far = static_cast<float>(4 * (size.width * size.width + size.height * size.height));
  std::vector<float> squared(set.size());
  for (std::size_t i = 0; i < set.size(); ++i) squared[i] = set[i] != 0 ? 0 : far;
  Envelope envelope(std::max(size.width, size.height));
  for (std::size_t x = 0; x < size.width; ++x)
    envelope.transform(&squared[x], size.height, size.width);
  for (std::size_t y = 0; y < size.height; ++y)
    envelope.transform(&squared[y * size.width], size.width, 1);
  return squared;
}

std::vector<float> signed_distances(const Mask& set, PixelSize size) {
  Mask others(set.size());
  for (std::size_t i = 0; i < set.size(); ++i) others[i] = set[i] == 0;
  const std::vector<float> to_set = squared_distances(set, size);
  std::vector<float> distances = squared_distances(others, size);
  for (std::size_t i = 0; i < set.size(); ++i)
    distances[i] = set[i] != 0 ? std::sqrt(distances[i]) - 0.5F : 0.5F - std::sqrt(to_set[i]);
  return distances;
}

}  // namespace chorus
