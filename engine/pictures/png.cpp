#include "chorus/pictures.hpp"

#include <lodepng.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "input_file.hpp"
#include "png_chunks.hpp"
#include "png_file.hpp"
#include "png_metadata.hpp"
#include "printable.hpp"
#include "stored_picture.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<unsigned char>;

constexpr std::size_t header_bytes = png_signature_bytes + chunk_overhead_bytes + 13;  // of IHDR

// ---- Header -------------------------------------------------------------------------------------

/// Wording for users of the errors that occur in practice; lodepng's own wording for rare ones.
std::string decoder_reason(unsigned code) {
  switch (code) {
    case 57:
      return "damaged: a checksum is wrong";
    case 83:
      return "needs more memory than there is";
    case 91:
    case 109:
      return "damaged: its pixel data is not of the size that its header states";
    case 93:
      return "states a size of 0 pixels";
    default:
      return formatted("damaged: {}", lodepng_error_text(code));
  }
}

/// A remark on the format of a file that is not a PNG; empty if it is unknown.
std::string_view other_format(std::string_view start) {
  struct Format {
    std::string_view start, remark;
  };
  static constexpr Format others[] = {{"\xFF\xD8\xFF", " (it is a JPEG)"},
                                      {"GIF8", " (it is a GIF)"},
                                      {"RIFF", " (it is a RIFF file, such as WebP)"},
                                      {"BM", " (it is a BMP)"},
                                      {"<svg", " (it is an SVG)"},
                                      {"<?xml", " (it is XML, such as SVG)"},
                                      {"version https://git-lfs", " (it is a Git LFS pointer)"}};
  for (const Format& format : others)
    if (start.starts_with(format.start)) return format.remark;
  return "";
}

void check_signature(const Bytes& bytes) {
  static constexpr std::string_view signature("\x89PNG\r\n\x1A\n", png_signature_bytes);
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (start.empty()) throw Error("the file is empty");
  if (start.substr(std::min<std::size_t>(start.size(), 12)).starts_with("CgBI"))
    throw Error(
        "is a PNG as Xcode packs it (CgBI), which few programs read; take the original file");
  if (start.starts_with(signature) || signature.starts_with(start)) return;
  throw Error(formatted("is not a PNG{}", other_format(start)));
}

/// Checks everything that the first 33 bytes state, before anything is allocated by it.
PixelSize parse_header(const Bytes& bytes, lodepng::State& state, std::size_t max_pixels) {
  check_signature(bytes);
  if (bytes.size() < header_bytes) throw Error("truncated: it ends within its header");
  unsigned width = 0;
  unsigned height = 0;
  if (const unsigned code = lodepng_inspect(&width, &height, &state, bytes.data(), bytes.size()))
    throw Error(decoder_reason(code));
  check_pixel_count({width, height}, max_pixels);
  return {width, height};
}

// ---- Pixels -------------------------------------------------------------------------------------

/// The bytes of the decompressed pixel data: rows of whole bytes, each with the number of its
/// filter. Interlaced images consist of seven smaller ones.
std::size_t raw_bytes(const PixelSize& size, const LodePNGInfo& info) {
  const auto rows = [&](std::size_t width, std::size_t height) -> std::size_t {
    return width == 0 ? 0 : height * (1 + (width * lodepng_get_bpp(&info.color) + 7) / 8);
  };
  if (info.interlace_method == 0) return rows(size.width, size.height);
  struct Pass {
    std::size_t x, y, step_x, step_y;  // the first pixel, and the distances to the next
  };
  static constexpr std::array<Pass, 7> passes = {{{0, 0, 8, 8},
                                                  {4, 0, 8, 8},
                                                  {0, 4, 4, 8},
                                                  {2, 0, 4, 4},
                                                  {0, 2, 2, 4},
                                                  {1, 0, 2, 2},
                                                  {0, 1, 1, 2}}};
  std::size_t bytes = 0;
  for (const Pass& pass : passes)
    bytes += rows((size.width + pass.step_x - 1 - pass.x) / pass.step_x,
                  (size.height + pass.step_y - 1 - pass.y) / pass.step_y);
  return bytes;
}

/// How pixel data was decompressed.
struct Inflation {
  std::size_t expected = 0;  ///< bytes
  unsigned error = 0;        ///< of lodepng
  bool is_odd = false;       ///< whether something follows, or the checksum is wrong
};

std::uint32_t adler32(const unsigned char* bytes, std::size_t count) {
  constexpr std::uint32_t modulus = 65'521;
  std::uint32_t a = 1, b = 0;
  for (std::size_t i = 0; i < count; ++i) {
    a = (a + bytes[i]) % modulus;
    b = (b + a) % modulus;
  }
  return b << 16U | a;
}

