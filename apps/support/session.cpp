#include "support/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chorus/render.hpp"
#include "parallel.hpp"

namespace chorus::app {

namespace {

std::shared_ptr<Backend> chosen(const BackendChoice& choice) {
  return make_backend(choice.name, {.threads = choice.threads,
                                    .workers = choice.workers,
                                    .precision = choice.precision,
                                    .network_path = choice.network_path});
}

/// What the device ran, the longest in all first.
void print_launches(const Profile& profile, double ms_per_step) {
  constexpr std::size_t most_rows = 24;
  fmt::print("\n{:<44} {:>8} {:>12} {:>12} {:>9}\n", "launch", "share", "ms per step", "each, us",
             "per step");
  for (std::size_t l = 0; l < std::min(most_rows, profile.launches.size()); ++l) {
    const Profile::Launch& launch = profile.launches[l];
    const auto count = static_cast<double>(launch.count);
    fmt::print("{:<44} {:>6.1f} % {:>12.3f} {:>12.1f} {:>9.1f}\n", launch.name,
               100 * launch.seconds / profile.wall_seconds, launch.seconds * ms_per_step,
               launch.seconds / count * 1e6, count * ms_per_step * 1e-3);
  }
}

}  // namespace

Session::Session(const BackendChoice& choice, bool with_profile)
    : profiler(with_profile ? std::make_shared<ProfilingBackend>(chosen(choice)) : nullptr),
      backend(with_profile ? profiler : chosen(choice)),
      memory(backend),
      threads(usable_threads(choice.threads)) {
  if (threads < choice.threads)
    fmt::print(stderr, "note: --threads {}: this process may run on {} {} only, and uses {}\n",
               choice.threads, threads, threads == 1 ? "core" : "cores",
               threads == 1 ? "it" : "all of them");
}

std::optional<PathChoice> measured_path(Session& session, const Siren& siren,
                                        const Trainer& trainer) {
  const std::size_t rows = std::min(session.backend->tile_rows(siren.config().width),
                                    std::max<std::size_t>(1, trainer.pixels_per_step()));
  // Images of 16 pixels are what small steps have; how rows are grouped hardly matters.
  constexpr std::size_t pixels = 16;
  return choose_network_path(session.memory, siren,
                             {std::max<std::size_t>(1, rows / pixels), pixels});
}

void print_profile(const Profile& profile, std::uint64_t steps) {
  const double ms_per_step = 1e3 / static_cast<double>(std::max<std::uint64_t>(steps, 1));
  fmt::print("{:<36} {:>8} {:>12} {:>12}\n", "part of a step", "share", "ms per step",
             "calls/step");
  for (const Profile::Part& part : profile.parts)
    fmt::print("{:<36} {:>6.1f} % {:>12.3f} {:>12.1f}\n", part.name, 100 * profile.share(part),
               part.seconds * ms_per_step, static_cast<double>(part.calls) * ms_per_step * 1e-3);
  const bool on_device = !profile.launches.empty();
  fmt::print("{:<36} {:>8} {:>12.3f}\n",
             on_device ? "time on the device, all queues" : "wall time of a step", "",
             profile.wall_seconds * ms_per_step);
  if (on_device) print_launches(profile, ms_per_step);
}

std::string describe_head(const SirenConfig& config) {
  const std::string_view head = name(config.head);
  if (config.head != Head::palette) return std::string(head);
  return fmt::format(
      "{} ({} {} {} per image)", head, config.palette_size, name(config.palette_source),
      config.palette_fields == PaletteFields::constant ? "colours" : "colour fields");
}

PixelSize scaled_size(const EncodedImage& image, std::size_t side) {
  const std::size_t trained = image.size().longer_side();
  const auto scaled = [&](std::size_t pixels) {
    return std::max<std::size_t>(1, (pixels * side + trained / 2) / trained);
  };
  return {scaled(image.width), scaled(image.height)};
}

std::size_t supersample_for(const Model& model, std::size_t image, std::size_t longer_side,
                            std::size_t requested) {
  if (requested != 0) return requested;
  return usual_samples(model, model.images[image].size().longer_side(), longer_side);
}

}  // namespace chorus::app
