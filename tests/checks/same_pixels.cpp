// Fails unless a PNG and a portable pixmap hold the same picture.
//   same_pixels PICTURE.png PICTURE.ppm
#include <chorus/pictures.hpp>
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int, char* argv[]) {
  const chorus::Image png = chorus::read_png(argv[1]);
  std::ifstream file(argv[2], std::ios::binary);
  std::string magic;
  std::size_t width = 0, height = 0, levels = 0;
  file >> magic >> width >> height >> levels;
  file.get();
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  bool same = magic == "P6" && levels == 255 && png.size() == chorus::PixelSize{width, height} &&
              bytes.size() == png.values.size();
  for (std::size_t i = 0; same && i < bytes.size(); ++i)
    same = std::lround(255 * png.values[i]) == static_cast<unsigned char>(bytes[i]);
  std::cout << argv[1] << " and " << argv[2] << (same ? " are" : " are not") << " the same\n";
  return same ? 0 : 1;
}
