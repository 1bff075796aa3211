#include "training/training_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "chorus/error.hpp"
#include "parse_json.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;

std::filesystem::path beside(const std::filesystem::path& model, const char* ending) {
  std::filesystem::path stem = model;
  if (stem.extension() == ".safetensors") stem.replace_extension();
  stem += ending;
  return stem;
}

// A state with a right checksum may still have been edited. Steps of a training compute with its
// numbers without asking, so that each has to be one that flags could have set.

/// The largest value that a setting may have; the least is 0.
double largest(std::string_view setting) {
  constexpr std::string_view fractions[] = {
      "beta1",       "beta2",        "warm_up",          "area_from",
      "area_jitter", "blended_from", "assignment_until", "taught_from"};
  constexpr std::string_view samples[] = {"area_samples", "blended_samples", "taught_samples"};
  constexpr double fraction = 1, samples_per_axis = 64, others = 1 << 20, steps = 1e15;
  if (std::ranges::count(fractions, setting) > 0) return fraction;
  if (std::ranges::count(samples, setting) > 0) return samples_per_axis;
  return setting == "decay_steps" ? steps : others;
}

[[noreturn]] void refuse(const char* name, const json& value, const std::string& expected) {
  throw Error(fmt::format("{} is {}; expected {}", name, value.dump(), expected));
}

double read_number(const json& object, const char* name, double least, double most) {
  const json& value = object.at(name);
  const double number = value.is_number() ? value.get<double>() : -1.0;
  if (!(number >= least && number <= most))
    refuse(name, value, fmt::format("a number from {} to {}", least, most));
  return number;
}

void read_setting(const json& training, const char* name, std::floating_point auto& setting) {
  using Number = std::remove_reference_t<decltype(setting)>;
  setting = static_cast<Number>(read_number(training, name, 0, largest(name)));
}

void read_setting(const json& training, const char* name, std::unsigned_integral auto& setting) {
  using Number = std::remove_reference_t<decltype(setting)>;
  const json& value = training.at(name);
  const bool is_seed = std::string_view(name) == "seed";
  const auto most =
      is_seed ? std::numeric_limits<Number>::max() : static_cast<Number>(largest(name));
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
    refuse(name, value, fmt::format("a whole number from 0 to {}", most));
  value.get_to(setting);
}

/// Whether a setting is newer than some states, which then have its default.
bool may_be_missing(std::string_view setting) {
  return setting.starts_with("taught_") || setting.starts_with("path_");
}

void require_pixels(const PixelSampling& pixels, const TaughtSampling& taught) {
  const AreaSampling& areas = pixels.areas;
  if (pixels.flat_pixels + pixels.edge_pixels == 0 || areas.flat_pixels + areas.edge_pixels == 0 ||
      areas.samples_per_axis == 0 || taught.flat_pixels + taught.edge_pixels == 0 ||
      taught.samples_per_axis == 0)
    throw Error("its settings leave a step without pixels");
}

Limit read_limit(const json& object) {
  constexpr double least = 1e-6, most = 1e18;
  const json& kind = object.at("kind");
  if (kind != "steps" && kind != "seconds") refuse("kind", kind, "steps or seconds");
  return {kind == "steps" ? Limit::Kind::steps : Limit::Kind::seconds,
          read_number(object, "amount", least, most)};
}

constexpr double most_seconds = 1e12;

/// States of trainings that were not lengthened have no such entry.
ScheduleStart read_schedule_start(const json& training) {
  const auto found = training.find("schedule_start");
  if (found == training.end()) return {};
  constexpr double most_steps = 1e15, most_progress = 0.999;
  return {read_number(*found, "steps", 0, most_steps),
          read_number(*found, "seconds", 0, most_seconds),
          read_number(*found, "progress", 0, most_progress)};
}

double done_at_start(const TrainingState& state) {
  return state.limit.kind == Limit::Kind::steps ? state.start.steps : state.start.seconds;
}

TrainingState state_from(const json& training) {
  TrainingState state;
  each_setting(state.config, [&](const char* name, auto& value) {
    if (training.contains(name) || !may_be_missing(name)) read_setting(training, name, value);
  });
  require_pixels(state.config.pixels, state.config.taught);
  state.limit = read_limit(training.at("limit"));
  state.start = read_schedule_start(training);
  if (!(done_at_start(state) < state.limit.amount))
    throw Error(fmt::format("its schedule starts at {} and ends at {}; expected a later end",
                            done_at_start(state), state.limit.amount));
  state.elapsed_s = read_number(training, "elapsed_seconds", 0, most_seconds);
  training.at("data_checksum").get_to(state.data_checksum);
  state.computed_on = training.value("computed_on", "");
  return state;
}

}  // namespace

double fraction_done(const TrainingState& state, double steps, double seconds) {
  const double done = state.limit.kind == Limit::Kind::steps ? steps : seconds;
  const double start = done_at_start(state);
  return (done - start) / (state.limit.amount - start);
}

std::filesystem::path state_file(const std::filesystem::path& model) {
  return beside(model, ".state.safetensors");
}

std::filesystem::path metrics_file(const std::filesystem::path& model) {
  return beside(model, ".metrics.jsonl");
}

json to_json(const TrainingState& state) {
  json training;
  each_setting(state.config, [&](const char* name, const auto& value) { training[name] = value; });
  training["limit"] = {{"kind", state.limit.kind == Limit::Kind::steps ? "steps" : "seconds"},
                       {"amount", state.limit.amount}};
  if (state.start.progress > 0)
    training["schedule_start"] = {{"steps", state.start.steps},
                                  {"seconds", state.start.seconds},
                                  {"progress", state.start.progress}};
  training["elapsed_seconds"] = state.elapsed_s;
  training["data_checksum"] = state.data_checksum;
  training["computed_on"] = state.computed_on;
  return training;
}

void write_state(TensorFile& file, const TrainingState& state) {
  file.metadata["training"] = to_json(state).dump();
}

TrainingState read_state(const TensorFile& file, const std::string& origin) {
  const auto found = file.metadata.find("training");
  if (found == file.metadata.end())
    throw Error(origin + ": has no training state; expected the .state file of a training");
  try {
    return state_from(parse_json(found->second, "\"training\""));
  } catch (const json::exception& error) {
    throw Error(fmt::format("{}: the training state is damaged: {}", origin, error.what()));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: the training state is damaged: {}", origin, error.what()));
  }
}

}  // namespace chorus::app
