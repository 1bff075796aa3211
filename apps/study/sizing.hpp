#pragma once

#include <cstddef>
#include <optional>

#include "chorus/siren.hpp"

namespace chorus::app {

/// The numbers of a network and of the latents and free palettes of so many images.
std::size_t joint_numbers(const SirenConfig& config, std::size_t images);

/// The numbers of a network that encodes one image. Its latent is constant, so that what it adds is
/// a part of the biases and does not count.
std::size_t separate_numbers(const SirenConfig& config);
/// A configuration for such a network: the smallest latent, at the input only.
SirenConfig separate_network(SirenConfig config);

/// The widest network of at most so many numbers in all, the latents and palettes of the images
/// included. Nothing if even one unit a layer is too much.
std::optional<SirenConfig> widest_joint(SirenConfig config, std::size_t images,
                                        std::size_t numbers);
std::optional<SirenConfig> widest_separate(SirenConfig config, std::size_t numbers);

}  // namespace chorus::app
