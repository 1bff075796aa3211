#include <lodepng.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <ostream>
#include <stdexcept>
#include <string_view>

#include "bytes.hpp"
#include "chorus/pictures.hpp"
#include "files.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<unsigned char>;

void check(const Image& image) {
  constexpr std::size_t max_side = 0x7FFFFFFF;  // limit of the format
  if (image.pixels() == 0 || image.width > max_side || image.height > max_side)
    throw std::invalid_argument("an image to be written has pixels, and at most 2^31 - 1 a side");
  if (image.channels < 3 || image.channels > 4 ||
      image.values.size() != image.pixels() * image.channels)
    throw std::invalid_argument("an image has width x height x 3 or 4 values");
}

using Rgba = std::array<unsigned char, 4>;

/// Straight colour and alpha, in bytes.
Rgba straight(const Color& color) {
  const unsigned char alpha = to_byte(color[3]);
  if (alpha == 0) return {};
  return {to_byte(color[0] / color[3]), to_byte(color[1] / color[3]), to_byte(color[2] / color[3]),
          alpha};
}

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
  for (std::size_t i = 0; i < image.pixels(); ++i) pixels.push_back(straight(color_at(image, i)));
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

Bytes encode(const Image& image) {
  check(image);
  const Bytes pixels = image.has_alpha() ? straight_rgba(image) : rgb(image);
  lodepng::State state;
  state.encoder.auto_convert = 0;  // stays RGB or RGBA, whatever the colours
  state.info_raw.colortype = state.info_png.color.colortype =
      image.has_alpha() ? LCT_RGBA : LCT_RGB;
  Bytes png;
  const auto width = static_cast<unsigned>(image.width);
  const auto height = static_cast<unsigned>(image.height);
  if (lodepng::encode(png, pixels, width, height, state) != 0)
    throw std::bad_alloc();  // the only way it can fail with these settings
  return png;
}

void write_bytes(const fs::path& file, const Bytes& bytes) {
  write_atomically(file, [&](std::ostream& out) {
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  });
}

// ---- Animation: the chunks of https://www.w3.org/TR/png-3/ around lodepng's pixel data ----------

void append_16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<unsigned char>(value >> 8U));
  out.push_back(static_cast<unsigned char>(value));
}

void append_32(Bytes& out, std::size_t value) {
  append_16(out, static_cast<std::uint32_t>(value) >> 16U);
  append_16(out, static_cast<std::uint32_t>(value));
}

void append(Bytes& out, const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void append_chunk(Bytes& out, std::string_view type, const Bytes& data) {
  append_32(out, data.size());
  const std::size_t checked_from = out.size();
  out.insert(out.end(), type.begin(), type.end());
  append(out, data);
  append_32(out, lodepng_crc32(&out[checked_from], out.size() - checked_from));
}

Bytes animation_control(std::size_t frames) {
  constexpr std::size_t endless = 0;
  Bytes data;
  append_32(data, frames);
  append_32(data, endless);
  return data;
}

Bytes frame_control(std::uint32_t sequence_number, const Image& frame, unsigned milliseconds) {
  Bytes data;
  append_32(data, sequence_number);
  append_32(data, frame.width);
  append_32(data, frame.height);
  append_32(data, 0);  // x offset
  append_32(data, 0);  // y offset
  append_16(data, milliseconds);
  append_16(data, 1000);  // the time is a fraction of a second
  data.push_back(0);      // leave the frame in place when its time is over
  data.push_back(0);      // replace what was there, do not blend
  return data;
}

/// The data of all chunks of one type in a PNG that lodepng has just made.
Bytes chunk_data(const Bytes& png, const char* type) {
  Bytes data;
  const unsigned char* end = png.data() + png.size();
  for (const unsigned char* chunk = png.data() + 8; chunk != end;
       chunk = lodepng_chunk_next_const(chunk, end)) {
    if (lodepng_chunk_type_equals(chunk, type) == 0) continue;
    const unsigned char* begin = lodepng_chunk_data_const(chunk);
    data.insert(data.end(), begin, begin + lodepng_chunk_length(chunk));
  }
  return data;
}

Bytes encode_animation(const std::vector<Image>& frames, unsigned milliseconds) {
  const Bytes first = encode(frames.front());
  Bytes out(first.begin(), first.begin() + 8);
  append_chunk(out, "IHDR", chunk_data(first, "IHDR"));
  append_chunk(out, "acTL", animation_control(frames.size()));
  append_chunk(out, "fcTL", frame_control(0, frames.front(), milliseconds));
  append_chunk(out, "IDAT", chunk_data(first, "IDAT"));  // also what a plain PNG reader shows
  std::uint32_t sequence_number = 1;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    append_chunk(out, "fcTL", frame_control(sequence_number++, frames[i], milliseconds));
    Bytes data;
    append_32(data, sequence_number++);
    append(data, chunk_data(encode(frames[i]), "IDAT"));
    append_chunk(out, "fdAT", data);
  }
  append_chunk(out, "IEND", {});
  return out;
}

}  // namespace

std::vector<unsigned char> encode_png(const Image& image) { return encode(image); }

void write_png(const fs::path& file, const Image& image) { write_bytes(file, encode(image)); }

void write_animation(const fs::path& file, const std::vector<Image>& frames,
                     unsigned milliseconds_per_frame) {
  if (frames.empty()) throw std::invalid_argument("write_animation: expected at least one frame");
  if (milliseconds_per_frame == 0 || milliseconds_per_frame > 65535)
    throw std::invalid_argument("write_animation: expected 1 to 65,535 ms for a frame");
  const Image& first = frames.front();
  for (const Image& frame : frames)
    if (frame.size() != first.size() || frame.channels != first.channels)
      throw std::invalid_argument("the frames of an animation are of one size and kind");
  write_bytes(file, encode_animation(frames, milliseconds_per_frame));
}

}  // namespace chorus
