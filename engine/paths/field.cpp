#include "field.hpp"

#include <algorithm>
#include <cmath>

namespace chorus {

Field::Field(std::vector<float> values, PixelSize size) : values_(std::move(values)), plane_{size} {
  if (!values_.empty()) highest_ = *std::max_element(values_.begin(), values_.end());
  float largest = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if ((i + 1) % size.width != 0)
      largest = std::max(largest, std::abs(values_[i + 1] - values_[i]));
    if (i + size.width < values_.size())
      largest = std::max(largest, std::abs(values_[i + size.width] - values_[i]));
  }
  steepest_ = largest * static_cast<float>(plane_.unit_px());
}

}  // namespace chorus
