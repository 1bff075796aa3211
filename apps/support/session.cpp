#include "support/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "parallel.hpp"

namespace chorus::app {

namespace {

std::shared_ptr<Backend> chosen(const BackendChoice& choice) {
  return make_backend(choice.name, {.threads = choice.threads,
                                    .workers = choice.workers,
                                    .precision = parse_precision(choice.precision)});
}

}  // namespace

Session::Session(const BackendChoice& choice, bool with_profile)
    : profiler(with_profile ? std::make_shared<ProfilingBackend>(chosen(choice)) : nullptr),
      backend(with_profile ? profiler : chosen(choice)),
      memory(backend),
      threads(usable_threads(choice.threads)) {}

void print_profile(const Profile& profile, std::uint64_t steps) {
  const double ms_per_step = 1e3 / static_cast<double>(std::max<std::uint64_t>(steps, 1));
  fmt::print("{:<36} {:>8} {:>12} {:>12}\n", "part of a step", "share", "ms a step",
             "calls a step");
  for (const Profile::Part& part : profile.parts)
    fmt::print("{:<36} {:>6.1f} % {:>12.3f} {:>12.1f}\n", part.name, 100 * profile.share(part),
               part.seconds * ms_per_step, static_cast<double>(part.calls) * ms_per_step * 1e-3);
  fmt::print("{:<36} {:>8} {:>12.3f}\n", "a step, on the wall", "",
             profile.wall_seconds * ms_per_step);
}

std::string describe_head(const SirenConfig& config) {
  if (config.head == Head::rgb) return "rgb";
  return fmt::format("palette ({} {} {} an image)", config.palette_size,
                     name(config.palette_source),
                     config.palette_fields == PaletteFields::constant ? "colors" : "color fields");
}

PixelSize scaled_size(const EncodedImage& image, std::size_t side) {
  const std::size_t trained = image.size().longer_side();
  const auto scaled = [&](std::size_t pixels) {
    return std::max<std::size_t>(1, (pixels * side + trained / 2) / trained);
  };
  return {scaled(image.width), scaled(image.height)};
}

std::size_t supersample_for(const Model& model, std::size_t image, std::size_t size,
                            std::size_t asked) {
  if (asked != 0) return asked;
  const std::size_t trained = model.images[image].size().longer_side();
  // As dense as in training; but where training looked at areas, a pixel of any size is an area.
  const std::size_t as_dense = (model.samples_per_axis * trained + size - 1) / size;
  return std::max<std::size_t>(as_dense, model.samples_per_axis > 1 ? 2 : 1);
}

}  // namespace chorus::app
