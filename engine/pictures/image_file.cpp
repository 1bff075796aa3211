#include "image_file.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <span>
#include <utility>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "input_file.hpp"
#include "picture_formats.hpp"
#include "png_file.hpp"
#include "printable.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<unsigned char>;

/// A format beside PNG.
struct PictureFormat {
  std::string_view name;
  std::array<std::string_view, 4> extensions;
  std::string_view library;  ///< Debian's package
  bool (*is_start)(std::string_view start);
  std::optional<PixelSize> (*size)(const Bytes& start);         ///< null if it is not in this build
  StoredPicture (*decode)(Bytes bytes, const PixelSize& size);  ///< likewise

  bool has_extension(std::string_view extension) const {
    return !extension.empty() &&
           std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
  }
};

bool is_jpeg(std::string_view start) { return start.starts_with("\xFF\xD8\xFF"); }

bool is_webp(std::string_view start) {
  return start.starts_with("RIFF") && start.size() >= 12 && start.substr(8, 4) == "WEBP";
}

constexpr std::size_t signature_bytes = 12;

constexpr PictureFormat formats[] = {
#if CHORUS_WITH_JPEG
    {"JPEG", {"jpg", "jpeg", "jpe", "jfif"}, "libturbojpeg0-dev", is_jpeg, jpeg_size, decode_jpeg},
#else
    {"JPEG", {"jpg", "jpeg", "jpe", "jfif"}, "libturbojpeg0-dev", is_jpeg, nullptr, nullptr},
#endif
#if CHORUS_WITH_WEBP
    {"WebP", {"webp"}, "libwebp-dev", is_webp, webp_size, decode_webp},
#else
    {"WebP", {"webp"}, "libwebp-dev", is_webp, nullptr, nullptr},
#endif
};

/// A file of a format beside PNG, with as much of it as states its size.
struct OpenedPicture {
  const PictureFormat* format;  ///< null if it is another file
  InputFile file;
  Bytes bytes = {};
  PixelSize size = {};
};

/// Reads more and more of the file, since metadata of any length may stand before its size.
void read_size(OpenedPicture& opened, std::size_t max_pixels) {
  std::size_t wanted = std::size_t{1} << 14U;
  std::optional<PixelSize> size;
  while (!size) {
    const std::size_t before = opened.bytes.size();
    if (before < wanted) opened.file.read(wanted - before, opened.bytes);
    size = opened.format->size(opened.bytes);
    if (!size && (opened.bytes.size() < wanted || wanted >= max_metadata_bytes))
      throw Error("truncated: it ends within its header");
    wanted *= 4;
  }
  check_pixel_count(*size, max_pixels);
  opened.size = *size;
}

OpenedPicture open_picture(const fs::path& file, std::size_t max_pixels) {
  OpenedPicture opened{nullptr, InputFile(file)};
  opened.file.read(signature_bytes, opened.bytes);
  const std::string_view start(reinterpret_cast<const char*>(opened.bytes.data()),
                               opened.bytes.size());
  for (const PictureFormat& format : formats)
    if (format.is_start(start)) opened.format = &format;
  if (opened.format == nullptr) return opened;
  if (opened.format->size == nullptr)
    throw Error(
        formatted("is a {}, which this build does not read; convert it to PNG, or build "
                  "chorus with {}",
                  opened.format->name, opened.format->library));
  read_size(opened, max_pixels);
  return opened;
}

Image decode_opened(const fs::path& file, const std::optional<Rgb>& background,
                    std::vector<std::string>* remarks, std::size_t max_pixels) {
  OpenedPicture opened = open_picture(file, max_pixels);
  if (opened.format == nullptr) return decode_png(file, background, remarks, max_pixels);
  opened.file.read_rest(file, opened.size, opened.bytes);
  StoredPicture picture = opened.format->decode(std::move(opened.bytes), opened.size);
  Image image = image_as_shown(picture, background);
  if (remarks != nullptr) *remarks = std::move(picture.remarks);
  return image;
}

}  // namespace

PixelSize inspect_image(const fs::path& file, std::size_t max_pixels) {
  const OpenedPicture opened = open_picture(file, max_pixels);
  return opened.format == nullptr ? inspect_png(file, max_pixels) : opened.size;
}

Image decode_image(const fs::path& file, const std::optional<Rgb>& background,
                   std::vector<std::string>* remarks, std::size_t max_pixels) {
  try {
    return decode_opened(file, background, remarks, max_pixels);
  } catch (const std::bad_alloc&) {
    throw Error("needs more memory than there is");
  }
}

Image read_image(const fs::path& file, const std::optional<Rgb>& background,
                 std::size_t max_pixels) {
  try {
    return decode_image(file, background, nullptr, max_pixels);
  } catch (const Error& error) {
    throw Error(formatted("cannot read {}: {}", shown(file), error.what()));
  }
}

bool is_readable_extension(std::string_view extension) {
  if (extension == "png") return true;
  return std::any_of(std::begin(formats), std::end(formats), [&](const PictureFormat& format) {
    return format.size != nullptr && format.has_extension(extension);
  });
}

std::string_view missing_library(std::string_view extension) {
  for (const PictureFormat& format : formats)
    if (format.size == nullptr && format.has_extension(extension)) return format.library;
  return {};
}

std::string format_names() {
  const std::vector<std::string> names = readable_formats();
  if (names.size() == 1) return names.front();
  return formatted("{} or {}", listed(std::span(names).first(names.size() - 1), ", "),
                   names.back());
}

std::vector<std::string> readable_formats() {
  std::vector<std::string> names = {"PNG"};
  for (const PictureFormat& format : formats)
    if (format.size != nullptr) names.emplace_back(format.name);
  return names;
}

}  // namespace chorus
