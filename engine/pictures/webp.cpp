#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "chorus/error.hpp"
#include "color_profile.hpp"
#include "exif.hpp"
#include "picture_formats.hpp"

namespace chorus {
namespace {

using Bytes = std::vector<unsigned char>;

[[noreturn]] void fail_webp(VP8StatusCode code) {
  switch (code) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      throw Error("truncated: it ends before its pixel data does");
    case VP8_STATUS_OUT_OF_MEMORY:
      throw Error("needs more memory than there is");
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      throw Error("has features that libwebp does not read");
    default:
      throw Error("damaged: its pixel data is not that of a WebP");
  }
}

void decode_still(const Bytes& bytes, StoredPicture& picture) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) throw Error("libwebp is of another version");
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = picture.rgba.data();
  config.output.u.RGBA.stride = static_cast<int>(picture.size.width * 4);
  config.output.u.RGBA.size = picture.rgba.size();
  const VP8StatusCode code = WebPDecode(bytes.data(), bytes.size(), &config);
  if (code != VP8_STATUS_OK) fail_webp(code);
}

void decode_first_frame(const WebPData& data, StoredPicture& picture) {
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0) throw Error("libwebp is of another version");
  options.color_mode = MODE_RGBA;
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
      WebPAnimDecoderNew(&data, &options), &WebPAnimDecoderDelete);
  WebPAnimInfo info{};
  std::uint8_t* pixels = nullptr;
  int shown_until = 0;
  if (!decoder || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0 ||
      info.canvas_width != picture.size.width || info.canvas_height != picture.size.height ||
      WebPAnimDecoderGetNext(decoder.get(), &pixels, &shown_until) == 0)
    throw Error("damaged or truncated: its animation cannot be read");
  std::copy_n(pixels, picture.rgba.size(), picture.rgba.begin());
  if (info.frame_count > 1)
    picture.remarks.emplace_back("further frames of an animation, which are not read");
}

using Demuxer = std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)>;

/// Calls `use` with the content of a chunk, if there is one.
template <class Use>
void with_chunk(const Demuxer& file, const char* type, Use use) {
  WebPChunkIterator chunk{};
  if (WebPDemuxGetChunk(file.get(), type, 1, &chunk) == 0) return;
  use(std::string_view(reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size));
  WebPDemuxReleaseChunkIterator(&chunk);
}

void read_metadata(const WebPData& data, StoredPicture& picture) {
  const Demuxer file(WebPDemux(&data), &WebPDemuxDelete);
  if (!file) return;
  with_chunk(file, "EXIF", [&](std::string_view exif) {
    picture.orientation = exif_orientation(exif).value_or(1);
  });
  with_chunk(file, "ICCP", [&](std::string_view profile) {
    if (!describes_srgb(profile))
      picture.remarks.emplace_back("a colour profile (ICC), which is not applied");
  });
}

}  // namespace

std::optional<PixelSize> webp_size(const std::vector<unsigned char>& start) {
  WebPBitstreamFeatures features;
  const VP8StatusCode code = WebPGetFeatures(start.data(), start.size(), &features);
  if (code == VP8_STATUS_NOT_ENOUGH_DATA) return std::nullopt;
  if (code != VP8_STATUS_OK) fail_webp(code);
  return PixelSize{static_cast<std::size_t>(features.width),
                   static_cast<std::size_t>(features.height)};
}

StoredPicture decode_webp(std::vector<unsigned char> bytes, const PixelSize& size) {
  WebPBitstreamFeatures features;
  const VP8StatusCode code = WebPGetFeatures(bytes.data(), bytes.size(), &features);
  if (code != VP8_STATUS_OK) fail_webp(code);
  StoredPicture picture{.size = size, .rgba = {}};
  picture.rgba.resize(size.width * size.height * 4);
  const WebPData data = {bytes.data(), bytes.size()};
  if (features.has_animation != 0)
    decode_first_frame(data, picture);
  else
    decode_still(bytes, picture);
  read_metadata(data, picture);
  return picture;
}

}  // namespace chorus
