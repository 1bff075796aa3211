#include "chorus/pictures.hpp"

#include <fmt/format.h>
#include <lodepng.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

#include "alpha.hpp"
#include "chorus/error.hpp"
#include "png_file.hpp"
#include "printable.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<unsigned char>;

constexpr std::size_t signature_bytes = 8;
constexpr std::size_t chunk_overhead_bytes = 12;  // length, type and checksum
constexpr std::size_t header_bytes = signature_bytes + chunk_overhead_bytes + 13;

// ---- The file -----------------------------------------------------------------------------------

std::string system_reason(int error) { return std::generic_category().message(error); }

void check_is_file(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  switch (status.type()) {
    case fs::file_type::regular:
      return;
    case fs::file_type::directory:
      throw Error("is a folder, not a file");
    case fs::file_type::not_found:
      throw Error(fs::is_symlink(fs::symlink_status(file, error))
                      ? "is a link to a file that does not exist"
                      : "no such file");
    case fs::file_type::none:
      throw Error(error.message());
    default:
      throw Error("is not a regular file");
  }
}

/// A regular file, read from its start.
class InputFile {
 public:
  explicit InputFile(const fs::path& file) {
    check_is_file(file);
    opened_.reset(std::fopen(file.c_str(), "rb"));
    if (!opened_) throw Error(system_reason(errno));
  }

  /// Appends the next `count` bytes, or as many as are left.
  void read(std::size_t count, Bytes& bytes) {
    const std::size_t before = bytes.size();
    bytes.resize(before + count);
    bytes.resize(before + std::fread(bytes.data() + before, 1, count, opened_.get()));
    if (std::ferror(opened_.get()) != 0) throw Error(system_reason(errno));
  }

 private:
  struct Close {
    void operator()(std::FILE* open_file) const { std::fclose(open_file); }
  };
  std::unique_ptr<std::FILE, Close> opened_;
};

// ---- Header -------------------------------------------------------------------------------------

/// Wording for users of the errors that occur in practice; lodepng's own wording for rare ones.
std::string decoder_reason(unsigned code) {
  switch (code) {
    case 57:
      return "damaged: a checksum is wrong";
    case 58:
      return "damaged: the checksum of the pixel data is wrong";
    case 83:
      return "needs more memory than there is";
    case 91:
    case 109:
      return "damaged: its pixel data is not of the size that its header states";
    case 93:
      return "states a size of 0 pixels";
    default:
      return fmt::format("damaged: {}", lodepng_error_text(code));
  }
}

/// A remark on the format of a file that is not a PNG; empty if it is unknown.
std::string_view other_format(std::string_view start) {
  struct Format {
    std::string_view start, remark;
  };
  static constexpr Format formats[] = {{"\xFF\xD8\xFF", " (it is a JPEG)"},
                                       {"GIF8", " (it is a GIF)"},
                                       {"RIFF", " (it is a RIFF file, such as WebP)"},
                                       {"BM", " (it is a BMP)"},
                                       {"<svg", " (it is an SVG)"},
                                       {"<?xml", " (it is XML, such as SVG)"},
                                       {"version https://git-lfs", " (it is a Git LFS pointer)"}};
  for (const Format& format : formats)
    if (start.starts_with(format.start)) return format.remark;
  return "";
}

void check_signature(const Bytes& bytes) {
  static constexpr std::string_view signature("\x89PNG\r\n\x1A\n", signature_bytes);
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (start.empty()) throw Error("the file is empty");
  if (start.starts_with(signature) || signature.starts_with(start)) return;
  throw Error(fmt::format("is not a PNG{}", other_format(start)));
}

/// Checks everything that the first 33 bytes state, before anything is allocated by it.
PixelSize parse_header(const Bytes& bytes, lodepng::State& state, std::size_t max_pixels) {
  check_signature(bytes);
  if (bytes.size() < header_bytes) throw Error("truncated: it ends within its header");
  unsigned width = 0;
  unsigned height = 0;
  if (const unsigned code = lodepng_inspect(&width, &height, &state, bytes.data(), bytes.size()))
    throw Error(decoder_reason(code));
  if (width > max_pixels / height)
    throw Error(fmt::format("states a size of {} x {} pixels; the limit is {} pixels", width,
                            height, max_pixels));
  return {width, height};
}

// ---- Pixels -------------------------------------------------------------------------------------

/// An upper bound of the size of a PNG: its pixels, raw at 16 bits and four channels, and some
/// metadata.
std::size_t max_file_bytes(const PixelSize& size) {
  constexpr std::size_t room_for_metadata = std::size_t{64} << 20U;
  return room_for_metadata + size.width * size.height * 16;
}

