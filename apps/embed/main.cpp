// Uses the library from outside: encodes a folder of PNGs and enlarges its first image.

#include <chorus/collection.hpp>
#include <chorus/render.hpp>
#include <chorus/trainer.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

void encode_and_enlarge(const char* folder, const char* picture) {
  const chorus::Collection images = chorus::load_collection(folder, {.size = 48});
  chorus::Memory memory(chorus::make_backend("auto"));
  chorus::Model model = chorus::make_model(memory, {.width = 64}, chorus::encoded(images), 1);
  chorus::Trainer trainer(memory, model, images, {});
  constexpr int steps = 200;
  for (int step = 0; step < steps; ++step) trainer.step(step / double{steps});
  chorus::Renderer renderer(memory, model);
  chorus::write_png(picture, renderer.render(0, {{256, 256}}));
  std::cout << model.images[0].name << " of " << images.size() << " images; mean squared error "
            << trainer.take_error() << '\n';
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) {
    std::cerr << "usage: chorus_embed FOLDER PICTURE.png\n";
    return 2;
  }
  try {
    encode_and_enlarge(argv[1], argv[2]);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "chorus_embed: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
