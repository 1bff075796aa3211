#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "support/session.hpp"

// Measures how fast a backend trains and decodes, relative to the peak of the machine.

namespace chorus::app {

inline constexpr std::size_t bench_size_px = 48;  ///< of the images that are trained

/// The number of images in a training step, and of pixels drawn from each.
struct Batch {
  std::size_t images, pixels_per_image;
  std::size_t pixels() const { return images * pixels_per_image; }
};

/// Both functions return an object with width, arch, precision, threads, gflops, peak_gflops,
/// share_of_peak (the median over repetitions), share_of_peak_best, spread (of the times, as a
/// fraction).

/// Steps of a training; the object has also batch, us_per_step, mpixel_per_s, host_us_per_step, and
/// parts: what fraction of a step is spent where. On a device it has launches: which ones take how
/// long, by the device's clock.
nlohmann::ordered_json bench_training(const BackendChoice& choice, std::size_t width,
                                      const Batch& batch, std::size_t repetitions);

/// Images of size_px x size_px pixels; the object has also size and ms_per_image.
nlohmann::ordered_json bench_decoding(const BackendChoice& choice, std::size_t width,
                                      std::size_t size_px, std::size_t repetitions);

}  // namespace chorus::app
