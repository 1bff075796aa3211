// Fails unless a PNG and a portable map hold the same picture. Bytes of transparent pixels, whose
// colour nobody sees, may differ.
//   same_pixels PICTURE.png PICTURE.ppm|PICTURE.pam [LEVELS by which they may differ]
#include <algorithm>
#include <chorus/pictures.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

struct Map {
  std::size_t width = 0, height = 0, channels = 3;
  std::string bytes;
};

/// P6, or P7 with the lines that we write.
Map read_map(const char* name) {
  std::ifstream file(name, std::ios::binary);
  Map map;
  std::string word, ignored;
  std::size_t levels = 0;
  file >> word;
  if (word == "P6")
    file >> map.width >> map.height >> levels;
  else if (word == "P7")
    file >> word >> map.width >> word >> map.height >> word >> map.channels >> word >> levels >>
        word >> word >> ignored;
  file.get();
  if (levels == 255) map.bytes.assign(std::istreambuf_iterator<char>(file), {});
  return map;
}

std::vector<int> bytes_of(const chorus::Image& image, std::size_t channels) {
  std::vector<int> bytes;
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    chorus::Color color = chorus::color_at(image, i);
    if (!image.has_alpha()) color[3] = 1;
    const auto straight = chorus::straight_bytes(color);
    bytes.insert(bytes.end(), straight.begin(), straight.begin() + static_cast<long>(channels));
  }
  return bytes;
}

}  // namespace

int main(int argc, char* argv[]) {
  const chorus::Image png = chorus::read_png(argv[1]);
  const Map map = read_map(argv[2]);
  const int allowed = argc > 3 ? std::atoi(argv[3]) : 0;
  const std::vector<int> bytes = bytes_of(png, map.channels);
  const bool fits =
      png.size() == chorus::PixelSize{map.width, map.height} && map.bytes.size() == bytes.size();
  int largest = fits ? 0 : 256;
  for (std::size_t i = 0; fits && i < bytes.size(); ++i)
    largest = std::max(largest, std::abs(bytes[i] - static_cast<unsigned char>(map.bytes[i])));
  std::cout << argv[1] << " and " << argv[2] << (fits ? "" : " are of different kinds;")
            << ": largest difference " << largest << "\n";
  return largest <= allowed ? 0 : 1;
}
