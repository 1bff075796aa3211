#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "chorus/trainer.hpp"
#include "metrics.hpp"
#include "model_file.hpp"
#include "palette.hpp"
#include "safetensors.hpp"

// Small trainings, for the tests of the trainer and of heads.

namespace chorus::test {

/// The folder `data` of the sources, or where CHORUS_DATA_DIR says that it is on this machine.
inline std::string data_folder() {
  const char* named = std::getenv("CHORUS_DATA_DIR");
  return named == nullptr ? CHORUS_DATA_DIR : named;
}

/// The first six icons at 24 pixels.
inline const std::vector<NamedImage>& icons() {
  static const std::vector<NamedImage> images = [] {
    auto all = load_collection(data_folder() + "/icons", {.size = 24});
    all.resize(6);
    return all;
  }();
  return images;
}
inline std::vector<NamedImage> first_icons(std::size_t count) {
  return {icons().begin(), icons().begin() + static_cast<std::ptrdiff_t>(count)};
}

/// The mean over a model's images as they are written to files.
inline double mean_psnr_db(Memory& memory, const Model& model,
                           const std::vector<NamedImage>& images) {
  Renderer renderer(memory, model);
  std::vector<double> errors;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Image& truth = images[i].image;
    errors.push_back(mean_squared_error(
        quantized(renderer.render(i, {truth.size(), model.samples_per_axis})), quantized(truth)));
  }
  return summarize_psnr(errors).mean_db;
}

inline bool same(const TensorFile& a, const TensorFile& b) {
  return a.metadata == b.metadata &&
         std::ranges::equal(a.tensors, b.tensors, [](const auto& x, const auto& y) {
           return x.first == y.first && x.second.values == y.second.values;
         });
}

/// A small network with palettes of 6 entries.
inline SirenConfig palette_network(PaletteSource source = PaletteSource::free,
                                   PaletteFields fields = PaletteFields::constant,
                                   std::size_t hidden_layers = 2) {
  return {.width = 32,
          .hidden_layers = hidden_layers,
          .latent = 8,
          .omega_first = 10,
          .head = Head::palette,
          .palette_size = 6,
          .palette_source = source,
          .palette_fields = fields};
}

/// A fresh model whose palettes, if it has any, are those of the images.
inline Model fresh_model(Memory& memory, const SirenConfig& network,
                         const std::vector<NamedImage>& images, std::uint64_t seed = 1) {
  Model model = make_model(memory, network, encoded(images), seed);
  initialize_palettes(model, images);
  return model;
}

/// A model of some images and its trainer.
struct Training {
  Training(const std::shared_ptr<Backend>& backend, const SirenConfig& network,
           std::vector<NamedImage> its_images, const TrainConfig& config)
      : images(std::move(its_images)),
        memory(backend),
        model(fresh_model(memory, network, images, config.seed)),
        trainer(memory, model, images, config) {}
  /// Begins where another one was saved.
  Training(const std::shared_ptr<Backend>& backend, const TensorFile& saved,
           std::vector<NamedImage> its_images, const TrainConfig& config)
      : images(std::move(its_images)),
        memory(backend),
        model(from_tensor_file(memory, saved, "saved")),
        trainer(memory, model, images, config) {
    trainer.load_state(saved, "saved");
  }

  /// Goes on for some of the `all` steps of a whole training.
  void run(std::uint64_t steps, std::uint64_t all) {
    for (std::uint64_t i = 0; i < steps; ++i)
      trainer.step(static_cast<double>(trainer.steps()) / static_cast<double>(all));
  }
  double mean_psnr_db() { return test::mean_psnr_db(memory, model, images); }
  TensorFile save() const {
    TensorFile file = to_tensor_file(model);
    trainer.save_state(file);
    return file;
  }

  std::vector<NamedImage> images;
  Memory memory;
  Model model;
  Trainer trainer;
};

}  // namespace chorus::test
