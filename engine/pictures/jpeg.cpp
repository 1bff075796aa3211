#include <turbojpeg.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "chorus/error.hpp"
#include "color_profile.hpp"
#include "formatted.hpp"
#include "jpeg_markers.hpp"
#include "picture_formats.hpp"

namespace chorus {
namespace {

struct Destroy {
  void operator()(tjhandle decoder) const { tjDestroy(decoder); }
};
using Decoder = std::unique_ptr<std::remove_pointer_t<tjhandle>, Destroy>;

/// Warnings after which the picture is whole. All others mean that parts of it are made up.
bool is_harmless(std::string_view warning) {
  return warning.find("extraneous bytes") != std::string_view::npos ||
         warning.find("Unknown Adobe color transform") != std::string_view::npos ||
         warning.find("Unknown JFIF") != std::string_view::npos;
}

/// Each scan goes over the whole picture, so that a small file of many would take minutes.
void check_scans(std::size_t scans) {
  constexpr std::size_t most_scans = 100;  // programs write about 10
  if (scans > most_scans)
    throw Error(formatted("has {} scans; the limit is {}", scans, most_scans));
}

void check_result(const Decoder& decoder, int result, bool complete, StoredPicture& picture) {
  if (result == 0) return;
  const std::string reason = tjGetErrorStr2(decoder.get());
  const bool is_warning = tjGetErrorCode(decoder.get()) == TJERR_WARNING;
  if (is_warning && is_harmless(reason)) {
    picture.remarks.emplace_back("spare bytes or unknown versions in its JPEG data");
    return;
  }
  if (!complete) throw Error("truncated: it ends before its pixel data does");
  throw Error(formatted("damaged: {}", reason));
}

/// Ink to light, without profiles. Adobe's programs store the ink that is left out.
void convert_from_cmyk(std::vector<unsigned char>& pixels, bool inverted) {
  const auto light = [&](unsigned value) { return inverted ? value : 255 - value; };
  for (std::size_t i = 0; i + 3 < pixels.size(); i += 4) {
    for (std::size_t c = 0; c < 3; ++c)
      pixels[i + c] =
          static_cast<unsigned char>((light(pixels[i + c]) * light(pixels[i + 3]) + 127) / 255);
    pixels[i + 3] = 255;
  }
}

void remark(const JpegMarkers& markers, StoredPicture& picture) {
  if (!markers.complete)
    picture.remarks.emplace_back("no end marker (cut off behind its pixel data)");
  if (markers.components == 4)
    picture.remarks.emplace_back("CMYK colours, which are converted without a profile");
  else if (!markers.color_profile.empty() && !describes_srgb(markers.color_profile))
    picture.remarks.emplace_back("a colour profile (ICC), which is not applied");
}

}  // namespace

std::optional<PixelSize> jpeg_size(const std::vector<unsigned char>& start) {
  return parse_jpeg_markers(start).size;
}

StoredPicture decode_jpeg(std::vector<unsigned char> bytes, const PixelSize& size) {
  const JpegMarkers markers = parse_jpeg_markers(bytes);
  check_scans(markers.scans);
  // libjpeg would take its own end, which it makes up, for missing pixels.
  if (!markers.complete) bytes.insert(bytes.end(), {0xFF, 0xD9});
  const Decoder decoder(tjInitDecompress());
  if (!decoder) throw Error("needs more memory than there is");
  StoredPicture picture{.size = size, .rgba = {}};
  picture.rgba.resize(size.width * size.height * 4);
  picture.orientation = markers.orientation;
  const bool is_cmyk = markers.components == 4;
  const int result = tjDecompress2(
      decoder.get(), bytes.data(), static_cast<unsigned long>(bytes.size()), picture.rgba.data(),
      static_cast<int>(size.width), 0, static_cast<int>(size.height),
      is_cmyk ? TJPF_CMYK : TJPF_RGBA, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
  check_result(decoder, result, markers.complete, picture);
  if (is_cmyk) convert_from_cmyk(picture.rgba, markers.is_from_adobe);
  remark(markers, picture);
  return picture;
}

}  // namespace chorus
