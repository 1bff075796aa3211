#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "chorus/backend.hpp"
#include "chorus/model.hpp"
#include "profile.hpp"

namespace chorus::app {

/// The backend that a command was asked to compute on.
struct BackendChoice {
  std::string name;         ///< empty: CHORUS_BACKEND, or the best one
  std::size_t threads = 0;  ///< 0: as many as the backend chooses
  std::size_t workers = 0;  ///< 0: as many as the backend chooses
  Precision precision = Precision::fp32;
};

/// The backend and the memory that a command works with.
struct Session {
  explicit Session(const BackendChoice& choice, bool with_profile = false);
  std::shared_ptr<ProfilingBackend> profiler;  ///< null without a profile, else the backend
  std::shared_ptr<Backend> backend;
  Memory memory;
  std::size_t threads;  ///< for work that no backend does
};

/// Prints a table of where the time of some training steps went.
void print_profile(const Profile& profile, std::uint64_t steps);

/// A size whose longer side is `longer_side` pixels, in the proportions of an encoded image.
PixelSize scaled_size(const EncodedImage& image, std::size_t longer_side);

/// For people: "rgb", "palette (12 free colors per image)".
std::string describe_head(const SirenConfig& config);

/// Samples per pixel and axis that make a decoded pixel the mean over its square: those that the
/// model was trained with, and more where pixels are larger than in training. `requested`, unless
/// it is 0, is returned as it is.
std::size_t supersample_for(const Model& model, std::size_t image, std::size_t longer_side,
                            std::size_t requested);

}  // namespace chorus::app
