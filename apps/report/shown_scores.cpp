#include "report/shown_scores.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

namespace chorus::app {

namespace {

/// The places of an image in the scores, by size.
using Places = std::map<std::size_t, std::size_t>;

std::map<std::string, Places> places_by_name(const ScoresBySize& by_size) {
  std::map<std::string, Places> places;
  for (const auto& [size, scores] : by_size)
    for (std::size_t k = 0; k < scores.network.images.size(); ++k)
      places[scores.network.images[k].name][size] = k;
  return places;
}

/// The largest size at which every image that was scored has baselines.
std::optional<std::size_t> common_size(const ScoresBySize& by_size, std::size_t images) {
  std::optional<std::size_t> common;
  for (const auto& [size, scores] : by_size)
    if (!scores.baselines.empty() && size <= largest_picture &&
        scores.network.images.size() == images)
      common = size;
  return common;
}

void append(std::vector<MethodScores>& to, const std::vector<MethodScores>& from,
            std::size_t place) {
  for (const MethodScores& method : from) {
    const auto same = std::find_if(to.begin(), to.end(), [&](const MethodScores& each) {
      return each.method == method.method;
    });
    MethodScores& into = same != to.end() ? *same : to.emplace_back();
    into.method = method.method;
    into.images.push_back(method.images[place]);
  }
}

/// Images that are not drawn are as the network decodes them.
void append_written(DrawnScores& to, const SizeScores& from, std::size_t place) {
  const MethodScores& written = from.drawings ? from.drawings->written : from.network;
  to.written.images.push_back(written.images[place]);
  to.is_drawn.push_back(from.drawings && from.drawings->is_drawn[place]);
}

/// The scores of each image at the size that `choose` gives, if it gives one.
ShownScores gather(
    const Model& model, const ScoresBySize& by_size,
    const std::function<std::optional<std::size_t>(const EncodedImage&, const Places&)>& choose) {
  const auto places = places_by_name(by_size);
  ShownScores shown;
  SizeScores& all = shown.scores;
  all.network.method = "network";
  all.drawings.emplace().written.method = "drawings";
  for (const EncodedImage& image : model.images) {
    const auto found = places.find(image.name);
    if (found == places.end()) continue;
    const std::optional<std::size_t> size = choose(image, found->second);
    if (!size) continue;
    const SizeScores& scores = by_size.at(*size);
    const std::size_t place = found->second.at(*size);
    all.network.images.push_back(scores.network.images[place]);
    append(all.baselines, scores.baselines, place);
    append_written(*all.drawings, scores, place);
    shown.sizes.push_back(*size);
  }
  std::erase_if(all.baselines, [&](const MethodScores& rival) {
    return rival.images.size() != all.network.images.size();
  });
  if (all.drawings->drawn() == 0) all.drawings.reset();
  const bool one_size = std::set(shown.sizes.begin(), shown.sizes.end()).size() == 1;
  all.size = one_size ? shown.sizes.front() : 0;
  return shown;
}

}  // namespace

ShownScores shown_scores(const Model& model, const ScoresBySize& by_size) {
  const auto common = common_size(by_size, places_by_name(by_size).size());
  return gather(model, by_size, [&](const EncodedImage& image, const Places& places) {
    if (common) return common;
    const std::size_t trained = image.size().longer_side();
    return std::optional(places.contains(trained) ? trained : places.begin()->first);
  });
}

ShownScores training_scores(const Model& model, const ScoresBySize& by_size) {
  return gather(model, by_size, [](const EncodedImage& image, const Places& places) {
    const std::size_t trained = image.size().longer_side();
    return places.contains(trained) ? std::optional(trained) : std::nullopt;
  });
}

nlohmann::ordered_json to_json(const ShownScores& shown) {
  const SizeScores& scores = shown.scores;
  nlohmann::ordered_json object = to_json(scores.network);
  object["sizes"] = std::set(shown.sizes.begin(), shown.sizes.end());
  object["count"] = scores.network.images.size();
  if (scores.drawings) object["drawings"] = drawings_to_json(scores);
  if (scores.baselines.empty()) return object;
  object["baselines"] = baselines_to_json(scores.network, scores.baselines, Where::everywhere);
  object["wins_over_all"] = wins(scores.network, scores.baselines, Where::everywhere);
  return object;
}

}  // namespace chorus::app
