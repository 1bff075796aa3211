#include "training/training_state.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "split.hpp"
#include "support/fingerprint.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;

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
  each_setting(state.config, [&](const char* name, const auto& value) { training[name] = value; });
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
    each_setting(state.config,
                 [&](const char* name, auto& value) { training.at(name).get_to(value); });
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

std::string data_checksum(const Collection& data, const Split& split) {
  Fingerprint fingerprint;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const NamedImage& named = data[i];
    fingerprint.add(named.name.c_str(), named.name.size() + 1);
    const std::uint64_t size[2] = {named.image.width, named.image.height};
    fingerprint.add(size, sizeof size);
    const Image seen = blacked_out(named.image, held_out_pixels(split, i, named.image.size()));
    fingerprint.add(seen.rgb.data(), seen.rgb.size() * sizeof(float));
  }
  return fingerprint.hex();
}

}  // namespace chorus::app
