// JPEG and WebP files: pictures that are read have the size and the values that the interface
// promises. Their libraries are not instrumented; what is tested is what chorus does around them.
#include "chorus/pictures.hpp"
#include "chorus/error.hpp"
#include "fuzzing.hpp"

namespace {

using namespace chorus;

void check_read(const fuzz::MemoryFile& file) {
  constexpr std::size_t max_pixels = std::size_t{1} << 16U;
  try {
    const Image image = read_image(file.path(), {}, max_pixels);
    fuzz::require(image.pixels() > 0 && image.pixels() <= max_pixels);
    fuzz::require(image.values.size() == image.channels * image.pixels());
    for (const float value : image.values) fuzz::require(value >= 0 && value <= 1.00001F);
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::text_of(data, size));
  check_read(file);
  return 0;
}
