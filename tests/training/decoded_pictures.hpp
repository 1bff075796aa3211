#pragma once

#include <cstddef>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/render.hpp"

namespace chorus::test {

/// The numbers of all images of a model, 12 x 12 pixels each.
inline std::vector<float> pictures(Memory& memory, const Model& model) {
  Renderer renderer(memory, model);
  std::vector<float> all;
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const Image image = renderer.render(i, {{12, 12}});
    all.insert(all.end(), image.values.begin(), image.values.end());
  }
  return all;
}

inline double mean_squared_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - b[i]) * (double{a[i]} - b[i]);
  return sum / static_cast<double>(a.size());
}

}  // namespace chorus::test
