#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace chorus {

// Chunks of PNG files, see https://www.w3.org/TR/png-3/

constexpr std::size_t png_signature_bytes = 8;
constexpr std::size_t chunk_overhead_bytes = 12;  ///< length, type and checksum

/// Appends the lower 16 or 32 bits of a number, the highest byte first.
void append_16(std::vector<unsigned char>& out, std::size_t value);
void append_32(std::vector<unsigned char>& out, std::size_t value);

/// Appends a chunk: its length, its type of four letters, its data and its checksum.
void append_chunk(std::vector<unsigned char>& out, std::string_view type,
                  const std::vector<unsigned char>& data);

/// The chunk tEXt that names chorus as the software. It stands in every file that chorus writes, so
/// that a command can tell its own files from those of others.
std::vector<unsigned char> software_chunk();

}  // namespace chorus
