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

// ---- Orientation --------------------------------------------------------------------------------

/// Exif is a TIFF file without pictures: byte order, then a list of tags.
class Exif {
 public:
  explicit Exif(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}

  /// 1 to 8; nothing if there is none or it makes no sense.
  std::optional<unsigned> orientation() const {
    constexpr std::uint32_t orientation_tag = 0x0112, short_type = 3;
    constexpr std::size_t entry_bytes = 12;
    const std::size_t list = number(4, 4), entries = number(list, 2);
    for (std::size_t i = 0; i < entries; ++i) {
      const std::size_t entry = list + 2 + i * entry_bytes;
      if (entry + entry_bytes > bytes_.size()) return std::nullopt;
      if (number(entry, 2) != orientation_tag) continue;
      const std::uint32_t value = number(entry + 8, 2);
      if (number(entry + 2, 2) != short_type || value < 1 || value > 8) return std::nullopt;
      return value;
    }
    return std::nullopt;
  }

 private:
  std::uint32_t number(std::size_t at, std::size_t count) const {
    if (at + count > bytes_.size()) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value = value << 8U | static_cast<unsigned char>(bytes_[at + (little_ ? count - 1 - i : i)]);
    return value;
  }

  std::string_view bytes_;
  bool little_;
};

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
      if (const auto found = Exif(data).orientation()) read_.orientation = *found;
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
