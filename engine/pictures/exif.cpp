#include "exif.hpp"

#include <cstddef>
#include <cstdint>

namespace chorus {
namespace {

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

}  // namespace

std::optional<unsigned> exif_orientation(std::string_view exif) {
  constexpr std::string_view identifier("Exif\0\0", 6);
  if (exif.starts_with(identifier)) exif.remove_prefix(identifier.size());
  return Exif(exif).orientation();
}

}  // namespace chorus
