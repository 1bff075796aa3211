#include "sampler.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "blended_pixels.hpp"
#include "chorus/error.hpp"
#include "flat_pixels.hpp"
#include "op_parameters.hpp"
#include "random.hpp"
#include "shuffle.hpp"

namespace chorus {

namespace {

/// Moves bit k to bit 2 k.
std::uint64_t spread_bits(std::uint64_t value) {
  value = (value | value << 16) & 0x0000FFFF0000FFFFULL;
  value = (value | value << 8) & 0x00FF00FF00FF00FFULL;
  value = (value | value << 4) & 0x0F0F0F0F0F0F0F0FULL;
  value = (value | value << 2) & 0x3333333333333333ULL;
  return (value | value << 1) & 0x5555555555555555ULL;
}

/// The pixels in the order of a Z-order curve (Morton 1966). A stretch of it is a compact patch, so
/// that draws from different stretches see different parts of the image.
std::vector<std::uint32_t> along_curve(PixelSize size) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> coded;
  for (std::uint32_t pixel = 0; pixel < size.width * size.height; ++pixel)
    coded.emplace_back(spread_bits(pixel % size.width) | spread_bits(pixel / size.width) << 1,
                       pixel);
  std::sort(coded.begin(), coded.end());
  std::vector<std::uint32_t> pixels;
  pixels.reserve(coded.size());
  for (const auto& [code, pixel] : coded) pixels.push_back(pixel);
  return pixels;
}

/// along_curve() for one image after another; the curve is reused while the size stays the same.
class Curves {
 public:
  const std::vector<std::uint32_t>& of(PixelSize size) {
    if (curve_.empty() || size_ != size) {
      size_ = size;
      curve_ = along_curve(size);
    }
    return curve_;
  }

 private:
  PixelSize size_;
  std::vector<std::uint32_t> curve_;
};

/// The list to which a pixel belongs: image_flat_pixels, image_edge_pixels, image_blended_pixels,
/// or `in_no_list` if it is held out.
constexpr ImageField in_no_list = image_fields;
std::vector<ImageField> lists_of_pixels(const Image& image, const std::vector<bool>& held_out) {
  const std::vector<bool> flat = flat_pixels(image, held_out);
  const std::vector<bool> blended = blended_pixels(image, held_out);
  std::vector<ImageField> lists(image.pixels(), image_edge_pixels);
  for (std::size_t pixel = 0; pixel < lists.size(); ++pixel)
    if (held_out[pixel])
      lists[pixel] = in_no_list;
    else if (flat[pixel])
      lists[pixel] = image_flat_pixels;
    else if (blended[pixel])
      lists[pixel] = image_blended_pixels;
  return lists;
}

/// Appends the row of an image to the image table; its pixels begin at `first_pixel`.
void append_image(std::vector<std::uint32_t>& table, const Image& image,
                  const std::vector<ImageField>& lists, std::size_t first_pixel,
                  std::size_t number) {
  table.resize(table.size() + image_fields);
  std::uint32_t* fields = &table[table.size() - image_fields];
  fields[image_first_pixel] = static_cast<std::uint32_t>(first_pixel);
  for (const ImageField list : {image_flat_pixels, image_edge_pixels, image_blended_pixels})
    fields[list] = static_cast<std::uint32_t>(std::count(lists.begin(), lists.end(), list));
  fields[image_width] = static_cast<std::uint32_t>(image.width);
  fields[image_height] = static_cast<std::uint32_t>(image.height);
  fields[image_number] = static_cast<std::uint32_t>(number);
}

/// Appends the lists of an image one after another, each along the curve. Zeros follow, so that as
/// many numbers are appended as the image has pixels.
void append_lists(std::vector<std::uint32_t>& order, const std::vector<ImageField>& lists,
                  const std::vector<std::uint32_t>& curve) {
  const std::size_t end = order.size() + lists.size();
  for (const ImageField list : {image_flat_pixels, image_edge_pixels, image_blended_pixels})
    for (const std::uint32_t pixel : curve)
      if (lists[pixel] == list) order.push_back(pixel);
  order.resize(end);
}

std::size_t count_pixels(const std::vector<NamedImage>& images) {
  std::size_t pixels = 0;
  for (const NamedImage& named : images) pixels += named.image.pixels();
  if (pixels > std::numeric_limits<std::uint32_t>::max())
    throw Error("the images have more than 2^32 pixels together; expected fewer");
  return pixels;
}

}  // namespace