/// Appends the rest of the file after its header, which states `size`.
void read_rest(const fs::path& file, const PixelSize& size, InputFile& opened, Bytes& bytes) {
  std::error_code error;
  const std::uintmax_t file_bytes = fs::file_size(file, error);
  if (error) throw Error(error.message());
  if (file_bytes > max_file_bytes(size))
    throw Error(fmt::format("has {} bytes, far more than {} x {} pixels need", file_bytes,
                            size.width, size.height));
  if (file_bytes > bytes.size()) opened.read(file_bytes - bytes.size(), bytes);
}

/// Keeps the chunks that determine the pixels. All others (text, colour profiles, animation) are
/// left out unread, because they change nothing here and can hide decompression bombs.
Bytes keep_pixel_chunks(const Bytes& bytes) {
  Bytes kept(bytes.begin(), bytes.begin() + signature_bytes);
  for (std::size_t at = signature_bytes; at + chunk_overhead_bytes <= bytes.size();) {
    const unsigned char* chunk = &bytes[at];
    const std::size_t left = bytes.size() - at;
    const std::size_t length = chunk_overhead_bytes + lodepng_chunk_length(chunk);
    if (length > left) throw Error(fmt::format("truncated: a chunk lacks {} bytes", length - left));
    const bool critical = lodepng_chunk_ancillary(chunk) == 0;
    if (critical || lodepng_chunk_type_equals(chunk, "tRNS") != 0)
      kept.insert(kept.end(), chunk, chunk + length);
    if (lodepng_chunk_type_equals(chunk, "IEND") != 0) return kept;
    at += length;
  }
  throw Error("truncated: it has no end marker");
}

/// An upper bound of the decompressed data: rows of whole bytes, each with the number of its
/// filter. Interlaced images have up to 15/8 as many rows, each of them padded.
std::size_t max_inflated_bytes(const PixelSize& size, const LodePNGColorMode& color) {
  const auto width = static_cast<unsigned>(size.width);
  const auto height = static_cast<unsigned>(size.height);
  return lodepng_get_raw_size(width, height, &color) + 4 * (size.height + 8);
}

Bytes decode_rgba(const Bytes& bytes, const PixelSize& size, lodepng::State& state) {
  state.info_raw.colortype = LCT_RGBA;
  state.info_raw.bitdepth = state.info_png.color.bitdepth == 16 ? 16 : 8;
  state.decoder.zlibsettings.max_output_size = max_inflated_bytes(size, state.info_png.color);
  Bytes rgba;
  unsigned width = 0;
  unsigned height = 0;
  if (const unsigned code = lodepng::decode(rgba, width, height, state, keep_pixel_chunks(bytes)))
    throw Error(decoder_reason(code));
  return rgba;
}

/// `Sample` reads one channel of a pixel as a value in [0, 1].
template <class Sample>
Image multiplied_by_alpha(const PixelSize& size, Sample sample) {
  Image image(size, 4);
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    const float alpha = sample(i * 4 + 3);
    set_color(image, i,
              {alpha * sample(i * 4), alpha * sample(i * 4 + 1), alpha * sample(i * 4 + 2), alpha});
  }
  return image;
}

/// Without alpha if nothing shows through, or if there is a background.
Image made_opaque(Image image, const std::optional<Rgb>& background) {
  if (background) return over(image, *background);
  return is_transparent(image) ? std::move(image) : over(image, black);
}

Image decode(const fs::path& file, const std::optional<Rgb>& background, std::size_t max_pixels) {
  InputFile opened(file);
  Bytes bytes;
  opened.read(header_bytes, bytes);
  lodepng::State state;
  const PixelSize size = parse_header(bytes, state, max_pixels);
  read_rest(file, size, opened, bytes);
  const Bytes rgba = decode_rgba(bytes, size, state);
  const auto low = [&](std::size_t i) { return rgba[i] / 255.0F; };
  const auto high = [&](std::size_t i) {
    return static_cast<float>(rgba[2 * i] * 256 + rgba[2 * i + 1]) / 65535.0F;
  };
  return made_opaque(state.info_raw.bitdepth == 8 ? multiplied_by_alpha(size, low)
                                                  : multiplied_by_alpha(size, high),
                     background);
}

}  // namespace

PixelSize inspect_png(const fs::path& file, std::size_t max_pixels) {
  Bytes bytes;
  InputFile(file).read(header_bytes, bytes);
  lodepng::State state;
  return parse_header(bytes, state, max_pixels);
}

Image decode_png(const fs::path& file, const std::optional<Rgb>& background,
                 std::size_t max_pixels) {
  try {
    return decode(file, background, max_pixels);
  } catch (const std::bad_alloc&) {
    throw Error("needs more memory than there is");
  }
}

Image read_png(const fs::path& file, const std::optional<Rgb>& background, std::size_t max_pixels) {
  try {
    return decode_png(file, background, max_pixels);
  } catch (const Error& error) {
    throw Error(fmt::format("cannot read {}: {}", shown(file), error.what()));
  }
}

}  // namespace chorus
