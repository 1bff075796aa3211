#include "grow.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "formatted.hpp"

namespace chorus {

namespace {

void append(std::vector<float>& rows, const Tensor& tensor, std::size_t count, std::size_t cols) {
  const std::vector<float> own = tensor ? to_host(tensor) : std::vector<float>(count * cols);
  rows.insert(rows.end(), own.begin(), own.end());
}

/// The rows of both tensors, those of `known` first, in the given order. A model without a tensor
/// has rows of zeros.
Tensor rows_of_both(Memory& memory, const Tensor& known, const Tensor& added,
                    std::size_t known_count, const std::vector<std::size_t>& order) {
  if (!known && !added) return {};
  const std::size_t cols = known ? known.cols() : added.cols();
  std::vector<float> rows;
  append(rows, known, known_count, cols);
  append(rows, added, order.size() - known_count, cols);
  std::vector<float> ordered;
  for (const std::size_t row : order)
    ordered.insert(ordered.end(), rows.data() + row * cols, rows.data() + (row + 1) * cols);
  return memory.from(ordered, order.size(), cols);
}

std::vector<std::size_t> order_by_name(const std::vector<EncodedImage>& images) {
  std::vector<std::size_t> order(images.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return images[a].name < images[b].name; });
  return order;
}

void require_same_columns(const Tensor& known, const Tensor& added) {
  const auto cols = [](const Tensor& tensor) { return tensor ? tensor.cols() : 0; };
  if (cols(known) != cols(added))
    throw std::invalid_argument(
        formatted("joined: {} numbers per image and {}; expected models of one network",
                  cols(known), cols(added)));
}

void require_distinct(const std::vector<EncodedImage>& sorted) {
  const auto twice = std::adjacent_find(
      sorted.begin(), sorted.end(),
      [](const EncodedImage& a, const EncodedImage& b) { return a.name == b.name; });
  if (twice != sorted.end())
    throw std::invalid_argument(
        formatted("joined: both models have an image '{}'; expected other names", twice->name));
}

}  // namespace

Model joined(Memory& memory, const Model& known, const Model& added) {
  require_same_columns(known.latents, added.latents);
  require_same_columns(known.palettes, added.palettes);
  std::vector<EncodedImage> images = known.images;
  if (known.split.pixels > 0)  // a checksum without the pixels of a split that ends here
    for (EncodedImage& image : images) image.checksum.clear();
  images.insert(images.end(), added.images.begin(), added.images.end());
  const std::vector<std::size_t> order = order_by_name(images);
  const auto rows = [&](const Tensor& of_known, const Tensor& of_added) {
    return rows_of_both(memory, of_known, of_added, known.images.size(), order);
  };

  Model made = known;
  made.latents = rows(known.latents, added.latents);
  made.palettes = rows(known.palettes, added.palettes);
  made.shifts = rows(known.shifts, added.shifts);
  made.images.clear();
  for (const std::size_t image : order) made.images.push_back(images[image]);
  require_distinct(made.images);
  made.split = {};
  made.paths = {};  // the training that follows does not teach them
  return made;
}

}  // namespace chorus
