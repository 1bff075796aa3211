#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chorus/model.hpp"

// Models of every kind, for tests of what is exported.

namespace chorus::test {

struct NamedConfig {
  std::string name;
  SirenConfig config;
  bool with_shifts = false;
  std::size_t samples = 1;
};

/// Each head, conditioning, palette and kind of entry, with and without alpha and free shifts.
inline std::vector<NamedConfig> configs_of_every_kind() {
  SirenConfig rgb{.width = 17, .hidden_layers = 1, .latent = 5};
  SirenConfig film{.width = 16,
                   .hidden_layers = 2,
                   .latent = 24,
                   .channels = 4,
                   .conditioning = Conditioning::film,
                   .head = Head::palette,
                   .palette_size = 5,
                   .palette_fields = PaletteFields::affine};
  SirenConfig input{.width = 20,
                    .hidden_layers = 3,
                    .latent = 8,
                    .conditioning = Conditioning::input,
                    .head = Head::palette,
                    .palette_size = 3,
                    .palette_source = PaletteSource::predicted};
  SirenConfig alpha{.width = 32, .hidden_layers = 1, .latent = 16, .channels = 4};
  SirenConfig predicted{.width = 12,
                        .hidden_layers = 1,
                        .latent = 9,
                        .channels = 4,
                        .conditioning = Conditioning::film,
                        .head = Head::palette,
                        .palette_size = 4,
                        .palette_source = PaletteSource::predicted,
                        .palette_fields = PaletteFields::affine};
  return {{"rgb", rgb, false, 1},
          {"film, affine palettes, alpha", film, true, 2},
          {"input, predicted palettes", input, false, 3},
          {"alpha", alpha, false, 2},
          {"film, predicted affine palettes, alpha", predicted, true, 1}};
}

/// A model with fresh weights, and numbers that are not 0 where fresh ones would be.
inline Model model_of(Memory& memory, const NamedConfig& kind, std::size_t images = 3) {
  std::vector<EncodedImage> names;
  for (std::size_t i = 0; i < images; ++i)
    names.push_back({"image \"" + std::to_string(i) + "\"?", 9 + i % 3, 6 + i % 5});
  Model model = make_model(memory, kind.config, names, 11);
  std::size_t next = 0;
  const auto fill_with_waves = [&](const Tensor& tensor, float size, float middle) {
    std::vector<float> values(tensor.size());
    for (float& value : values)
      value = middle + size * (static_cast<float>(next++ * 37 % 101) - 50) / 50;
    from_host(values, tensor);
  };
  if (model.palettes) fill_with_waves(model.palettes, 0.4F, 0.5F);
  for (const Parameter& parameter : model.siren.parameters())
    if (parameter.name.starts_with("palette.")) fill_with_waves(parameter.value, 0.2F, 0.2F);
  if (kind.with_shifts) {
    model.shifts = memory.empty(images, shift_numbers(kind.config));
    fill_with_waves(model.shifts, 0.5F, 0);
  }
  model.samples_per_axis = kind.samples;
  return model;
}

}  // namespace chorus::test
