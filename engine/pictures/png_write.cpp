#include <lodepng.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <new>
#include <ostream>
#include <stdexcept>

#include "chorus/pictures.hpp"
#include "files.hpp"
#include "png_chunks.hpp"
#include "png_file.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<unsigned char>;

void check(const Image& image) {
  constexpr std::size_t max_side = 0x7FFFFFFF;  // limit of the format
  if (image.pixels() == 0 || image.width > max_side || image.height > max_side)
    throw std::invalid_argument("write_png: expected sides of 1 to 2^31 - 1 pixels");
  if (image.channels < 3 || image.channels > 4 ||
      image.values.size() != image.pixels() * image.channels)
    throw std::invalid_argument("write_png: expected width x height x 3 or 4 values");
}

using Rgba = std::array<std::uint8_t, 4>;

/// The mean colour of the pixels around (x, y) that can be seen; black if there is none.
Rgba color_of_neighbours(const std::vector<Rgba>& pixels, const PixelSize& size, std::size_t x,
                         std::size_t y) {
  std::array<unsigned, 3> sum{};
  unsigned count = 0;
  for (std::size_t v = y - std::min<std::size_t>(y, 1); v <= std::min(y + 1, size.height - 1); ++v)
    for (std::size_t u = x - std::min<std::size_t>(x, 1); u <= std::min(x + 1, size.width - 1);
         ++u) {
      const Rgba& neighbour = pixels[v * size.width + u];
      if (neighbour[3] == 0) continue;
      for (std::size_t c = 0; c < 3; ++c) sum[c] += neighbour[c];
      ++count;
    }
  if (count == 0) return {};
  const auto mean = [&](unsigned total) {
    return static_cast<unsigned char>((total + count / 2) / count);
  };
  return {mean(sum[0]), mean(sum[1]), mean(sum[2]), 0};
}

Bytes straight_rgba(const Image& image) {
  std::vector<Rgba> pixels;
  for (std::size_t i = 0; i < image.pixels(); ++i)
    pixels.push_back(straight_bytes(color_at(image, i)));
  Bytes bytes;
  bytes.reserve(4 * pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const Rgba pixel = pixels[i][3] != 0 ? pixels[i]
                                         : color_of_neighbours(pixels, image.size(),
                                                               i % image.width, i / image.width);
    bytes.insert(bytes.end(), pixel.begin(), pixel.end());
  }
  return bytes;
}

Bytes rgb(const Image& image) {
  Bytes bytes(image.values.size());
  std::transform(image.values.begin(), image.values.end(), bytes.begin(), to_byte);
  return bytes;
}

constexpr std::ptrdiff_t after_header = 33;  // the signature and the chunk IHDR

Bytes encode(const Image& image) {
  check(image);
  const Bytes pixels = image.has_alpha() ? straight_rgba(image) : rgb(image);
  lodepng::State state;
  state.encoder.auto_convert = 0;  // always RGB or RGBA, whatever the colours
  state.info_raw.colortype = state.info_png.color.colortype =
      image.has_alpha() ? LCT_RGBA : LCT_RGB;
  Bytes png;
  const auto width = static_cast<unsigned>(image.width);
  const auto height = static_cast<unsigned>(image.height);
  if (lodepng::encode(png, pixels, width, height, state) != 0)
    throw std::bad_alloc();  // the only possible failure with these settings
  const Bytes mark = software_chunk();
  png.insert(png.begin() + after_header, mark.begin(), mark.end());
  return png;
}

void write_bytes(const fs::path& file, const Bytes& bytes) {
  write_atomically(file, [&](std::ostream& out) {
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  });
}

}  // namespace

std::size_t optimized_png_bytes(const Image& image) {
  check(image);
  const Bytes pixels = image.has_alpha() ? straight_rgba(image) : rgb(image);
  std::size_t least = static_cast<std::size_t>(-1);
  for (const LodePNGFilterStrategy filters : {LFS_ZERO, LFS_MINSUM, LFS_ENTROPY, LFS_BRUTE_FORCE}) {
    lodepng::State state;
    state.info_raw.colortype = image.has_alpha() ? LCT_RGBA : LCT_RGB;
    state.encoder.filter_palette_zero = 0;  // the strategy decides
    state.encoder.filter_strategy = filters;
    state.encoder.zlibsettings.windowsize = 32768;
    state.encoder.zlibsettings.nicematch = 258;
    state.encoder.zlibsettings.lazymatching = 1;
    Bytes png;
    if (lodepng::encode(png, pixels, static_cast<unsigned>(image.width),
                        static_cast<unsigned>(image.height), state) != 0)
      throw std::bad_alloc();  // the only possible failure with these settings
    least = std::min(least, png.size());
  }
  return least;
}

std::vector<unsigned char> encode_png(const Image& image) { return encode(image); }

void write_png(const fs::path& file, const Image& image) { write_bytes(file, encode(image)); }

bool written_by_chorus(const fs::path& file) {
  Bytes start(after_header + software_chunk().size());
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(start.data()), static_cast<std::streamsize>(start.size()));
  const Bytes mark = software_chunk();
  return in && std::equal(mark.begin(), mark.end(), start.begin() + after_header);
}

}  // namespace chorus
