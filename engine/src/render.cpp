#include "chorus/render.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

namespace chorus {

namespace {

/// A grid of points over [-1, 1] x [-1, 1], row-major: the centres of columns x rows cells.
struct PointGrid {
  std::size_t columns;
  std::size_t rows;
  static float centre(std::size_t j, std::size_t n) {
    return static_cast<float>((2.0 * static_cast<double>(j) + 1.0) / static_cast<double>(n) - 1.0);
  }
  std::vector<float> points(std::size_t first, std::size_t count) const {
    std::vector<float> xy;
    xy.reserve(2 * count);
    for (std::size_t i = first; i < first + count; ++i) {
      xy.push_back(centre(i % columns, columns));
      xy.push_back(centre(i / columns, rows));
    }
    return xy;
  }
};

/// The mean of each k x k block of pixels.
Image block_means(const Image& image, std::size_t k) {
  Image means(image.width / k, image.height / k);
  const float share = 1.0F / static_cast<float>(k * k);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x)
      for (std::size_t c = 0; c < 3; ++c)
        means.pixel(x / k, y / k)[c] += share * image.pixel(x, y)[c];
  return means;
}

/// The values of modulations that were computed on another tape, which stays alive.
std::vector<Modulation> as_constants(Tape& tape, const std::vector<Modulation>& modulations) {
  std::vector<Modulation> constants;
  for (const auto& [shift, gain] : modulations)
    constants.push_back(
        {tape.constant(shift.value().borrowed()), tape.constant(gain.value().borrowed())});
  return constants;
}

}  // namespace

Renderer::Renderer(Memory& memory, const Model& model)
    : backend_(memory.backend()),
      model_(model),
      memories_(worker_memories(memory.shared_backend())) {}

Image Renderer::render(const ImageCode& code, std::size_t width, std::size_t height,
                       std::size_t supersample) {
  const SirenConfig& config = model_.siren.config();
  if (code.latent.size() != config.latent || code.palette.size() != free_palette_numbers(config))
    throw std::invalid_argument("render: a latent or palette of the wrong size");
  if (!code.shifts.empty() && code.shifts.size() != shift_numbers(config))
    throw std::invalid_argument("render: shifts of the wrong number");
  if (width == 0 || height == 0 || supersample == 0)
    throw std::invalid_argument("render: an image needs pixels");
  const PointGrid grid{width * supersample, height * supersample};
  Image image(grid.columns, grid.rows);
  const std::size_t tile = backend_.tile_rows(config.width);
  const std::size_t tiles = (image.pixels() + tile - 1) / tile;
  Tape of_image(memories_.front());
  const auto row = [&](const std::vector<float>& values) {
    return values.empty() ? Var()
                          : of_image.constant(memories_.front().from(values, 1, values.size()));
  };
  std::vector<Modulation> modulations =
      model_.siren.modulate(model_.siren.on_tape(of_image), row(code.latent), row(code.palette));
  for (std::size_t l = 0; !code.shifts.empty() && l <= config.hidden_layers; ++l) {
    const std::span<const float> shift(&code.shifts[l * config.width], config.width);
    modulations[l].shift = add(modulations[l].shift,
                               of_image.constant(memories_.front().from(shift, 1, config.width)));
  }
  backend_.parallel(tiles, [&](std::size_t t, std::size_t worker) {
    const std::size_t first = t * tile, count = std::min(tile, image.pixels() - first);
    Memory& memory = memories_[worker];
    Tape tape(memory);
    const Var output = model_.siren.decode(
        model_.siren.on_tape(tape), tape.constant(memory.from(grid.points(first, count), count, 2)),
        as_constants(tape, modulations));
    const std::vector<float> colors = to_host(backend_, output.value());
    std::copy(colors.begin(), colors.end(),
              image.rgb.begin() + static_cast<std::ptrdiff_t>(3 * first));
  });
  return supersample == 1 ? image : block_means(image, supersample);
}

Image Renderer::render(std::size_t image, std::size_t width, std::size_t height,
                       std::size_t supersample) {
  return render(code(image), width, height, supersample);
}

}  // namespace chorus
