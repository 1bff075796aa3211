#pragma once

#include <span>
#include <string>

namespace chorus::app {

/// The bytes as text, padded with "=" (RFC 4648).
std::string base64(std::span<const unsigned char> bytes);

}  // namespace chorus::app
