#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/tensor.hpp"
#include "split.hpp"

namespace chorus {

/// The training pixels in a backend's memory, in the form that Op::draw_pixels reads: each image's
/// flat, edge and blended pixels. A pixel is flat if no colour in its 3 x 3 neighbourhood differs
/// from another by more than 2.5 / 255 in any channel; most pixels of icons are, and carry little.
/// It is blended if it is not flat and blended_pixels() finds it: an edge passes through it, and
/// its colour is that of no point. Held-out pixels are in no list, and their colours are not looked
/// at.
class PixelTable {
 public:
  PixelTable(Memory& memory, const std::vector<NamedImage>& images, const Split& split = {});

  std::size_t images() const { return images_; }
  IndexView image_table() const { return image_table_.view(); }
  IndexView pixel_order() const { return pixel_order_.view(); }
  ConstView colors() const { return colors_.const_view(); }

 private:
  std::size_t images_ = 0;
  IndexList image_table_;
  IndexList pixel_order_;
  Tensor colors_;
};

/// The images of each step: epochs, each in a random order of its own, laid end to end and cut into
/// steps. No image is ever more than one visit ahead of another, and none comes up twice within a
/// step. The images of a step depend on the arguments alone, whatever steps were asked for before.
/// If `per_step` is the number of images, every step takes all of them in their own order.
class ImageOrder {
 public:
  ImageOrder(std::size_t images, std::size_t per_step, std::uint64_t seed);
  const std::vector<std::uint32_t>& step(std::uint64_t step);
  /// How often each image of the step asked for last came up before.
  const std::vector<std::uint32_t>& visits() const { return visits_; }

 private:
  void go_to_epoch(std::uint64_t epoch);
  void shuffle(std::uint64_t epoch);

  std::size_t images_, per_step_;
  std::uint64_t epochs_per_cycle_;  ///< after which a step ends where an epoch does
  std::uint64_t seed_;
  std::uint64_t epoch_ = static_cast<std::uint64_t>(-1);
  std::vector<std::uint32_t> order_;  ///< of the present epoch
  std::vector<std::uint32_t> step_, visits_;
};

}  // namespace chorus
