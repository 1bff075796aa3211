#include "training/training_state.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "support/fingerprint.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;

/// Calls visit(name, member) for all members of a configuration: one list for both directions.
template <class Config, class Visit>
void each_member(Config& c, Visit visit) {
  visit("learning_rate", c.learning_rate);
  visit("first_weight_rate", c.first_weight_rate);
  visit("first_bias_rate", c.first_bias_rate);
  visit("modulation_rate", c.modulation_rate);
  visit("latent_rate", c.latent_rate);
  visit("output_rate", c.output_rate);
  visit("palette_rate", c.palette_rate);
  visit("beta1", c.beta1);
  visit("beta2", c.beta2);
  visit("epsilon", c.epsilon);
  visit("warm_up", c.warm_up);
  visit("decay_steps", c.decay_steps);
  visit("flat_pixels", c.flat_pixels);
  visit("edge_pixels", c.edge_pixels);
  visit("blended_pixels", c.blended_pixels);
  visit("blended_samples", c.blended_samples);
  visit("blended_from", c.blended_from);
  visit("area_from", c.area_from);
  visit("area_samples", c.area_samples);
  visit("area_jitter", c.area_jitter);
  visit("area_flat_pixels", c.area_flat_pixels);
  visit("area_edge_pixels", c.area_edge_pixels);
  visit("area_output_rate", c.area_output_rate);
  visit("assignment", c.assignment);
  visit("assignment_until", c.assignment_until);
  visit("images_per_step", c.images_per_step);
  visit("seed", c.seed);
}

std::filesystem::path beside(const std::filesystem::path& model, const char* ending) {
  std::filesystem::path stem = model;
  if (stem.extension() == ".safetensors") stem.replace_extension();
  stem += ending;
  return stem;
}

}  // namespace

std::filesystem::path state_file(const std::filesystem::path& model) {
  return beside(model, ".state.safetensors");
}

std::filesystem::path metrics_file(const std::filesystem::path& model) {
  return beside(model, ".metrics.jsonl");
}

json to_json(const TrainingState& state) {
  json training;
  each_member(state.config, [&](const char* name, const auto& member) { training[name] = member; });
  training["limit"] = {{"kind", state.limit.kind == Limit::Kind::steps ? "steps" : "seconds"},
                       {"amount", state.limit.amount}};
  training["elapsed_seconds"] = state.elapsed_s;
  training["data_checksum"] = state.data_checksum;
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
    const json training = json::parse(found->second);
    TrainingState state;
    each_member(state.config,
                [&](const char* name, auto& member) { training.at(name).get_to(member); });
    const json& limit = training.at("limit");
    state.limit.kind =
        limit.at("kind").get<std::string>() == "steps" ? Limit::Kind::steps : Limit::Kind::seconds;
    limit.at("amount").get_to(state.limit.amount);
    training.at("elapsed_seconds").get_to(state.elapsed_s);
    training.at("data_checksum").get_to(state.data_checksum);
    return state;
  } catch (const json::exception& error) {
    throw Error(fmt::format("{}: the training state is damaged: {}", origin, error.what()));
  }
}

std::string data_checksum(const Collection& data) {
  Fingerprint fingerprint;
  for (const NamedImage& named : data) {
    fingerprint.add(named.name.c_str(), named.name.size() + 1);
    const std::uint64_t size[2] = {named.image.width, named.image.height};
    fingerprint.add(size, sizeof size);
    fingerprint.add(named.image.rgb.data(), named.image.rgb.size() * sizeof(float));
  }
  return fingerprint.hex();
}

}  // namespace chorus::app
