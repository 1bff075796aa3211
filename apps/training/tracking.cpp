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

/// Images within the budget, evenly spread over those that the model encodes; a size may lack some
/// of them. Throws Error if the collection holds none.
Collection spread_over(const Model& model, const Collection& collection, ImageBudget budget) {
  const std::vector<Matched> known = match(model, collection);
  std::vector<std::size_t> pixels;
  pixels.reserve(known.size());
  for (const Matched& each : known) pixels.push_back(collection[each.data_image].image.pixels());
  Collection spread;
  for (const std::size_t i : spread_within(pixels, budget))
    spread.push_back(collection[known[i].data_image]);
  return spread;
}

std::string note_of_budget(const Collection& all, const Collection& within, ImageBudget budget,
                           const char* when) {
  return fmt::format(
      "{} of the {} images of {} px are compared {}: more would have more than {} "
      "pixels",
      within.empty() ? "None" : fmt::format("{}", within.size()), all.size(),
      all.front().image.size().longer_side(), when, budget.pixels);
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

std::vector<std::size_t> pixels_of(const Collection& images) {
  std::vector<std::size_t> pixels;
  pixels.reserve(images.size());
  for (const NamedImage& each : images) pixels.push_back(each.image.pixels());
  return pixels;
}

std::vector<std::size_t> spread_within(const std::vector<std::size_t>& pixels, ImageBudget budget) {
  std::vector<std::size_t> chosen;
  for (std::size_t count = std::min(budget.images, pixels.size()); count > 0;
       count = std::min(count - 1, count / 2 + 1)) {
    std::size_t sum = 0;
    chosen.clear();
    for (std::size_t k = 0; k < count; ++k) {
      chosen.push_back(k * pixels.size() / count);
      sum += pixels[chosen.back()];
    }
    if (sum <= budget.pixels) return chosen;
  }
  return {};
}

ResolutionTracker::ResolutionTracker(Session& session, const Model& model,
                                     const std::filesystem::path& data,
                                     const std::optional<Rgb>& background, ImageBudget subset,
                                     ImageBudget all)
    : session_(session), model_(model), trained_(model, data, background) {
  trained_.note_if_other(model, data);
  const auto keep = [&](const Collection& found, ImageBudget budget, const char* when,
                        std::vector<Collection>& kept) {
    Collection within = spread_over(model, found, budget);
    if (within.size() < std::min(budget.images, match(model, found).size()))
      notes_.push_back(note_of_budget(found, within, budget, when));
    if (!within.empty()) kept.push_back(std::move(within));
  };
  for (const std::size_t size : other_sizes(model, data)) {
    const Collection found = load_for(model, data, size, background);
    keep(found, subset, "during the training", subset_);
    keep(found, all, "at its end", all_);
  }
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
