#include "chorus/model.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "model_file.hpp"
#include "random.hpp"

namespace chorus {

std::vector<EncodedImage> encoded(const std::vector<NamedImage>& images) {
  std::vector<EncodedImage> list;
  list.reserve(images.size());
  for (const NamedImage& named : images) {
    const auto [width, height] = named.image.size();
    if (std::max(width, height) > largest_side_px)
      throw Error(formatted("the image {} has {} x {} pixels; a side may have at most {}",
                            named.name, width, height, largest_side_px));
    list.push_back({named.name, width, height, {}});
  }
  return list;
}

Model make_model(Memory& memory, const SirenConfig& config, std::vector<EncodedImage> images,
                 std::uint64_t seed, std::size_t first_image) {
  RandomStream random(seed, Stream::latents);
  random.skip(first_image * config.latent * RandomStream::words_of_normal);
  std::vector<float> latents(images.size() * config.latent);
  for (float& value : latents) value = random.normal();
  const std::size_t count = images.size(), palette = free_palette_numbers(config);
  return {Siren(memory, config, seed),
          memory.from(latents, count, config.latent),
          palette == 0 ? Tensor{} : memory.zeros(count, palette),
          std::move(images),
          {},
          {.first_image = first_image},
          1,
          {},
          {}};
}

std::size_t shift_numbers(const SirenConfig& config) {
  return (config.hidden_layers + 1) * config.width;
}

ImageCode image_code(const Model& model, std::size_t image) {
  const auto row = [&](const Tensor& tensor) { return to_host(tensor.row_range(image, 1)); };
  return {row(model.latents), model.palettes ? row(model.palettes) : std::vector<float>{},
          model.shifts ? row(model.shifts) : std::vector<float>{}};
}

ImageCode lerp(const ImageCode& a, const ImageCode& b, float t) {
  return {lerp(a.latent, b.latent, t), lerp(a.palette, b.palette, t), lerp(a.shifts, b.shifts, t)};
}

std::vector<float> lerp(const std::vector<float>& a, const std::vector<float>& b, float t) {
  if (a.size() != b.size()) throw std::invalid_argument("lerp: vectors of different sizes");
  std::vector<float> mix(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) mix[k] = (1 - t) * a[k] + t * b[k];
  return mix;
}

std::size_t find_image(const Model& model, const std::string& name) {
  const auto exact = std::find_if(model.images.begin(), model.images.end(),
                                  [&](const EncodedImage& image) { return image.name == name; });
  if (exact != model.images.end()) return static_cast<std::size_t>(exact - model.images.begin());
  std::vector<std::string> close;
  for (const EncodedImage& image : model.images)
    if (image.name.find(name) != std::string::npos && close.size() < 5) close.push_back(image.name);
  throw Error(close.empty()
                  ? formatted("the model has no image '{}'; `chorus info` lists the names", name)
                  : formatted("the model has no image '{}'; close: {}", name, listed(close, ", ")));
}

}  // namespace chorus
