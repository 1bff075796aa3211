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

/// Separable resampling with the filter stretched when shrinking (anti-aliased), pixel centres at
/// (j + 0.5) / n. Agrees with Pillow's Image.resize (bicubic a = -0.5, Lanczos a = 3) to its 8-bit
/// rounding; here in floating point and clipped to [0, 1] after each of the passes, horizontal
/// first. `nearest` takes the right or lower of two samples that are equally near (in Pillow the
/// rounding of a running sum decides there).
/// Throws std::invalid_argument if the image or the target is empty.
Image resample(const Image& image, std::size_t width, std::size_t height, Filter filter);

std::string_view name(Filter filter);

}  // namespace chorus
