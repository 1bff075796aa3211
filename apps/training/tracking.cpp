#include "training/tracking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "printable.hpp"
#include "support/model_data.hpp"

namespace chorus::app {

using nlohmann::ordered_json;

namespace {

/// Images that are evenly spread over those that the model encodes; a size may lack some of them.
/// Throws Error if the collection holds none.
Collection spread_over(const Model& model, const Collection& collection, std::size_t most) {
  const std::vector<Matched> known = match(model, collection);
  const std::size_t count = std::min(most, known.size());
  Collection spread;
  for (std::size_t k = 0; k < count; ++k)
    spread.push_back(collection[known[k * known.size() / count].data_image]);
  return spread;
}

std::vector<std::size_t> other_sizes(const Model& model, const std::filesystem::path& data) {
  std::vector<std::size_t> sizes = offered_sizes(data);
  for (const EncodedImage& image : model.images) std::erase(sizes, image.size().longer_side());
  if (sizes.empty())
    throw Error(fmt::format("{} has no images of a size other than the training size to track",
                            shown(data)));
  return sizes;
}

}  // namespace

ResolutionTracker::ResolutionTracker(Session& session, const Model& model,
                                     const std::filesystem::path& data,
                                     const std::optional<Rgb>& background, std::size_t subset)
    : session_(session),
      model_(model),
      trained_(model, data, background),
      all_(load_sizes({data, other_sizes(model, data), background}, model)) {
  trained_.note_if_other(model, data);
  for (const Collection& collection : all_)
    subset_.push_back(spread_over(model, collection, subset));
}

ScoresBySize ResolutionTracker::score(bool all, bool with_baselines) const {
  Scorer scorer(session_, model_, with_baselines ? &trained_ : nullptr, 0);
  for (const Collection& collection : all ? all_ : subset_) scorer.add(collection);
  return scorer.result();
}

ordered_json network_by_size(const ScoresBySize& scores) {
  ordered_json object = ordered_json::object();
  for (const auto& [size, of_size] : scores)
    object[std::to_string(size)] = to_json(of_size.network);
  return object;
}

ordered_json baselines_by_size(const ScoresBySize& scores) {
  ordered_json object = ordered_json::object();
  for (const auto& [size, of_size] : scores)
    for (const MethodScores& baseline : of_size.baselines)
      object[std::to_string(size)][baseline.method] = to_json(baseline);
  return object;
}

}  // namespace chorus::app
