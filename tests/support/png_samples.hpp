#pragma once

#include <lodepng.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"

// PNGs of every kind, and other bytes, for the tests that read them.

using Bytes = std::vector<unsigned char>;

inline void write_bytes(const std::filesystem::path& file, const Bytes& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

inline Bytes as_bytes(std::string_view text) { return {text.begin(), text.end()}; }

/// `samples` as PNG stores them: packed bits below 8, big-endian at 16.
struct PngSample {
  unsigned width = 1;
  unsigned height = 1;
  LodePNGColorType type = LCT_RGB;
  unsigned bit_depth = 8;
  Bytes samples = {};
  bool interlaced = false;
  std::vector<std::vector<unsigned char>> palette = {};  ///< r, g, b, alpha
  std::vector<unsigned> transparent_colour = {};         ///< r, g, b (tRNS)
};

inline Bytes encoded(const PngSample& sample) {
  lodepng::State state;
  LodePNGColorMode& raw = state.info_raw;
  raw.colortype = sample.type;
  raw.bitdepth = sample.bit_depth;
  for (const auto& c : sample.palette) lodepng_palette_add(&raw, c[0], c[1], c[2], c[3]);
  if (!sample.transparent_colour.empty()) {
    raw.key_defined = 1;
    raw.key_r = sample.transparent_colour[0];
    raw.key_g = sample.transparent_colour[1];
    raw.key_b = sample.transparent_colour[2];
  }
  lodepng_color_mode_copy(&state.info_png.color, &raw);
  state.info_png.interlace_method = sample.interlaced ? 1 : 0;
  state.encoder.auto_convert = 0;
  Bytes png;
  if (const unsigned code =
          lodepng::encode(png, sample.samples, sample.width, sample.height, state))
    throw std::runtime_error(lodepng_error_text(code));
  return png;
}

/// A grey PNG of one value.
inline Bytes plain_png(unsigned width, unsigned height, unsigned char grey = 128) {
  return encoded({.width = width,
                  .height = height,
                  .type = LCT_GREY,
                  .samples = Bytes(std::size_t{width} * height, grey)});
}

inline Bytes big_endian(std::size_t value) {
  Bytes bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<unsigned char>(value >> shift));
  return bytes;
}

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Bytes chunk(std::string_view type, const Bytes& data) {
  const Bytes checked = as_bytes(type) + data;
  return big_endian(data.size()) + checked +
         big_endian(lodepng_crc32(checked.data(), checked.size()));
}

/// The size of the signature and of the header chunk IHDR, with which a PNG begins.
inline constexpr std::size_t png_header_end = 33;

inline Bytes slice(const Bytes& bytes, std::size_t begin, std::size_t end) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin),
          bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// `png` with chunks inserted after the header.
inline Bytes with_chunks(const Bytes& png, const Bytes& chunks) {
  return slice(png, 0, png_header_end) + chunks + slice(png, png_header_end, png.size());
}
