// Decodes an image of a model at any size and writes it, over white, as a portable pixmap; needs
// chorus::decode.

#include <algorithm>
#include <chorus/render.hpp>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

/// 8-bit RGB behind a header of text: https://netpbm.sourceforge.net/doc/ppm.html
void write_ppm(const std::string& file, const chorus::Image& image) {
  std::ofstream out(file, std::ios::binary);
  out << "P6\n" << image.width << ' ' << image.height << "\n255\n";
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel) {
    const auto [r, g, b, alpha] = chorus::color_at(image, pixel);
    const float white = image.has_alpha() ? 1 - alpha : 0;  // the format has no transparency
    for (const float value : {r + white, g + white, b + white})
      out.put(static_cast<char>(std::lround(255 * std::clamp(value, 0.0F, 1.0F))));
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

void decode(const std::string& file, const std::string& name, std::size_t size,
            const std::string& picture) {
  chorus::Memory memory(chorus::make_backend("auto"));
  const chorus::Model model = chorus::load_model(memory, file);
  chorus::Renderer renderer(memory, model);
  write_ppm(picture, renderer.render(chorus::find_image(model, name), {{size, size}}));
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 5) {
    std::cerr << "usage: decode MODEL.safetensors IMAGE SIZE PICTURE.ppm\n";
    return EXIT_FAILURE;
  }
  try {
    decode(argv[1], argv[2], std::stoul(argv[3]), argv[4]);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "decode: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
