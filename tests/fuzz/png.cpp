// PNG files: pictures that are read have the size and the values that the interface promises, and
// read back as the same picture after they have been written.
#include "chorus/pictures.hpp"

#include <cmath>

#include "checksums.hpp"
#include "chorus/error.hpp"
#include "fuzzing.hpp"

namespace {

using namespace chorus;

void check_written(const Image& image, fuzz::MemoryFile& file) {
  const std::vector<unsigned char> png = encode_png(image);
  file.write(fuzz::text_of(png.data(), png.size()));
  const Image again = read_png(file.path());
  fuzz::require(again.size() == image.size());
  constexpr float half_step = 0.5F / 255 + 1e-4F;
  for (std::size_t i = 0; i < image.values.size(); ++i)
    fuzz::require(std::abs(again.values[i] - image.values[i]) <= half_step);
}

void check_read(fuzz::MemoryFile& file) {
  constexpr std::size_t max_pixels = std::size_t{1} << 16U;
  try {
    const Image image = read_png(file.path(), {0.25F, 0.5F, 1}, max_pixels);
    fuzz::require(image.pixels() > 0 && image.pixels() <= max_pixels);
    fuzz::require(image.values.size() == 3 * image.pixels());
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
  check_read(file);
  file.write(fuzz::with_png_checksums(bytes));
  check_read(file);
  return 0;
}
