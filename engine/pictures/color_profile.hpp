#pragma once

#include <string_view>

namespace chorus {

/// Whether an ICC profile describes itself as sRGB. Its numbers are not read.
bool describes_srgb(std::string_view profile);

}  // namespace chorus
