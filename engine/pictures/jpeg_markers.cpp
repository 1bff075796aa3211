#include "jpeg_markers.hpp"

#include <string_view>
#include <utility>

#include "chorus/error.hpp"
#include "exif.hpp"
#include "formatted.hpp"

namespace chorus {
namespace {

// Markers: 0xFF and one of these (ITU-T T.81, table B.1).
constexpr unsigned char first_frame = 0xC0, last_frame = 0xCF, huffman_tables = 0xC4,
                        reserved = 0xC8, arithmetic_tables = 0xCC, first_restart = 0xD0,
                        start_of_image = 0xD8, end_of_image = 0xD9, start_of_scan = 0xDA,
                        exif_segment = 0xE1, profile_segment = 0xE2, adobe_segment = 0xEE,
                        temporary = 0x01;

bool is_frame(unsigned char marker) {
  return marker >= first_frame && marker <= last_frame && marker != huffman_tables &&
         marker != reserved && marker != arithmetic_tables;
}

bool stands_alone(unsigned char marker) {
  return marker == temporary || (marker >= first_restart && marker <= start_of_image);
}

class MarkerReader {
 public:
  explicit MarkerReader(const std::vector<unsigned char>& bytes)
      : bytes_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  JpegMarkers read() {
    while (!read_.complete && find_marker()) read_marker();
    return std::move(read_);
  }

 private:
  unsigned char byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
  std::size_t number(std::size_t at) const { return byte(at) * 256U + byte(at + 1); }

  /// Goes to the letter of the next marker, over coded pixels, in which a zero follows each 0xFF.
  bool find_marker() {
    for (; at_ + 1 < bytes_.size(); ++at_)
      if (byte(at_) == 0xFF && byte(at_ + 1) != 0xFF && byte(at_ + 1) != 0) {
        ++at_;
        return true;
      }
    return false;
  }

  void read_marker() {
    const unsigned char marker = byte(at_++);
    read_.complete = marker == end_of_image;
    if (read_.complete || stands_alone(marker)) return;
    const std::size_t left = bytes_.size() - at_;
    const std::size_t length = left < 2 ? 0 : number(at_);
    if (length > left || left < 2) {
      at_ = bytes_.size();
      return;
    }
    if (length < 2) throw Error("damaged: a marker states a length of less than 2 bytes");
    describe(marker, bytes_.substr(at_ + 2, length - 2));
    at_ += length;
  }

  void describe(unsigned char marker, std::string_view data) {
    static constexpr std::string_view exif("Exif\0\0", 6), profile("ICC_PROFILE\0", 12);
    constexpr std::size_t profile_numbers = 2;  // of this part, and of all parts
    if (is_frame(marker))
      read_frame(data);
    else if (marker == start_of_scan)
      ++read_.scans;
    else if (marker == adobe_segment && data.starts_with("Adobe"))
      read_.is_from_adobe = true;
    else if (marker == exif_segment && data.starts_with(exif))
      read_.orientation = exif_orientation(data).value_or(read_.orientation);
    else if (marker == profile_segment && data.starts_with(profile) &&
             data.size() >= profile.size() + profile_numbers)
      read_.color_profile += data.substr(profile.size() + profile_numbers);
  }

  /// Bits a sample, height, width, and the number of components.
  void read_frame(std::string_view data) {
    constexpr std::size_t frame_bytes = 6;
    if (data.size() < frame_bytes || read_.size)
      throw Error("damaged: it has a second or a short frame header");
    const std::size_t start = static_cast<std::size_t>(data.data() - bytes_.data());
    if (byte(start) != 8)
      throw Error(formatted("has {} bits a channel; expected a JPEG of 8", byte(start)));
    read_.size = PixelSize{number(start + 3), number(start + 1)};
    read_.components = byte(start + 5);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  JpegMarkers read_;
};

}  // namespace

JpegMarkers parse_jpeg_markers(const std::vector<unsigned char>& bytes) {
  return MarkerReader(bytes).read();
}

}  // namespace chorus
