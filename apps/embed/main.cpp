// Uses the library from outside: how well does each image survive being halved and enlarged again?

#include <chorus/collection.hpp>
#include <chorus/metrics.hpp>
#include <chorus/resample.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <vector>

namespace {

chorus::Image halved_and_back(const chorus::Image& image) {
  const auto half =
      chorus::resample(image, image.width / 2, image.height / 2, chorus::Filter::bicubic);
  return chorus::resample(half, image.width, image.height, chorus::Filter::bicubic);
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) {
    std::cerr << "usage: chorus_embed FOLDER\n";
    return 2;
  }
  try {
    std::vector<double> errors;
    for (const auto& [name, image] : chorus::load_collection(argv[1], {.size = 48}))
      errors.push_back(chorus::mean_squared_error(halved_and_back(image), image));
    std::cout << errors.size() << " images, " << chorus::summarize_psnr(errors).mean_db << " dB\n";
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "chorus_embed: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
