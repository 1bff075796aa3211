#pragma once

#include "chorus/image.hpp"
#include "segmentation.hpp"

namespace chorus {

/// An image and its regions.
struct SegmentedImage {
  explicit SegmentedImage(const Image& of);
  Image image;
  Segmentation segmentation;
};

/// region_distance() of images whose regions are known.
double region_distance(const SegmentedImage& a, const SegmentedImage& b);

}  // namespace chorus
