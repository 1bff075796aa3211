#pragma once

#include <cstddef>
#include <string_view>

#include "chorus/image.hpp"
#include "enum_names.hpp"

namespace chorus {

enum class Filter { nearest, box, bilinear, bicubic, lanczos };

template <>
inline constexpr auto enum_names<Filter> = enum_table<Filter>("filter",
                                                              {{Filter::nearest, "nearest"},
                                                               {Filter::box, "box"},
                                                               {Filter::bilinear, "bilinear"},
                                                               {Filter::bicubic, "bicubic"},
                                                               {Filter::lanczos, "lanczos"}});

/// Separable resampling, with pixel centres at (j + 0.5) / n. When shrinking, the filter is
/// stretched against aliasing. Agrees with Pillow's Image.resize (bicubic with a = -0.5, Lanczos
/// with a = 3) up to its rounding to 8 bits; this function computes in floating point and clips to
/// [0, 1] after each of the two passes, the horizontal one first. Of two equally near samples
/// `nearest` takes the right or lower one (in Pillow the rounding of a running sum decides). Throws
/// std::invalid_argument if the image or the target is empty.
Image resample(const Image& image, std::size_t width, std::size_t height, Filter filter);

/// The image with a longer side of at most `most_px` pixels, by the box filter. A smaller image
/// stays as it is.
Image reduced(const Image& image, std::size_t most_px);

std::string_view name(Filter filter);

}  // namespace chorus
