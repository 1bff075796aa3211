#pragma once

#include <array>
#include <cstdint>

#include "chorus/version.hpp"

// Exported: the room network, in another shared library, uses it.
namespace CHORUS_API chorus {

/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC 2011): a counter-based generator. The same counter and key give the same four words on any
/// worker and any device, in any order.
using PhiloxBlock = std::array<std::uint32_t, 4>;

constexpr PhiloxBlock philox(PhiloxBlock counter, std::uint64_t seed) {
  std::uint32_t key0 = static_cast<std::uint32_t>(seed);
  std::uint32_t key1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key0,
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key1,
               static_cast<std::uint32_t>(product0)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

/// Uniform in {0, ..., bound - 1}; the bias is below bound / 2^32.
constexpr std::uint32_t below(std::uint32_t word, std::uint32_t bound) {
  return static_cast<std::uint32_t>((std::uint64_t{word} * bound) >> 32);
}

/// Uniform in the k-th of n equal stretches of {0, ..., bound - 1}. A number at which a stretch
/// begins or ends belongs to both stretches in proportion. A draw from each stretch is a stratified
/// sample (Cochran 1977, chapter 5): every number is expected equally often, n / bound times.
constexpr std::uint32_t below_in_stretch(std::uint32_t word, std::uint32_t bound, std::uint32_t k,
                                         std::uint32_t n) {
  return static_cast<std::uint32_t>((std::uint64_t{k} * bound + below(word, bound)) / n);
}

/// The k-th word of a Weyl sequence: start + k times the golden ratio, modulo 1 in 32 bits. Any
/// stretch of it covers the range evenly (Niederreiter 1992, chapter 3), unlike independent words.
constexpr std::uint32_t weyl(std::uint32_t start, std::uint32_t k) {
  return start + k * 0x9E3779B9U;
}

/// Uniform in [0, 1), 24 bits.
constexpr float unit_float(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24F; }

/// The purpose of random numbers. One seed gives independent numbers in each stream. The values are
/// part of every result: other values would mean other models, splits and pairs.
///
/// Two overlaps are harmless. The triangulation uses the number of the weights, but its seed is
/// always 0 and it only orders points. Drawing pixels (Op::draw_pixels) has no stream: its counters
/// (row, image, visit, cell) coincide with those of the weights and latents at the first visits of
/// the first image, where some pixels are chosen by the same words as some initial numbers.
enum class Stream : std::uint32_t {
  network_weights = 0,
  triangulation_order = 0,
  latents = 1,
  known_truth = 6,
  random_pairs = 7,
  bench_images = 8,
  tuned_places = 9,
  part_compositions = 10,
  reference_paths = 11,
  random_signs = 12,
  study_subsets = 13,
  held_out_pairs = 14,
  path_pairs = 15,
  test_matrices = 0x7E57,
  image_order = 0x0D0E0001,
  held_out_pixels = 0x5B117001,
  held_out_images = 0x5B117002,
};

/// A sequence of words for set-up work (initial weights, orders), identified by a seed and a
/// stream.
class RandomStream {
 public:
  constexpr RandomStream(std::uint64_t seed, Stream stream)
      : seed_(seed), stream_(static_cast<std::uint32_t>(stream)) {}
  constexpr std::uint32_t word() {
    if (used_ == 4) {
      block_ = philox({position_++, 0, 0, stream_}, seed_);
      used_ = 0;
    }
    return block_[used_++];
  }
  /// Leaves out the next words of a stream of which none was taken.
  constexpr void skip(std::uint64_t words) {
    position_ = static_cast<std::uint32_t>(words / 4);
    for (std::uint64_t i = 0; i < words % 4; ++i) word();
  }
  constexpr float uniform(float low, float high) { return low + (high - low) * unit_float(word()); }
  float normal();  ///< standard normal (Box-Muller), of words_of_normal words
  static constexpr std::uint64_t words_of_normal = 2;

 private:
  std::uint64_t seed_;
  std::uint32_t stream_;
  std::uint32_t position_ = 0;
  PhiloxBlock block_{};
  std::size_t used_ = 4;
};

}  // namespace chorus
