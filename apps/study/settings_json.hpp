#pragma once

#include <nlohmann/json.hpp>

namespace chorus::app {

/// The fields of a configuration that has each_setting(), by their names.
template <class Config>
nlohmann::ordered_json settings_json(const Config& config) {
  nlohmann::ordered_json settings;
  each_setting(config, [&](const char* name, const auto& value) { settings[name] = value; });
  return settings;
}

}  // namespace chorus::app
