#include "study/sizing.hpp"

#include <functional>

#include "chorus/model.hpp"

namespace chorus::app {

namespace {

constexpr std::size_t widest_tried = 4096;

std::size_t network_numbers(const SirenConfig& config) {
  Memory memory(make_backend("reference"));
  std::size_t numbers = 0;
  const Siren siren(memory, config, 1);
  for (const Parameter& each : siren.parameters()) numbers += each.value.size();
  return numbers;
}

/// The numbers grow with the width, so that the limit is found by halving.
std::optional<SirenConfig> widest(SirenConfig config, std::size_t numbers,
                                  const std::function<std::size_t(const SirenConfig&)>& count) {
  const auto fits = [&](std::size_t width) {
    config.width = width;
    return count(config) <= numbers;
  };
  if (!fits(1)) return std::nullopt;
  std::size_t enough = 1, too_wide = 2;
  while (too_wide < widest_tried && fits(too_wide)) too_wide *= 2;
  enough = too_wide / 2;
  while (too_wide - enough > 1) {
    const std::size_t middle = (enough + too_wide) / 2;
    (fits(middle) ? enough : too_wide) = middle;
  }
  config.width = enough;
  return config;
}

}  // namespace

std::size_t joint_numbers(const SirenConfig& config, std::size_t images) {
  return network_numbers(config) + images * (config.latent + free_palette_numbers(config));
}

SirenConfig separate_network(SirenConfig config) {
  config.latent = 1;
  config.conditioning = Conditioning::input;
  return config;
}

std::size_t separate_numbers(const SirenConfig& config) {
  const SirenConfig network = separate_network(config);
  const std::size_t of_latent = network.latent * (1 + network.width);
  return joint_numbers(network, 1) - of_latent;
}

std::optional<SirenConfig> widest_joint(SirenConfig config, std::size_t images,
                                        std::size_t numbers) {
  return widest(config, numbers,
                [images](const SirenConfig& c) { return joint_numbers(c, images); });
}

std::optional<SirenConfig> widest_separate(SirenConfig config, std::size_t numbers) {
  return widest(separate_network(config), numbers, separate_numbers);
}

}  // namespace chorus::app
