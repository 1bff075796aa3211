#include "view/page.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "similarity.hpp"
#include "support/html_page.hpp"
#include "view/template.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// The place of each value between 0 and `steps`: linear near the middle and logarithmic far from
/// it, so that one image that is unlike all others does not press these together.
std::vector<int> spread(const std::vector<double>& values, int steps) {
  std::vector<double> sorted = values;
  const auto median_of = [](std::vector<double>& list) {
    const auto middle = list.begin() + std::ssize(list) / 2;
    std::nth_element(list.begin(), middle, list.end());
    return *middle;
  };
  const double median = median_of(sorted);
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double value : values) distances.push_back(std::abs(value - median));
  const double typical = median_of(distances), unit = typical > 0 ? typical : 1;
  std::vector<double> bent;
  bent.reserve(values.size());
  for (const double value : values) bent.push_back(std::asinh((value - median) / unit));
  const auto [low, high] = std::minmax_element(bent.begin(), bent.end());
  const double range = *high - *low;
  std::vector<int> places;
  places.reserve(values.size());
  for (const double value : bent)
    places.push_back(
        static_cast<int>(std::lround(range > 0 ? (value - *low) / range * steps : 0.5 * steps)));
  return places;
}

/// Where each image lies on the map of the latents, from 0 to 9999 along both axes.
ordered_json map_places(const Model& model) {
  constexpr int steps = 9999;
  const std::vector<std::array<double, 2>> plane = principal_plane(modulation_vectors(model));
  ordered_json axes = ordered_json::array();
  for (const std::size_t axis : {0U, 1U}) {
    std::vector<double> values;
    values.reserve(plane.size());
    for (const auto& place : plane) values.push_back(place[axis]);
    axes.push_back(spread(values, steps));
  }
  return axes;
}

}  // namespace

std::string view_page(const Model& model, const PageContent& content) {
  ordered_json data = page_model(model, content.precision);
  data["title"] = content.title;
  data["map"] = map_places(model);
  if (!content.drawings.empty()) data["drawings"] = content.drawings;
  std::string page(view_template::html);
  fill_in(page, "style", view_template::css);
  fill_in(page, "decoder", view_template::decoder);
  fill_in(page, "script", view_template::js);
  fill_in(page, "model", script_json(data));
  return page;
}

}  // namespace chorus::app
