#include "animation.hpp"

#include <lodepng.h>

#include <array>
#include <ostream>
#include <stdexcept>

#include "chorus/pictures.hpp"
#include "files.hpp"
#include "png_chunks.hpp"

namespace chorus {
namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::array<unsigned char, png_signature_bytes> signature = {0x89, 'P',  'N',  'G',
                                                                      '\r', '\n', 0x1A, '\n'};

Bytes header(const AnimationFrame& first) {
  constexpr unsigned char bits = 8, rgb = 2, rgba = 6;
  Bytes data;
  append_32(data, first.size.width);
  append_32(data, first.size.height);
  data.insert(data.end(), {bits, first.channels == 4 ? rgba : rgb, 0, 0, 0});
  return data;
}

Bytes animation_control(std::size_t frames) {
  constexpr std::size_t endless = 0;
  Bytes data;
  append_32(data, frames);
  append_32(data, endless);
  return data;
}

Bytes frame_control(std::size_t sequence_number, const PixelSize& size, unsigned milliseconds) {
  Bytes data;
  append_32(data, sequence_number);
  append_32(data, size.width);
  append_32(data, size.height);
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
  for (const unsigned char* chunk = png.data() + signature.size(); chunk != end;
       chunk = lodepng_chunk_next_const(chunk, end)) {
    if (lodepng_chunk_type_equals(chunk, type) == 0) continue;
    const unsigned char* begin = lodepng_chunk_data_const(chunk);
    data.insert(data.end(), begin, begin + lodepng_chunk_length(chunk));
  }
  return data;
}

}  // namespace

AnimationFrame compressed(const Image& image) {
  return {image.size(), image.channels, chunk_data(encode_png(image), "IDAT")};
}

AnimationWriter::AnimationWriter(std::ostream& out, std::size_t frames,
                                 unsigned milliseconds_per_frame)
    : out_(out), frames_(frames), milliseconds_(milliseconds_per_frame) {
  if (frames == 0) throw std::invalid_argument("write_animation: expected at least one frame");
  if (milliseconds_ == 0 || milliseconds_ > 65535)
    throw std::invalid_argument("write_animation: expected 1 to 65,535 ms for a frame");
}

void AnimationWriter::add(const AnimationFrame& frame) {
  if (added_ == frames_) throw std::invalid_argument("the animation is complete");
  Bytes bytes;
  if (added_ == 0) {
    size_ = frame.size;
    channels_ = frame.channels;
    bytes.assign(signature.begin(), signature.end());
    append_chunk(bytes, "IHDR", header(frame));
    const Bytes software = software_chunk();
    bytes.insert(bytes.end(), software.begin(), software.end());
    append_chunk(bytes, "acTL", animation_control(frames_));
  }
  if (frame.size != size_ || frame.channels != channels_)
    throw std::invalid_argument("write_animation: the frames differ in size or kind");
  append_chunk(bytes, "fcTL", frame_control(sequence_number_++, size_, milliseconds_));
  if (added_ == 0) {
    append_chunk(bytes, "IDAT", frame.data);  // also what a plain PNG reader shows
  } else {
    Bytes data;
    append_32(data, sequence_number_++);
    data.insert(data.end(), frame.data.begin(), frame.data.end());
    append_chunk(bytes, "fdAT", data);
  }
  if (++added_ == frames_) append_chunk(bytes, "IEND", {});
  out_.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

void write_animation(const std::filesystem::path& file, const std::vector<Image>& frames,
                     unsigned milliseconds_per_frame) {
  for (const Image& frame : frames)
    if (frame.size() != frames.front().size() || frame.channels != frames.front().channels)
      throw std::invalid_argument("write_animation: the frames differ in size or kind");
  write_atomically(file, [&](std::ostream& out) {
    AnimationWriter animation(out, frames.size(), milliseconds_per_frame);
    for (const Image& frame : frames) animation.add(compressed(frame));
  });
}

}  // namespace chorus
