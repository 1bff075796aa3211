#include "random.hpp"

#include <cmath>
#include <numbers>

namespace chorus {

float RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log((double{unit_float(word())} + 0x1p-25)));
  const double angle = 2.0 * std::numbers::pi * double{unit_float(word())};
  return static_cast<float>(radius * std::cos(angle));
}

}  // namespace chorus
