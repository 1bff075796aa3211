#pragma once

#include <cstddef>

#include "chorus/model.hpp"

namespace chorus::app {

/// The note of a model that `export` is to write in so many bytes.
inline constexpr const char* budget_note = "budget_bytes";

/// The network for a file of at most `bytes`: the widest whose model file with 5 bits a number,
/// which is known exactly before anything is trained, is not larger. (`export --budget` fills the
/// rest.) Latents are as long as the network is wide, but not longer than there are images, and
/// take at most half of the file, all images together. Palettes are predicted from the latents
/// where free ones would leave a narrower network. Throws Error if the narrowest is too large.
SirenConfig network_within(const SirenConfig& network, const std::vector<EncodedImage>& images,
                           std::size_t bytes);

}  // namespace chorus::app
