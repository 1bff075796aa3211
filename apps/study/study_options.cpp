#include "study/study_options.hpp"

#include <nlohmann/json.hpp>

#include "study/settings_json.hpp"
#include "support/session.hpp"

namespace chorus::app {

using nlohmann::ordered_json;

ordered_json network_to_json(const TrainOptions& train) {
  // This does not compile if SirenConfig gets another number of fields. TrainOptions overrides some
  // of them, and the number of channels follows from the images.
  const auto& [width, hidden_layers, latent, channels, conditioning, omega_first, omega_hidden,
               head, palette_size, palette_source, palette_fields] = train.network;
  return {{"width", width},
          {"hidden_layers", hidden_layers},
          {"latent", latent},
          {"conditioning", name(conditioning)},
          {"omega_first", omega_first},
          {"omega_hidden", omega_hidden},
          {"head", train.head ? name(*train.head) : "auto"},
          {"palette_size", train.palette_size},
          {"palette", name(palette_source)},
          {"palette_fields", train.palette_fields ? name(*train.palette_fields) : "auto"}};
}

ordered_json limit_to_json(const TrainOptions& train) {
  if (train.steps) return {{"steps", *train.steps}};
  if (train.epochs) return {{"epochs", *train.epochs}};
  return {{"seconds", train.seconds.value_or(0)}};
}

ordered_json training_to_json(const TrainOptions& train) {
  ordered_json training = settings_json(train.training);
  training.erase("seed");
  return training;
}

ordered_json device_to_json(const BackendChoice& choice) {
  const Session session(choice);
  return {{"backend", session.backend->name()},
          {"precision", name(session.backend->precision())},
          {"workers", session.backend->workers()}};
}

}  // namespace chorus::app