/// Whether the first `count` bytes are decompressed from what there is, and from nothing behind it:
/// lodepng reads zeros there, which can make up the last bytes.
bool are_given(const unsigned char* bytes, std::size_t count, const unsigned char* in,
               std::size_t in_count, const LodePNGDecompressSettings& settings) {
  Bytes followed_by_ones(in, in + in_count);
  followed_by_ones.resize(in_count + 8, 0xFF);
  unsigned char* again = nullptr;
  std::size_t again_count = 0;
  lodepng_inflate(&again, &again_count, followed_by_ones.data(), followed_by_ones.size(),
                  &settings);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(again, &std::free);
  return again_count >= count && std::equal(bytes, bytes + count, again);
}

/// Decompresses as viewers do: once there are all pixels, what follows does not matter, not even
/// that it is missing. Every chunk has a checksum of its own that guards against damage.
unsigned inflate_pixels(unsigned char** out, std::size_t* count, const unsigned char* in,
                        std::size_t in_count, const LodePNGDecompressSettings* settings) {
  auto& inflation = *static_cast<Inflation*>(const_cast<void*>(settings->custom_context));
  constexpr unsigned deflate = 8, with_dictionary = 32, bad_header = 24, too_little = 91;
  if (in_count < 2 || in[0] % 16 != deflate || (in[0] * 256 + in[1]) % 31 != 0 ||
      (in[1] & with_dictionary) != 0)
    return inflation.error = bad_header;
  LodePNGDecompressSettings plain = *settings;
  plain.custom_zlib = nullptr;
  plain.max_output_size = inflation.expected;
  const unsigned error = lodepng_inflate(out, count, in + 2, in_count - 2, &plain);
  if (*count < inflation.expected) return inflation.error = error != 0 ? error : too_little;
  *count = inflation.expected;
  std::uint32_t stated = 0;
  for (std::size_t i = std::max<std::size_t>(in_count, 6) - 4; i < in_count; ++i)
    stated = stated << 8U | in[i];
  inflation.is_odd = error != 0 || stated != adler32(*out, *count);
  if (inflation.is_odd && !are_given(*out, *count, in + 2, in_count - 2, plain))
    return inflation.error = too_little;
  return 0;
}

Bytes decode_rgba(PngMetadata& chunks, const PixelSize& size, lodepng::State& state) {
  state.info_raw.colortype = LCT_RGBA;
  state.info_raw.bitdepth = state.info_png.color.bitdepth == 16 ? 16 : 8;
  Inflation inflation{raw_bytes(size, state.info_png)};
  state.decoder.zlibsettings.custom_zlib = inflate_pixels;
  state.decoder.zlibsettings.custom_context = &inflation;
  Bytes rgba;
  unsigned width = 0;
  unsigned height = 0;
  const unsigned code = lodepng::decode(rgba, width, height, state, chunks.pixels);
  if (code != 0 && !chunks.complete) throw Error("truncated: it ends before its pixel data does");
  if (code != 0) throw Error(decoder_reason(inflation.error != 0 ? inflation.error : code));
  if (!chunks.complete)
    chunks.remarks.emplace_back("no end marker (cut off behind its pixel data)");
  else if (inflation.is_odd)
    chunks.remarks.emplace_back("spare bytes behind its pixel data, or a wrong checksum of it");
  return rgba;
}

Image decode(const fs::path& file, const std::optional<Rgb>& background, std::size_t max_pixels,
             std::vector<std::string>* remarks) {
  InputFile opened(file);
  Bytes bytes;
  opened.read(header_bytes, bytes);
  lodepng::State state;
  const PixelSize size = parse_header(bytes, state, max_pixels);
  opened.read_rest(file, size, bytes);
  PngMetadata chunks = parse_metadata(bytes);
  StoredPicture picture{.size = size, .rgba = decode_rgba(chunks, size, state)};
  picture.has_16_bits = state.info_raw.bitdepth == 16;
  picture.exponent = chunks.exponent;
  picture.orientation = chunks.orientation;
  if (remarks != nullptr) *remarks = std::move(chunks.remarks);
  return image_as_shown(picture, background);
}

}  // namespace

PixelSize inspect_png(const fs::path& file, std::size_t max_pixels) {
  Bytes bytes;
  InputFile(file).read(header_bytes, bytes);
  lodepng::State state;
  return parse_header(bytes, state, max_pixels);
}

Image decode_png(const fs::path& file, const std::optional<Rgb>& background,
                 std::vector<std::string>* remarks, std::size_t max_pixels) {
  try {
    return decode(file, background, max_pixels, remarks);
  } catch (const std::bad_alloc&) {
    throw Error("needs more memory than there is");
  }
}

Image read_png(const fs::path& file, const std::optional<Rgb>& background, std::size_t max_pixels) {
  try {
    return decode_png(file, background, nullptr, max_pixels);
  } catch (const Error& error) {
    throw Error(formatted("cannot read {}: {}", shown(file), error.what()));
  }
}

}  // namespace chorus
