#include "sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "blended_pixels.hpp"
#include "chorus/error.hpp"
#include "flat_pixels.hpp"
#include "random.hpp"
#include "shuffle.hpp"

namespace chorus {

namespace {

/// Every second bit, from the lowest on.
std::uint64_t spread_bits(std::uint64_t value) {
  value = (value | value << 16) & 0x0000FFFF0000FFFFULL;
  value = (value | value << 8) & 0x00FF00FF00FF00FFULL;
  value = (value | value << 4) & 0x0F0F0F0F0F0F0F0FULL;
  value = (value | value << 2) & 0x3333333333333333ULL;
  return (value | value << 1) & 0x5555555555555555ULL;
}

/// The pixels along a Z-order curve (Morton 1966): a stretch of it is a compact patch, so that
/// draws from different stretches see different parts of the image.
std::vector<std::uint32_t> along_curve(PixelSize size) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> coded;
  for (std::uint32_t pixel = 0; pixel < size.width * size.height; ++pixel)
    coded.emplace_back(spread_bits(pixel % size.width) | spread_bits(pixel / size.width) << 1,
                       pixel);
  std::sort(coded.begin(), coded.end());
  std::vector<std::uint32_t> pixels;
  for (const auto& [code, pixel] : coded) pixels.push_back(pixel);
  return pixels;
}

}  // namespace

PixelTable::PixelTable(Memory& memory, const std::vector<NamedImage>& images, const Split& split)
    : images_(images.size()) {
  const std::size_t all_pixels = std::accumulate(
      images.begin(), images.end(), std::size_t{0},
      [](std::size_t sum, const auto& named) { return sum + named.image.pixels(); });
  if (all_pixels > std::numeric_limits<std::uint32_t>::max())
    throw Error("the images have more than 2^32 pixels together; expected fewer");
  colors_ = memory.empty(all_pixels, 3);
  std::vector<std::uint32_t> table, order, curve;
  PixelSize size_of_curve;
  order.reserve(all_pixels);
  for (std::size_t i = 0; i < images.size(); ++i) {
    // One at a time: large collections would not fit into memory two times.
    const Image image = without_held_out_pixels(images[i].image, i, split);
    const std::vector<bool> held_out =
        held_out_pixels(split.seed, i, image.width, image.height, split.pixels);
    const std::vector<bool> flat = flat_pixels(image, held_out);
    std::vector<bool> blended = blended_pixels(image, held_out);
    for (std::size_t p = 0; p < flat.size(); ++p)
      if (flat[p]) blended[p] = false;
    const auto flat_count = static_cast<std::uint32_t>(std::count(flat.begin(), flat.end(), true));
    const auto blended_count =
        static_cast<std::uint32_t>(std::count(blended.begin(), blended.end(), true));
    const auto kept =
        static_cast<std::uint32_t>(std::count(held_out.begin(), held_out.end(), false));
    const auto pixels = static_cast<std::uint32_t>(image.pixels());
    const std::size_t first = order.size();
    table.resize(table.size() + image_fields);
    std::uint32_t* fields = &table[table.size() - image_fields];
    fields[image_first_pixel] = static_cast<std::uint32_t>(first);
    fields[image_flat_pixels] = flat_count;
    fields[image_edge_pixels] = kept - flat_count - blended_count;
    fields[image_blended_pixels] = blended_count;
    fields[image_width] = static_cast<std::uint32_t>(image.width);
    fields[image_height] = static_cast<std::uint32_t>(image.height);
    if (curve.empty() || size_of_curve != image.size()) {
      size_of_curve = image.size();
      curve = along_curve(size_of_curve);
    }
    const auto kind_of = [&](std::uint32_t pixel) {
      if (flat[pixel]) return image_flat_pixels;
      return blended[pixel] ? image_blended_pixels : image_edge_pixels;
    };
    for (const ImageField kind : {image_flat_pixels, image_edge_pixels, image_blended_pixels})
      for (const std::uint32_t pixel : curve)
        if (!held_out[pixel] && kind_of(pixel) == kind) order.push_back(pixel);
    order.resize(first + pixels);  // so that an image's list begins where its colours do
    from_host(memory.backend(), image.rgb, colors_.row_range(first, pixels));
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

/// An order depends on the end of the one before, back to the beginning of the cycle.
void ImageOrder::go_to_epoch(std::uint64_t epoch) {
  if (epoch == epoch_ || per_step_ == images_) return;
  const bool is_next = epoch_ + 1 == epoch;
  for (std::uint64_t e = is_next ? epoch : epoch - epoch % epochs_per_cycle_; e <= epoch; ++e)
    shuffle(e);
  epoch_ = epoch;
}

/// From the order of the epoch before to that of `epoch`.
void ImageOrder::shuffle(std::uint64_t epoch) {
  // The step across the border has images of the old epoch already: the new one begins with others.
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
