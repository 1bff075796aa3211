#include "evaluation/seed_measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "chorus/error.hpp"
#include "parse_json.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

// If something is missing or has another type, at() and get() of the library throw.

void add(Measures& measures, const std::string& name, const ordered_json& scores, const char* key) {
  measures.emplace_back(name, scores.at(key).get<double>());
}

double best_baseline_db(const ordered_json& baselines) {
  double best = 0;
  for (const ordered_json& each : baselines)
    best = std::max(best, each.at("psnr_pooled").get<double>());
  return best;
}

void add_baselines(Measures& measures, const std::string& what, double ours_db,
                   const ordered_json& scores) {
  if (!scores.contains("baselines") || scores.at("baselines").empty()) return;
  measures.emplace_back(what + "over the best baseline, dB",
                        ours_db - best_baseline_db(scores.at("baselines")));
  add(measures, what + "images won over all", scores, "wins_over_all");
}

constexpr const char* with_drawings = "with drawings, ";

/// What `upsample` writes: drawings where the training pixels show shapes.
void add_drawings(Measures& measures, const std::string& at, const ordered_json& scores) {
  if (!scores.contains("drawings")) return;
  const ordered_json& drawings = scores.at("drawings");
  add(measures, at + with_drawings + "pooled, dB", drawings, "psnr_pooled");
  add(measures, at + with_drawings + "mean, dB", drawings, "psnr_mean");
  add(measures, at + with_drawings + "images won over the network", drawings, "wins_over_network");
}

Measures pixel_measures(const ordered_json& result) {
  const ordered_json& held_out = result.at("held_out");
  Measures measures;
  add(measures, "held-out pixels, pooled, dB", held_out, "psnr_held_out");
  add(measures, "held-out pixels, mean, dB", held_out, "psnr_held_out_mean");
  add(measures, "kept pixels, pooled, dB", held_out, "psnr_kept");
  add_baselines(measures, "held-out pixels, ", measures.front().second, held_out);
  add_drawings(measures, "held-out pixels, ", held_out);
  return measures;
}

Measures resolution_measures(const ordered_json& result) {
  Measures measures;
  for (const ordered_json& scores : result.at("sizes")) {
    const ordered_json& size = scores.at("size");
    if (!size.is_number_unsigned())
      throw Error(fmt::format("size is {}; expected a whole number", size.dump()));
    const std::string at = fmt::format("{} px, ", size.get<std::uint64_t>());
    add(measures, at + "pooled, dB", scores, "psnr_pooled");
    add(measures, at + "mean, dB", scores, "psnr_mean");
    add(measures, at + "SSIM", scores, "ssim_mean");
    add_baselines(measures, at, scores.at("psnr_pooled").get<double>(), scores);
    add_drawings(measures, at, scores);
  }
  return measures;
}

Measures image_measures(const ordered_json& result) {
  Measures measures;
  for (const char* what : {"latent", "modulations"}) {
    const std::string fitted = fmt::format("unseen images by {}, ", what);
    add(measures, fitted + "mean, dB", result.at(what), "psnr_mean");
    add(measures, fitted + "pooled, dB", result.at(what), "psnr_pooled");
    add(measures, fitted + "seconds an image", result.at(what), "seconds_per_image");
  }
  return measures;
}

const Measures::value_type* find_measure(const Measures& measures, const std::string& name) {
  const auto found = std::ranges::find(measures, name, &Measures::value_type::first);
  return found == measures.end() ? nullptr : &*found;
}

/// A measure of a seed none of whose images is drawn, so that the network's images are written.
Measures::value_type undrawn(const Measures& measures, const std::string& name) {
  std::string of_network = name;
  of_network.erase(name.find(with_drawings), std::string_view(with_drawings).size());
  const Measures::value_type* network = find_measure(measures, of_network);
  return {name, network != nullptr ? network->second : 0};  // no drawing wins over the network
}

}  // namespace

void complete_undrawn(std::vector<Measures>& seeds) {
  const auto most = std::ranges::max_element(seeds, {}, &Measures::size);
  if (most == seeds.end()) return;
  const Measures model = *most;
  for (Measures& seed : seeds) {
    if (seed.size() == model.size()) continue;
    Measures complete;
    complete.reserve(model.size());
    for (const auto& measure : model) {
      if (const Measures::value_type* own = find_measure(seed, measure.first))
        complete.push_back(*own);
      else if (measure.first.find(with_drawings) != std::string::npos)
        complete.push_back(undrawn(seed, measure.first));
    }
    seed = std::move(complete);
  }
}

Measures seed_measures(Protocol protocol, const ordered_json& result) {
  try {
    switch (protocol) {
      case Protocol::pixels:
        return pixel_measures(result);
      case Protocol::resolutions:
        return resolution_measures(result);
      case Protocol::images:
        return image_measures(result);
      case Protocol::capacity:
      case Protocol::ablation:
        break;
    }
  } catch (const ordered_json::exception& error) {
    throw Error(fmt::format("the result is not that of a seed: {}", error.what()));
  }
  throw Error(fmt::format("--protocol {} has no results of single seeds",
                          enum_names<Protocol>.name(protocol)));
}

FinishedSeed parse_finished_seed(const std::string& text) {
  ordered_json whole = parse_ordered_json(text, "the file");
  for (const char* key : {"settings", "result"})
    if (!whole.contains(key) || !whole.at(key).is_object())
      throw Error(fmt::format(
          "the file has no object \"{}\"; expected the result of a finished seed", key));
  return {std::move(whole.at("settings")), std::move(whole.at("result"))};
}

std::string differences(const ordered_json& before, const ordered_json& now) {
  const ordered_json was = before.flatten(), is = now.flatten();
  std::string text;
  for (const auto& [key, value] : is.items()) {
    if (was.contains(key) && was.at(key) == value) continue;
    text += fmt::format("{}{}: {}, now {}", text.empty() ? "" : "; ", key.substr(1),
                        was.contains(key) ? was.at(key).dump() : "unknown", value.dump());
  }
  return text.empty() ? "others" : text;
}

}  // namespace chorus::app
