#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/tensor.hpp"
#include "split.hpp"

namespace chorus {

/// The training pixels in a backend's memory, in the form that Op::draw_pixels reads: the flat,
/// edge and blended pixels of each image. A pixel is flat if no two colours in its 3 x 3
/// neighbourhood differ by more than 2.5 / 255 in any channel. Most pixels of icons are flat, and
/// they carry little information. A pixel is blended if it is not flat and blended_pixels() reports
/// it: an edge passes through it, and no point has its colour. Held-out pixels are in no list, and
/// their colours are not read.
class PixelTable {
 public:
  /// The pixels that are held out of an image of a size.
  using HeldOut = std::function<std::vector<bool>(std::size_t image, PixelSize)>;

  PixelTable(Memory& memory, const std::vector<NamedImage>& images, const Split& split = {});
  /// `first_image` is the number of the first of the images in the whole collection.
  PixelTable(Memory& memory, const std::vector<NamedImage>& images, const HeldOut& held_out_of,
             std::size_t first_image = 0);

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

/// The images of each step. Epochs, each in its own random order, are laid end to end and cut into
/// steps. No image is ever more than one visit ahead of another, and none occurs twice in a step.
/// The images of a step depend on the arguments alone, and not on earlier calls. If `per_step` is
/// the number of images, every step takes all images in their own order.
class ImageOrder {
 public:
  ImageOrder(std::size_t images, std::size_t per_step, std::uint64_t seed);
  const std::vector<std::uint32_t>& step(std::uint64_t step);
  /// How often each image of the last requested step occurred before.
  const std::vector<std::uint32_t>& visits() const { return visits_; }

 private:
  void go_to_epoch(std::uint64_t epoch);
  void shuffle(std::uint64_t epoch);

  std::size_t images_, per_step_;
  std::uint64_t epochs_per_cycle_;  ///< after these a step ends where an epoch ends
  std::uint64_t seed_;
  std::uint64_t epoch_ = static_cast<std::uint64_t>(-1);
  std::vector<std::uint32_t> order_;  ///< of the current epoch
  std::vector<std::uint32_t> step_, visits_;
};

}  // namespace chorus
