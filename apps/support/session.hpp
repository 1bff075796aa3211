#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"
#include "commands.hpp"
#include "profile.hpp"

namespace chorus::app {

/// The backend and the memory that a command works with.
struct Session {
  explicit Session(const BackendChoice& choice, bool with_profile = false);
  std::shared_ptr<ProfilingBackend> profiler;  ///< null without a profile; else the backend
  std::shared_ptr<Backend> backend;
  Memory memory;
  std::size_t threads;  ///< for work that no backend does
};

/// Where the time of some training steps went, as a table.
void print_profile(const Profile& profile, std::uint64_t steps);

/// A size whose longer side is `longer_side` pixels, in the proportions of an encoded image.
PixelSize scaled_size(const EncodedImage& image, std::size_t longer_side);

/// For people: "rgb", "palette (12 free colors an image)".
std::string describe_head(const SirenConfig& config);

/// Points per pixel and axis that make a decoded pixel the mean over its square: those that the
/// model was trained with, and more where pixels are larger than in training.
std::size_t supersample_for(const Model& model, std::size_t image, std::size_t size,
                            std::size_t asked);

}  // namespace chorus::app