PixelTable::PixelTable(Memory& memory, const std::vector<NamedImage>& images, const Split& split)
    : PixelTable(
          memory, images,
          [&](std::size_t image, PixelSize size) { return held_out_pixels(split, image, size); },
          split.first_image) {}

PixelTable::PixelTable(Memory& memory, const std::vector<NamedImage>& images,
                       const HeldOut& held_out_of, std::size_t first_image)
    : images_(images.size()),
      colors_(
          memory.empty(count_pixels(images), images.empty() ? 3 : images.front().image.channels)) {
  std::vector<std::uint32_t> table, order;
  order.reserve(colors_.rows());
  Curves curves;
  for (std::size_t i = 0; i < images.size(); ++i) {
    // One at a time, because two copies of a large collection would not fit into memory.
    const std::vector<bool> held_out = held_out_of(i, images[i].image.size());
    const Image image = blacked_out(balanced(images[i].image), held_out);
    const std::vector<ImageField> lists = lists_of_pixels(image, held_out);
    const std::size_t first = order.size();
    append_image(table, image, lists, first, first_image + i);
    append_lists(order, lists, curves.of(image.size()));
    from_host(image.values, colors_.row_range(first, image.pixels()));
  }
  image_table_ = IndexList(memory.shared_backend(), table);
  pixel_order_ = IndexList(memory.shared_backend(), order);
}

ImageOrder::ImageOrder(std::size_t images, std::size_t per_step, std::uint64_t seed)
    : images_(images), per_step_(per_step), seed_(seed), order_(images) {
  if (per_step == 0 || per_step > images)
    throw std::invalid_argument("ImageOrder: images per step must be between 1 and all");
  epochs_per_cycle_ = per_step / std::gcd(images, per_step);
  std::iota(order_.begin(), order_.end(), 0U);
}

const std::vector<std::uint32_t>& ImageOrder::step(std::uint64_t step) {
  const std::uint64_t first = step * per_step_;
  go_to_epoch(first / images_);
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(first % images_);
  const auto most = static_cast<std::ptrdiff_t>(per_step_);
  step_.assign(begin, begin + std::min(order_.end() - begin, most));
  visits_.assign(per_step_, static_cast<std::uint32_t>(first / images_));
  if (step_.size() < per_step_) {
    go_to_epoch(epoch_ + 1);
    std::fill(visits_.begin() + std::ssize(step_), visits_.end(),
              static_cast<std::uint32_t>(epoch_));
    step_.insert(step_.end(), order_.begin(), order_.begin() + most - std::ssize(step_));
  }
  return step_;
}

/// An order depends on the end of the previous one, back to the beginning of the cycle.
void ImageOrder::go_to_epoch(std::uint64_t epoch) {
  if (epoch == epoch_ || per_step_ == images_) return;
  const bool is_next = epoch_ + 1 == epoch;
  for (std::uint64_t e = is_next ? epoch : epoch - epoch % epochs_per_cycle_; e <= epoch; ++e)
    shuffle(e);
  epoch_ = epoch;
}

/// Makes the order of `epoch` from that of the epoch before.
void ImageOrder::shuffle(std::uint64_t epoch) {
  // The step across the border has images of the old epoch already, so the new one begins with
  // others.
  const std::size_t old = epoch % epochs_per_cycle_ * (images_ % per_step_) % per_step_;
  const std::size_t fresh = old == 0 ? 0 : per_step_ - old;
  std::vector<bool> taken(images_);
  for (std::size_t i = images_ - old; i < images_; ++i) taken[order_[i]] = true;

  std::iota(order_.begin(), order_.end(), 0U);
  RandomStream random(seed_ ^ (epoch * 0x9E3779B97F4A7C15ULL), Stream::image_order);
  chorus::shuffle(order_, random);

  std::size_t spare = fresh;
  for (std::size_t i = 0; i < fresh; ++i) {
    if (!taken[order_[i]]) continue;
    while (taken[order_[spare]]) ++spare;
    std::swap(order_[i], order_[spare++]);
  }
}

}  // namespace chorus
