// Writes a small PNG of each color type and depth, plain and interlaced: seeds for the target
// `png`.
//   fuzz_png_seeds FOLDER
#include <fmt/format.h>

#include <utility>

#include "png_samples.hpp"

namespace {

constexpr unsigned width = 5, height = 7;

void write_sample(const std::filesystem::path& folder, LodePNGColorType type, unsigned bit_depth,
                  bool interlaced) {
  PngSample sample{.width = width, .height = height, .type = type, .bit_depth = bit_depth};
  sample.interlaced = interlaced;
  for (unsigned i = 0; i < 8 * width * height; ++i)
    sample.samples.push_back(static_cast<unsigned char>(i * 37));
  if (type == LCT_PALETTE)
    for (unsigned i = 0; i < 1U << bit_depth; ++i) {
      const auto value = static_cast<unsigned char>(i * 50);
      sample.palette.push_back({value, value, 0, static_cast<unsigned char>(255 - value)});
    }
  else if (type == LCT_RGB)
    sample.transparent_colour = {0, 37, 74};
  write_bytes(folder / fmt::format("{}_{}_{}", static_cast<int>(type), bit_depth, interlaced),
              encoded(sample));
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) return 2;
  constexpr std::pair<LodePNGColorType, unsigned> kinds[] = {
      {LCT_GREY, 1},        {LCT_GREY, 8},    {LCT_GREY, 16},   {LCT_RGB, 8},
      {LCT_RGB, 16},        {LCT_PALETTE, 2}, {LCT_PALETTE, 8}, {LCT_GREY_ALPHA, 8},
      {LCT_GREY_ALPHA, 16}, {LCT_RGBA, 8},    {LCT_RGBA, 16}};
  for (const auto& [type, bit_depth] : kinds)
    for (const bool interlaced : {false, true}) write_sample(argv[1], type, bit_depth, interlaced);
}
