#include "support/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chorus/render.hpp"
#include "parallel.hpp"
#include "support/fingerprint.hpp"
#include "support/processes.hpp"

namespace chorus::app {

namespace {

/// The workers of one process.
std::size_t own_workers(std::size_t workers, const Communicator& all) {
  if (workers == 0) return 0;
  if (workers < all.size())
    throw SharedError(
        fmt::format("{} processes cannot share {} worker{}; expected --workers {} or more",
                    all.size(), workers, workers == 1 ? "" : "s", all.size()));
  return workers * (all.rank() + 1) / all.size() - workers * all.rank() / all.size();
}

std::size_t own_threads(std::size_t wanted) {
  const std::size_t usable = usable_threads(wanted);
  return wanted == 0 && processes()->size() > 1 ? fair_threads(usable) : usable;
}

std::shared_ptr<Backend> chosen(const BackendChoice& choice) {
  Communicator& all = *processes();
  BackendOptions options{.threads = choice.threads,
                         .workers = own_workers(choice.workers, all),
                         .precision = choice.precision,
                         .network_path = choice.network_path};
  if (all.size() > 1) options.threads = own_threads(choice.threads);
  std::shared_ptr<Backend> backend = together([&] { return make_backend(choice.name, options); });
  // The processes of another kind of backend would find other bits, and so another network.
  const std::string kind = fmt::format("{}, {}", backend->name(), name(backend->precision()));
  Fingerprint own;
  own.add(kind.data(), kind.size());
  const Fingerprint first = from_first(all, own);
  together([&] {
    if (own.value() != first.value())
      throw Error(
          fmt::format("the backend is {}, and process 0 has another one; choose one that all "
                      "machines have with --backend",
                      kind));
  });
  return backend;
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
      threads(own_threads(choice.threads)),
      all_workers(sum_of(*processes(), backend->workers())) {
  if (threads < choice.threads)
    print_note(fmt::format("--threads {}: this process may run on {} {} only, and uses {}",
                           choice.threads, threads, threads == 1 ? "core" : "cores",
                           threads == 1 ? "it" : "all of them"));
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
