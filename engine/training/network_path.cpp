#include "network_path.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <vector>

#include "chorus/autodiff.hpp"

namespace chorus {

namespace {

/// The forward and the backward pass of a tile, with leaves as in a training step.
void compute_tile(Memory& memory, const Siren& siren, const Tensor& places, const Tensor& latents,
                  const std::vector<Tensor>& gradients) {
  Tape of_images(memory);
  const std::size_t free_numbers = free_palette_numbers(siren.config());
  const Var palettes =
      free_numbers > 0 ? of_images.constant(memory.zeros(latents.rows(), free_numbers)) : Var();
  const Conditioned made =
      siren.condition(siren.on_tape(of_images), of_images.constant(latents), palettes);
  Tape tape(memory, Activations::reduced);
  const Conditioned conditioned = made.map([&](const Var& value) {
    return tape.variable(value.value(), memory.zeros(value.rows(), value.cols()));
  });
  const Var out = siren.output(siren.on_tape(tape, gradients), tape.constant(places), conditioned);
  const Tensor seed = memory.full(out.rows(), out.cols(), 1);
  tape.backward(std::vector<Var>{out}, std::vector<Tensor>{seed});
}

/// Seconds of one tile, the shortest of some batches, recorded and replayed as steps are.
double seconds_of_tile(Memory& memory, const Siren& siren, const TileShape& shape) {
  using Clock = std::chrono::steady_clock;
  constexpr int batches = 3, replays = 4;
  const Tensor places = memory.zeros(shape.images * shape.pixels, 2);
  const Tensor latents = memory.zeros(shape.images, siren.config().latent);
  std::vector<Tensor> gradients;
  gradients.reserve(siren.parameters().size());
  for (const Parameter& parameter : siren.parameters())
    gradients.push_back(memory.zeros(parameter.value.rows(), parameter.value.cols()));
  std::unique_ptr<CapturedGraph> graph;
  const auto replay = [&](int times) {
    for (int i = 0; i < times; ++i)
      memory.backend().replay(graph,
                              [&] { compute_tile(memory, siren, places, latents, gradients); });
    to_host(gradients.back());  // waits for the device
  };
  replay(3);  // allocates memory, records, and warms up
  double shortest = std::numeric_limits<double>::infinity();
  for (int b = 0; b < batches; ++b) {
    const Clock::time_point start = Clock::now();
    replay(replays);
    shortest = std::min(shortest, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return shortest / replays;
}

}  // namespace

std::optional<PathChoice> choose_network_path(Memory& memory, const Siren& siren,
                                              const TileShape& tile) {
  Backend& backend = memory.backend();
  const SirenConfig& config = siren.config();
  const bool has_two = config.conditioning != Conditioning::film &&
                       backend.fuses(config.width, config.hidden_layers + 1);
  if (backend.network_path() != NetworkPath::measured || !has_two) return std::nullopt;
  // What one path has allocated must not be lent to the other while its recording lives.
  const auto seconds = [&](NetworkPath path) {
    Memory own(memory.shared_backend());
    backend.set_network_path(path);
    return seconds_of_tile(own, siren, tile);
  };
  PathChoice choice;
  choice.network_s = seconds(NetworkPath::network);
  choice.layers_s = seconds(NetworkPath::layers);
  // Nearly equal times shall not lead to another choice on every run.
  constexpr double clearly = 0.95;
  choice.path =
      choice.layers_s < clearly * choice.network_s ? NetworkPath::layers : NetworkPath::network;
  backend.set_network_path(choice.path);
  return choice;
}

}  // namespace chorus
