// PNG files: pictures that are read have the size and the values that the interface promises, and
// read back as the same picture after they have been written.
#include "chorus/pictures.hpp"

#include <cmath>
#include <optional>
#include <string>

#include "checksums.hpp"
#include "chorus/error.hpp"
#include "fuzzing.hpp"

namespace {

using namespace chorus;

/// What 8 bits lose: half a step of each number of a file, and of premultiplied colours the half
/// steps of colour and alpha.
void check_written(const Image& image, fuzz::MemoryFile& file) {
  const std::vector<unsigned char> png = encode_png(image);
  file.write(fuzz::text_of(png.data(), png.size()));
  const Image again = read_png(file.path());
  fuzz::require(again.size() == image.size() && again.channels <= image.channels);
  const float steps = image.has_alpha() ? 1.0F : 0.5F;
  for (std::size_t p = 0; p < image.pixels(); ++p)
    for (std::size_t c = 0; c < again.channels; ++c) {
      const float off = again.values[p * again.channels + c] - image.values[p * image.channels + c];
      fuzz::require(std::abs(off) <= steps / 255 + 1e-4F);
    }
}

void check_read(fuzz::MemoryFile& file, const std::optional<Rgb>& background) {
  constexpr std::size_t max_pixels = std::size_t{1} << 16U;
  try {
    const Image image = read_png(file.path(), background, max_pixels);
    fuzz::require(image.pixels() > 0 && image.pixels() <= max_pixels);
    fuzz::require(image.channels == 3 || (image.channels == 4 && !background));
    fuzz::require(image.values.size() == image.channels * image.pixels());
    for (const float value : image.values) fuzz::require(value >= 0 && value <= 1.00001F);
    if (image.pixels() <= 4096) check_written(image, file);
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  const std::string_view bytes = fuzz::text_of(data, size);
  file.write(bytes);
  check_read(file, std::nullopt);
  const std::string repaired = fuzz::with_png_checksums(bytes);
  for (const std::optional<Rgb>& background :
       {std::optional<Rgb>(), std::optional(Rgb{0.25F, 0.5F, 1})}) {
    file.write(repaired);
    check_read(file, background);
  }
  return 0;
}
