#pragma once

#include <stdexcept>

#include "png_samples.hpp"

#if CHORUS_WITH_JPEG
#include <turbojpeg.h>
#endif
#if CHORUS_WITH_WEBP
#include <webp/encode.h>
#endif

// JPEGs and WebPs of every kind, for the tests that read them.

/// Straight RGBA, soft enough for lossy formats: slopes from corner to corner.
inline Bytes slopes(unsigned width, unsigned height, bool transparent = false) {
  Bytes rgba;
  for (unsigned y = 0; y < height; ++y)
    for (unsigned x = 0; x < width; ++x)
      for (const unsigned value : {60 + 120 * x / width, 200 - 100 * y / height, 90U,
                                   transparent ? 55 + 200 * x / width : 255U})
        rgba.push_back(static_cast<unsigned char>(value));
  return rgba;
}

#if CHORUS_WITH_JPEG

struct JpegSample {
  unsigned width = 24, height = 16;
  Bytes pixels = slopes(24, 16);
  int pixel_format = TJPF_RGBA;
  int sampling = TJSAMP_444;
  int flags = 0;  ///< TJFLAG_PROGRESSIVE
};

inline Bytes encoded(const JpegSample& sample) {
  const tjhandle encoder = tjInitCompress();
  unsigned char* jpeg = nullptr;
  unsigned long count = 0;
  const int result = tjCompress2(encoder, sample.pixels.data(), static_cast<int>(sample.width), 0,
                                 static_cast<int>(sample.height), sample.pixel_format, &jpeg,
                                 &count, sample.sampling, 98, sample.flags);
  const Bytes bytes(jpeg, jpeg + (result == 0 ? count : 0));
  tjFree(jpeg);
  tjDestroy(encoder);
  if (result != 0) throw std::runtime_error("the sample is no JPEG");
  return bytes;
}

/// A segment of a JPEG: a marker with its length and data.
inline Bytes segment(unsigned char marker, const Bytes& data) {
  const std::size_t length = data.size() + 2;
  return Bytes{0xFF, marker, static_cast<unsigned char>(length >> 8U),
               static_cast<unsigned char>(length)} +
         data;
}

/// The JPEG with segments behind its first marker.
inline Bytes with_segments(const Bytes& jpeg, const Bytes& segments) {
  return Bytes(jpeg.begin(), jpeg.begin() + 2) + segments + Bytes(jpeg.begin() + 2, jpeg.end());
}

#endif
#if CHORUS_WITH_WEBP

/// A still WebP of straight RGBA.
inline Bytes encoded_webp(const Bytes& rgba, unsigned width, unsigned height, bool lossless) {
  std::uint8_t* webp = nullptr;
  const int row = static_cast<int>(width * 4), w = static_cast<int>(width),
            h = static_cast<int>(height);
  const std::size_t count = lossless ? WebPEncodeLosslessRGBA(rgba.data(), w, h, row, &webp)
                                     : WebPEncodeRGBA(rgba.data(), w, h, row, 98, &webp);
  const Bytes bytes(webp, webp + count);
  WebPFree(webp);
  return bytes;
}

/// A chunk of a WebP: its type, its length and its data, padded to an even number of bytes.
inline Bytes riff_chunk(std::string_view type, const Bytes& data) {
  Bytes bytes = as_bytes(type);
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes.push_back(static_cast<unsigned char>(data.size() >> shift));
  bytes = bytes + data;
  if (data.size() % 2 == 1) bytes.push_back(0);
  return bytes;
}

inline Bytes riff(const Bytes& chunks) { return riff_chunk("RIFF", as_bytes("WEBP") + chunks); }

/// The numbers of a canvas or frame, three bytes each, the lowest first.
inline Bytes three_bytes(unsigned value) {
  return {static_cast<unsigned char>(value), static_cast<unsigned char>(value >> 8U),
          static_cast<unsigned char>(value >> 16U)};
}

/// The extended form of a still WebP, with chunks before and behind the pixels.
inline Bytes extended_webp(const Bytes& still, unsigned width, unsigned height, unsigned char flags,
                           const Bytes& before, const Bytes& behind) {
  const Bytes header = Bytes{flags, 0, 0, 0} + three_bytes(width - 1) + three_bytes(height - 1);
  return riff(riff_chunk("VP8X", header) + before + Bytes(still.begin() + 12, still.end()) +
              behind);
}

/// An animation of frames that fill the canvas.
inline Bytes animated_webp(const std::vector<Bytes>& stills, unsigned width, unsigned height) {
  Bytes chunks =
      riff_chunk("VP8X", Bytes{0x12, 0, 0, 0} + three_bytes(width - 1) + three_bytes(height - 1)) +
      riff_chunk("ANIM", Bytes(6, 0));
  for (const Bytes& still : stills)
    chunks = chunks + riff_chunk("ANMF", three_bytes(0) + three_bytes(0) + three_bytes(width - 1) +
                                             three_bytes(height - 1) + three_bytes(100) + Bytes{2} +
                                             Bytes(still.begin() + 12, still.end()));
  return riff(chunks);
}

#endif

/// A little-endian Exif block that states an orientation.
inline Bytes exif_block(unsigned char orientation) {
  return as_bytes("II*") +
         Bytes{0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0};
}

/// An ICC profile of nothing but a description.
inline Bytes profile_named(std::string_view name) {
  return Bytes(128, 0) + big_endian(1) + as_bytes("desc") + big_endian(144) +
         big_endian(name.size()) + as_bytes(name);
}
