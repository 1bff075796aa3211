#include "region_distance.hpp"

#include <algorithm>
#include <vector>

#include "compared.hpp"
#include "image_distance.hpp"

namespace chorus {

SegmentedImage::SegmentedImage(const Image& of)
    : image(balanced(of)), segmentation(segment(image, options_for(of.size()))) {}

namespace {

/// The sum of squares of an image about the means of its parts; `part_of` has the part of each
/// pixel.
double squares_about_means(const Image& image, const std::vector<int>& part_of, std::size_t parts) {
  const std::size_t channels = image.channels;
  std::vector<double> sums(channels * parts), counts(parts);
  double squares = 0;
  for (std::size_t p = 0; p < image.pixels(); ++p) {
    const auto part = static_cast<std::size_t>(part_of[p]);
    counts[part] += 1;
    for (std::size_t c = 0; c < channels; ++c) {
      const double value = double{image.values[channels * p + c]};
      sums[channels * part + c] += value;
      squares += value * value;
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i)
    if (counts[i / channels] > 0) squares -= sums[i] * sums[i] / counts[i / channels];
  return std::max(0.0, squares);
}

double within(const Image& image, const Segmentation& parts) {
  return squares_about_means(image, parts.region_of, parts.colors.size());
}

double total(const Image& image) {
  return squares_about_means(image, std::vector<int>(image.pixels()), 1);
}

}  // namespace

double region_distance(const SegmentedImage& a, const SegmentedImage& b) {
  check_compared(a.image, b.image);
  const double all = total(a.image) + total(b.image);
  // A sum of squares this small is the rounding error of a single colour.
  constexpr double one_color = 1e-9;
  if (all < one_color * static_cast<double>(a.image.values.size())) return 0;
  return (within(a.image, b.segmentation) + within(b.image, a.segmentation)) / all;
}

double region_distance(const Image& a, const Image& b) {
  check_compared(a, b);
  return region_distance(SegmentedImage(a), SegmentedImage(b));
}

}  // namespace chorus
