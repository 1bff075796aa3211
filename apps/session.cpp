#include "session.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>

namespace chorus::app {

Session::Session(const BackendChoice& choice)
    : backend(make_backend(choice.name, {choice.threads})),
      memory(backend),
      threads(choice.threads != 0 ? choice.threads
                                  : static_cast<std::size_t>(omp_get_max_threads())) {}

std::string describe_head(const SirenConfig& config) {
  if (config.head == Head::rgb) return "rgb";
  return fmt::format("palette ({} {} {} an image)", config.palette_size,
                     name(config.palette_source),
                     config.palette_fields == PaletteFields::constant ? "colors" : "color fields");
}

std::size_t longer_side(const EncodedImage& image) { return std::max(image.width, image.height); }

PixelSize scaled_size(const EncodedImage& image, std::size_t side) {
  const auto scaled = [&](std::size_t pixels) {
    return std::max<std::size_t>(1, (pixels * side + longer_side(image) / 2) / longer_side(image));
  };
  return {scaled(image.width), scaled(image.height)};
}

std::size_t supersample_for(const Model& model, std::size_t image, std::size_t size,
                            std::size_t asked) {
  if (asked != 0) return asked;
  const std::size_t trained = longer_side(model.images[image]);
  return model.supersample * std::max<std::size_t>(1, (trained + size - 1) / size);
}

}  // namespace chorus::app
