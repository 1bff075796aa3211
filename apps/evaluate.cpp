#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "chorus/printable.hpp"
#include "commands.hpp"
#include "scoring.hpp"
#include "session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// The collections to evaluate on: one for each size asked for, or each that the data offers; a
/// flat folder counts as one.
std::vector<Collection> load_sizes(const EvaluateOptions& options) {
  std::vector<std::size_t> sizes = options.sizes;
  if (sizes.empty()) sizes = available_sizes(options.data);
  std::vector<Collection> collections;
  LoadOptions load;
  load.background = options.background;
  if (sizes.empty()) collections.push_back(load_collection(options.data, load));
  for (const std::size_t size : sizes) {
    load.size = size;
    collections.push_back(load_collection(options.data, load));
  }
  return collections;
}

/// Scores by size; images of a flat folder may be of several sizes.
void score_collection(Renderer& renderer, const Model& model, const Collection& data,
                      std::size_t supersample, std::map<std::size_t, SizeScores>& by_size) {
  const std::vector<Matched> matched = match(model, data);
  if (matched.size() < model.images.size() || matched.size() < data.size())
    fmt::print(stderr, "note: {} images are in both the model ({}) and the data ({})\n",
               matched.size(), model.images.size(), data.size());
  for (const auto& [model_image, data_image] : matched) {
    const Image& truth = data[data_image].image;
    const std::size_t size = std::max(truth.width, truth.height);
    SizeScores& scores = by_size[size];
    scores.size = size;
    scores.images.push_back(
        score_image(renderer, model, model_image, truth,
                    supersample_for(model.images[model_image], size, supersample)));
  }
}

ordered_json to_json(const SizeScores& scores) {
  ordered_json images = ordered_json::array();
  for (const ImageScore& image : scores.images)
    images.push_back({{"name", image.name}, {"psnr", image.psnr_db}, {"ssim", image.ssim}});
  const PsnrSummary psnr = scores.psnr();
  return {{"size", scores.size},
          {"psnr_mean", psnr.mean_db},
          {"psnr_pooled", psnr.pooled_db},
          {"ssim_mean", scores.ssim_mean()},
          {"images", std::move(images)}};
}

/// On kept and on held-out pixels, at the training size; nothing if the model holds out none.
std::optional<HeldOutScores> held_out_scores(const std::map<std::size_t, SizeScores>& by_size) {
  std::vector<ImageScore> all;
  for (const auto& entry : by_size)
    all.insert(all.end(), entry.second.images.begin(), entry.second.images.end());
  return held_out_scores(all);
}

void print(const HeldOutScores& scores) {
  fmt::print(
      "Held-out pixels: {:.2f} dB pooled, {:.2f} dB mean, SSIM {:.4f}; kept pixels: {:.2f} "
      "dB pooled, {:.2f} dB mean, SSIM {:.4f} ({} images)\n",
      scores.held_out.pooled_db, scores.held_out.mean_db, scores.ssim_held_out,
      scores.kept.pooled_db, scores.kept.mean_db, scores.ssim_kept, scores.images);
}

void print_table(const std::map<std::size_t, SizeScores>& by_size) {
  fmt::print("{:>6} {:>7} {:>11} {:>13} {:>7}   {}\n", "size", "images", "PSNR mean", "PSNR pooled",
             "SSIM", "worst image");
  for (const auto& [size, scores] : by_size) {
    const PsnrSummary psnr = scores.psnr();
    const auto worst = std::min_element(
        scores.images.begin(), scores.images.end(),
        [](const ImageScore& a, const ImageScore& b) { return a.psnr_db < b.psnr_db; });
    fmt::print("{:>6} {:>7} {:>8.2f} dB {:>10.2f} dB {:>7.4f}   {} ({:.2f} dB)\n", size,
               scores.images.size(), psnr.mean_db, psnr.pooled_db, scores.ssim_mean(),
               printable(worst->name), worst->psnr_db);
  }
}

}  // namespace

void evaluate(const EvaluateOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  Renderer renderer(session.memory, model);
  std::map<std::size_t, SizeScores> by_size;
  for (const Collection& data : load_sizes(options))
    score_collection(renderer, model, data, options.supersample, by_size);
  const std::optional<HeldOutScores> held_out = held_out_scores(by_size);
  if (!options.json) {
    print_table(by_size);
    if (held_out) print(*held_out);
    return;
  }

  ordered_json sizes = ordered_json::array();
  for (const auto& entry : by_size) sizes.push_back(to_json(entry.second));
  ordered_json result = {{"model", options.model.string()}, {"sizes", std::move(sizes)}};
  if (held_out) {
    result["held_out"] = app::to_json(*held_out);
    result["held_out"]["fraction"] = model.split.pixels;
  }
  fmt::print("{}\n", result.dump(1, ' ', false, ordered_json::error_handler_t::replace));
}

}  // namespace chorus::app
