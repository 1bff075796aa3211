// Encodes a folder of PNGs in a small network and enlarges its first picture; needs chorus::chorus.

#include <chorus/pictures.hpp>
#include <chorus/render.hpp>
#include <chorus/trainer.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

void encode_and_enlarge(const char* folder, const char* picture, const char* model_file) {
  const chorus::Collection images = chorus::load_collection(folder, {.size = 48});
  chorus::Memory memory(chorus::make_backend("auto"));
  const chorus::SirenConfig network{.width = 64, .channels = images.front().image.channels};
  chorus::Model model = chorus::make_model(memory, network, chorus::encoded(images), 1);
  chorus::Trainer trainer(memory, model, images, {});
  constexpr int steps = 200;
  for (int step = 0; step < steps; ++step) trainer.step(step / double{steps});
  chorus::Renderer renderer(memory, model);
  chorus::write_png(picture, renderer.render(0, {{256, 256}}));
  chorus::save_model(model, model_file);
  std::cout << model.images[0].name << " of " << images.size() << " images; mean squared error "
            << trainer.take_error() << '\n';
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 4) {
    std::cerr << "usage: train FOLDER PICTURE.png MODEL.safetensors\n";
    return EXIT_FAILURE;
  }
  try {
    encode_and_enlarge(argv[1], argv[2], argv[3]);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "train: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
