#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "chorus/error.hpp"
#include "report/page.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// The values at a JSON pointer ("/held_out/psnr_kept") in the lines of metrics, by seconds. The
/// last line of a training may be about all images, where the others are about some: beside those
/// it would look like a sudden change of the network.
ordered_json series(const std::string& name, const std::vector<json>& metrics,
                    const std::string& pointer) {
  ordered_json points = ordered_json::array();
  const json::json_pointer place(pointer);
  std::optional<json> images;
  for (const json& line : metrics) {
    if (!line.contains(place) || !line.contains("seconds")) continue;
    const json decoded = line.value("images", json());
    if (images.value_or(decoded) != decoded) continue;
    images = decoded;
    points.push_back({line["seconds"], line[place]});
  }
  return {{"name", name}, {"points", std::move(points)}};
}

/// The first baselines in the metrics, which are those of the tracked images. (The final line is
/// about all images.)
json baselines_of(const std::vector<json>& metrics, const std::string& pointer) {
  const json::json_pointer place(pointer);
  for (const json& line : metrics)
    if (line.contains(place)) return line[place];
  return json::object();
}

ordered_json lines(const json& baselines, const char* key) {
  ordered_json list = ordered_json::array();
  for (const auto& [method, means] : baselines.items())
    list.push_back({{"name", method}, {"value", means.at(key)}});
  return list;
}

void add_curve(ordered_json& curves, const std::string& title, const char* unit,
               std::vector<ordered_json> all, ordered_json baselines) {
  std::erase_if(all, [](const ordered_json& each) { return each["points"].empty(); });
  if (all.empty()) return;
  curves.push_back({{"title", title},
                    {"unit", unit},
                    {"series", std::move(all)},
                    {"baselines", std::move(baselines)}});
}

std::optional<std::size_t> whole_number(const std::string& text) {
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return {};
  return number;
}

/// The sizes that were tracked, in ascending order.
std::map<std::size_t, std::string> tracked_sizes(const std::vector<json>& metrics) {
  std::map<std::size_t, std::string> sizes;
  for (const json& line : metrics) {
    if (!line.contains("sizes")) continue;
    for (const auto& [size, scores] : line["sizes"].items())
      if (const auto pixels = whole_number(size)) sizes[*pixels] = size;
  }
  return sizes;
}

ordered_json curves_of(const std::vector<json>& metrics) {
  ordered_json curves = ordered_json::array();
  add_curve(curves, "Training size", "dB",
            {series("drawn pixels", metrics, "/psnr_sampled"),
             series("decoded, pooled", metrics, "/psnr_pooled"),
             series("decoded, mean", metrics, "/psnr_mean")},
            ordered_json::array());
  add_curve(curves, "Held-out pixels", "dB",
            {series("held out", metrics, "/held_out/psnr_held_out"),
             series("kept", metrics, "/held_out/psnr_kept")},
            lines(baselines_of(metrics, "/baselines/held_out"), "psnr_pooled"));
  const std::map<std::size_t, std::string> sizes = tracked_sizes(metrics);
  for (const auto& [number, size] : sizes) {
    const json baselines = baselines_of(metrics, "/baselines/sizes/" + size);
    const std::string at = "Decoded at " + size + " px";
    add_curve(curves, at, "dB",
              {series("network, pooled", metrics, "/sizes/" + size + "/psnr_pooled")},
              lines(baselines, "psnr_pooled"));
    if (number != sizes.rbegin()->first) continue;
    add_curve(curves, at, "SSIM", {series("network", metrics, "/sizes/" + size + "/ssim_mean")},
              lines(baselines, "ssim_mean"));
  }
  add_curve(curves, "Speed", "Mpixel/s", {series("trained", metrics, "/mpixel_per_s")},
            ordered_json::array());
  return curves;
}

}  // namespace

ordered_json training_curves(const std::vector<json>& metrics) {
  try {
    return curves_of(metrics);
  } catch (const json::exception& error) {
    throw Error(fmt::format("the metrics are not those of a training: {}", error.what()));
  }
}

}  // namespace chorus::app
