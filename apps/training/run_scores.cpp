#include "training/run_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "chorus/error.hpp"
#include "evaluation/evaluation.hpp"
#include "evaluation/training_images.hpp"
#include "support/processes.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;

/// Decoded now and then, and at the end. A limit on their pixels, because decoding large images
/// would take longer than the training.
constexpr ImageBudget tracked{12, std::size_t{1} << 22}, evaluated_at_end{500, tracked.pixels << 4};
/// At most so many pixels are inpainted before the first step, at 0.1 ms a pixel.
constexpr std::size_t most_inpainted_pixels = std::size_t{1} << 18;

}  // namespace

std::string diverged_message(std::uint64_t step, const TrainConfig& config) {
  return fmt::format(
      "training diverged before step {}: the loss is not a finite number; try a --learning-rate "
      "below {}",
      step, config.rates.base);
}

RunScores::RunScores(const TrainOptions& options, Session& session, SharedCollection& shared,
                     const TrainConfig& config, Progress& bar)
    : session_(session),
      shared_(shared),
      config_(config),
      bar_(bar),
      renderer_(session.memory, shared.own_model()),
      follows_sizes_(!options.track.empty()) {
  if (follows_sizes_)
    in_first([&] {
      tracker_.emplace(session, shared.model(), options.track, options.background, tracked,
                       evaluated_at_end);
    });
}

json RunScores::baselines() {
  // Choosing images to inpaint and bringing them to process 0 is work of all.
  std::optional<Collection> to_inpaint;
  if (shared_.own_model().split.pixels > 0)
    to_inpaint = shared_.gathered_images(
        spread_within(shared_.pixels(), {tracked.images, most_inpainted_pixels}));
  json found = json::object();
  in_first([&] {
    if (tracker_) {
      for (const std::string& note : tracker_->notes()) bar_.print(note);
      found["sizes"] = baselines_by_size(tracker_->score(false, true));
    }
    if (to_inpaint)
      if (json held_out = inpainting_baselines(*to_inpaint); !held_out.empty())
        found["held_out"] = std::move(held_out);
  });
  if (found.empty()) return found;
  return {{"images", std::min(tracked.images, shared_.pixels().size())},
          {"baselines", std::move(found)}};
}

json RunScores::inpainting_baselines(const Collection& subset) {
  const Model& model = shared_.model();
  const TrainingImages none(model, {}, {});
  Scorer scorer(session_, model, &none, 0);
  const std::size_t wanted = std::min(tracked.images, shared_.pixels().size());
  if (subset.size() < wanted)
    bar_.print(
        fmt::format("{} images are inpainted to compare with: {} would have more than {} "
                    "pixels; `chorus evaluate` compares all",
                    subset.empty() ? "No" : fmt::format("Only {}", subset.size()), wanted,
                    most_inpainted_pixels));
  if (subset.empty()) return {};
  scorer.add(subset);
  const SizeScores scores = at_training_sizes(scorer.result());
  return baselines_to_json(scores.network, scores.inpainting, Where::held_out);
}

json RunScores::evaluate(const TrainingMoment& moment, bool at_end) {
  const ImageBudget budget = at_end ? evaluated_at_end : tracked;
  const std::vector<std::size_t> chosen = spread_within(shared_.pixels(), budget);
  const std::size_t count = chosen.size(),
                    wanted = std::min(budget.images, shared_.pixels().size());
  if (count < wanted && !std::exchange(said_fewer_, true))
    bar_.print(fmt::format(
        "{} images are decoded to follow the training: {} would have more than {} pixels",
        count == 0 ? "No" : fmt::format("Only {}", count), wanted, budget.pixels));
  if (count == 0) return json::object();
  const MethodScores scores = decoded_scores(chosen, moment.step);
  if (follows_sizes_) shared_.gather_model();
  json line = json::object();
  in_first([&] { line = line_of(scores, moment, at_end); });
  return line;
}

ImageScore RunScores::decoded_score(std::size_t image, std::uint64_t step) {
  const Model& model = shared_.own_model();
  try {
    return score_image(renderer_, model, image, shared_.own_images()[image].image,
                       model.samples_per_axis);
  } catch (const Error&) {  // colours that are not finite numbers
    throw Error(diverged_message(step, config_));
  }
}

/// The scores of some of all images, decoded by the processes that have them, in process 0.
MethodScores RunScores::decoded_scores(const std::vector<std::size_t>& numbers,
                                       std::uint64_t step) {
  struct Numbers {
    double mse, psnr_db, ssim;
    std::optional<double> alpha_mse;
    PixelScores kept, held_out;
  };
  const std::vector<Numbers> own = together([&] {
    std::vector<Numbers> scores;
    for (const std::size_t i : shared_.own_of(numbers)) {
      const ImageScore score = decoded_score(i, step);
      scores.push_back(
          {score.mse, score.psnr_db, score.ssim, score.alpha_mse, score.kept, score.held_out});
    }
    return scores;
  });
  MethodScores scores;
  for (const Numbers& each : gathered(*processes(), own))
    scores.images.push_back(
        {"", each.mse, each.psnr_db, each.ssim, each.alpha_mse, each.kept, each.held_out});
  return scores;
}

json RunScores::line_of(const MethodScores& scores, const TrainingMoment& moment, bool at_end) {
  const std::size_t count = scores.images.size();
  const PsnrSummary psnr = scores.psnr();
  const std::optional<HeldOutScores> held_out = held_out_scores(scores.images);
  bar_.print(fmt::format(
      "{:7.1f} s  step {:7}  PSNR of {} decoded images: mean {:.2f} dB, "
      "pooled {:.2f} dB{}",
      moment.elapsed_s, moment.step, count, psnr.mean_db, psnr.pooled_db,
      held_out ? fmt::format("; held-out pixels {:.2f} dB", held_out->held_out.pooled_db) : ""));
  json line = {{"step", moment.step},
               {"seconds", moment.elapsed_s},
               {"progress", moment.progress},
               {"images", count},
               {"psnr_mean", psnr.mean_db},
               {"psnr_pooled", psnr.pooled_db},
               {"ssim_mean", scores.ssim_mean()}};
  if (held_out) line["held_out"] = to_json(*held_out);
  if (tracker_) add_resolutions(line, at_end);
  return line;
}

void RunScores::add_resolutions(json& line, bool at_end) {
  const auto before = Clock::now();
  const ScoresBySize scores = tracker_->score(at_end, at_end);
  line["sizes"] = network_by_size(scores);
  if (at_end) line["baselines"] = {{"sizes", baselines_by_size(scores)}};
  seconds_ += seconds_since(before);
  last_sizes_ = line["sizes"];
}

void RunScores::print_resolutions() const {
  for (const auto& [size, scores] : last_sizes_.items())
    bar_.print(fmt::format("  at {:>4} px: {:.2f} dB mean, {:.2f} dB pooled, SSIM {:.4f}", size,
                           scores["psnr_mean"].get<double>(), scores["psnr_pooled"].get<double>(),
                           scores["ssim_mean"].get<double>()));
}

}  // namespace chorus::app
