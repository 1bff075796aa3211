#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "chorus/backend.hpp"
#include "chorus/model.hpp"
#include "chorus/trainer.hpp"
#include "network_path.hpp"
#include "profile.hpp"

namespace chorus::app {

/// The backend that a command was asked to use.
struct BackendChoice {
  std::string name;         ///< if empty, CHORUS_BACKEND or the best one
  std::size_t threads = 0;  ///< of each process; 0: chosen by the backend
  std::size_t workers = 0;  ///< of all processes; 0: chosen by the backends
  Precision precision = Precision::fp32;
  NetworkPath network_path = NetworkPath::measured;  ///< of GPUs
};

/// The backend and the memory that a command works with. Processes that share the work have a
/// backend each, all of one kind.
struct Session {
  explicit Session(const BackendChoice& choice, bool with_profile = false);
  std::shared_ptr<ProfilingBackend> profiler;  ///< null without --profile, else the backend
  std::shared_ptr<Backend> backend;
  Memory memory;
  std::size_t threads;      ///< for work that no backend does
  std::size_t all_workers;  ///< of the backends of all processes
};

/// choose_network_path() for the steps of a trainer.
std::optional<PathChoice> measured_path(Session& session, const Siren& siren,
                                        const Trainer& trainer);

/// Prints a table of the parts of some training steps' time.
void print_profile(const Profile& profile, std::uint64_t steps);

/// The size with the proportions of an encoded image whose longer side is `longer_side` pixels.
PixelSize scaled_size(const EncodedImage& image, std::size_t longer_side);

/// For people: "rgb", "palette (12 free colours per image)".
std::string describe_head(const SirenConfig& config);

/// The number of samples per pixel and axis with which a decoded pixel is the mean over its square:
/// that of the training, and more where pixels are larger than in the training. If `requested` is
/// not 0, it is returned.
std::size_t supersample_for(const Model& model, std::size_t image, std::size_t longer_side,
                            std::size_t requested);

}  // namespace chorus::app
