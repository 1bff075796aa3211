// The interface for C: models in memory, and calls with any arguments. Whatever is opened can be
// drawn, named and closed, and no pixel outside the region is written.
#include <algorithm>
#include <cstring>
#include <vector>

#include "checksums.hpp"
#include "chorus/chorus.h"
#include "fuzzing.hpp"

namespace {

using namespace chorus;

/// The last bytes of an input choose the arguments of the calls.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}
  std::size_t below(std::size_t bound) { return next() % bound; }
  float number() { return static_cast<float>(next()) / 64 - 2; }

 private:
  unsigned next() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(bytes_.back());
    bytes_.remove_suffix(1);
    return byte;
  }
  std::string_view bytes_;
};

void draw(chorus_model* model, Choices& choices) {
  constexpr unsigned char untouched = 0xA5;
  chorus_picture picture;
  std::memset(&picture, 0, sizeof picture);
  picture.struct_size = sizeof picture;
  picture.width = choices.below(5);
  picture.height = choices.below(5);
  picture.x = choices.below(4);
  picture.y = choices.below(4);
  picture.columns = choices.below(6);
  picture.rows = choices.below(6);
  picture.samples = choices.below(3);
  picture.format = static_cast<int>(choices.below(4));
  std::vector<unsigned char> pixels(5 * 5 * 4 + 8, untouched);
  picture.pixels = pixels.data();
  const std::size_t a = choices.below(4), b = choices.below(4);
  const chorus_status status = choices.below(2) == 0
                                   ? chorus_decode(model, a, &picture)
                                   : chorus_decode_mix(model, a, b, choices.number(), &picture);
  if (status != CHORUS_OK) fuzz::require(std::strlen(chorus_error(model)) > 0);
  fuzz::require(std::all_of(pixels.end() - 8, pixels.end(),
                            [](unsigned char byte) { return byte == untouched; }));
}

void check_model(std::string_view bytes, std::string_view choosing) {
  chorus_options options;
  std::memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.backend = "reference";
  options.threads = 1;
  chorus_model* model = nullptr;
  const chorus_status status = chorus_open_memory(bytes.data(), bytes.size(), &options, &model);
  if (status == CHORUS_OK) {
    Choices choices(choosing);
    fuzz::require(chorus_image_count(model) > 0);
    fuzz::require(chorus_find_image(model, chorus_image_name(model, 0)) == 0);
    std::vector<float> code(chorus_code_size(model));
    fuzz::require(chorus_get_code(model, 0, code.data()) == CHORUS_OK);
    for (int k = 0; k < 3; ++k) draw(model, choices);
  } else {
    fuzz::require(std::strlen(chorus_error(model)) > 0);
  }
  chorus_close(model);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  check_model(bytes, bytes);
  const std::string mended = fuzz::with_safetensors_checksum(bytes);
  check_model(mended, bytes);
  return 0;
}
