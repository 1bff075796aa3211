#include "png_metadata.hpp"

#include <lodepng.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "exif.hpp"
#include "png_chunks.hpp"

namespace chorus {
namespace {

using Bytes = std::vector<unsigned char>;

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

// ---- Colours ------------------------------------------------------------------------------------

/// Chunks that decide how colours are meant, by type; those with wrong checksums are not among
/// them.
using Descriptions = std::map<std::string, std::string_view, std::less<>>;

std::optional<std::string_view> find(const Descriptions& chunks, std::string_view type) {
  const auto found = chunks.find(type);
  return found == chunks.end() ? std::nullopt : std::optional(found->second);
}

/// A profile is known by its name alone, which stands before it in plain text.
bool is_srgb_profile(std::string_view profile) {
  return profile.substr(0, profile.find('\0')).find("sRGB") != std::string_view::npos;
}

/// Primaries of BT.709, the transfer function of sRGB, RGB in its full range (ITU-T H.273).
bool is_srgb_code(std::string_view code) { return code == std::string_view("\x01\x0D\x00\x01", 4); }

bool has_srgb_primaries(std::string_view chunk) {
  constexpr std::array<std::int64_t, 8> srgb = {31270, 32900, 64000, 33000,
                                                30000, 60000, 15000, 6000};
  constexpr std::int64_t tolerance = 100;  // in 100,000ths
  if (chunk.size() != srgb.size() * 4) return false;
  for (std::size_t i = 0; i < srgb.size(); ++i)
    if (std::abs(big_endian(chunk.substr(4 * i)) - srgb[i]) > tolerance) return false;
  return true;
}

/// Files say 1 / 2.2 where they mean sRGB.
void read_gamma(std::string_view chunk, PngMetadata& read) {
  constexpr double usual = 1 / 2.2, tolerance = 0.001;
  const double gamma = chunk.size() == 4 ? big_endian(chunk) / 100'000.0 : 0;
  if (gamma < 0.01 || gamma > 10)
    read.remarks.emplace_back("a gamma without meaning (gAMA), which is not applied");
  else if (std::abs(gamma - usual) > tolerance)
    read.exponent = usual / gamma;
}

/// The most exact description counts: cICP before iCCP before sRGB before gAMA and cHRM.
void read_colors(const Descriptions& chunks, PngMetadata& read) {
  if (const auto code = find(chunks, "cICP")) {
    if (!is_srgb_code(*code))
      read.remarks.emplace_back("a colour space other than sRGB (cICP), which is not applied");
  } else if (const auto profile = find(chunks, "iCCP")) {
    if (!is_srgb_profile(*profile))
      read.remarks.emplace_back("a colour profile (iCCP), which is not applied");
  } else if (!find(chunks, "sRGB")) {
    if (const auto gamma = find(chunks, "gAMA")) read_gamma(*gamma, read);
    const auto primaries = find(chunks, "cHRM");
    if (primaries && !has_srgb_primaries(*primaries))
      read.remarks.emplace_back(
          "primary colours other than those of sRGB (cHRM), which are not "
          "applied");
  }
}

// ---- Chunks -------------------------------------------------------------------------------------

class ChunkReader {
 public:
  explicit ChunkReader(const Bytes& file) : file_(file) {
    read_.pixels.assign(file.begin(), file.begin() + png_signature_bytes);
  }

  PngMetadata read() {
    bool ended = false;
    for (at_ = png_signature_bytes; !ended && at_ + 8 <= file_.size();) ended = read_chunk();
    read_.complete = ended;
    if (!ended) append_chunk(read_.pixels, "IEND", {});
    read_colors(descriptions_, read_);
    return std::move(read_);
  }

 private:
  /// Whether it was the last.
  bool read_chunk() {
    const unsigned char* chunk = &file_[at_];
    const std::size_t left = file_.size() - at_;
    const std::size_t length = chunk_overhead_bytes + lodepng_chunk_length(chunk);
    const std::string type(chunk + 4, chunk + 8);
    const auto* data = reinterpret_cast<const char*>(chunk + 8);
    if (length > left) {
      // What is there of the pixel data may be all of it.
      if (type == "IDAT")
        append_chunk(read_.pixels, type,
                     Bytes(chunk + 8, chunk + 8 + std::min(left - 8, length - 12)));
      at_ = file_.size();
      return false;
    }
    at_ += length;
    if (lodepng_chunk_ancillary(chunk) == 0 || type == "tRNS") {
      read_.pixels.insert(read_.pixels.end(), chunk, chunk + length);
      seen_pixels_ = seen_pixels_ || type == "IDAT";
    } else if (lodepng_chunk_check_crc(chunk) == 0) {
      describe(type, {data, length - chunk_overhead_bytes});
    }
    return type == "IEND";
  }

  void describe(const std::string& type, std::string_view data) {
    if (type == "eXIf") {
      read_.orientation = exif_orientation(data).value_or(read_.orientation);
    } else if (type == "acTL" && data.size() == 8 && big_endian(data) > 1) {
      read_.remarks.emplace_back("further frames of an animation (acTL), which are not read");
    } else if (!seen_pixels_) {
      descriptions_.emplace(type, data);
    }
  }

  const Bytes& file_;
  std::size_t at_ = 0;
  bool seen_pixels_ = false;
  Descriptions descriptions_;
  PngMetadata read_;
};

}  // namespace

PngMetadata parse_metadata(const Bytes& file) { return ChunkReader(file).read(); }

}  // namespace chorus
