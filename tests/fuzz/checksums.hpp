#pragma once

#include <string>
#include <string_view>

namespace chorus::fuzz {

// What the fuzzer changes is refused for its checksum before anything else is looked at. These give
// the changed bytes right checksums again, so that the code behind is reached. What is no such file
// at all is given back as it is.

/// A PNG whose chunks have right checksums.
std::string with_png_checksums(std::string_view png);

/// A safetensors file with the right length of its header and the right checksum.
std::string with_safetensors_checksum(std::string_view file);

}  // namespace chorus::fuzz
