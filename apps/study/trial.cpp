#include "study/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/fit.hpp"
#include "chorus/render.hpp"
#include "parallel.hpp"
#include "printable.hpp"
#include "shuffle.hpp"
#include "split.hpp"
#include "study/jobs.hpp"
#include "support/model_data.hpp"
#include "training/start.hpp"
#include "training/teaching.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// The pixels of an image that a trial scores as held out.
std::vector<bool> scored_pixels(const Trial& trial, const Split& split, std::size_t image,
                                const PixelSize& size) {
  std::vector<bool> mask = held_out_pixels(split, image, size);
  if (trial.validation == 0) return trial.held_out > 0 ? mask : std::vector<bool>{};
  // The choice of more pixels with the same seed contains that of fewer.
  const std::vector<bool> tested = held_out_pixels(split.seed, split.first_image + image,
                                                   size.width, size.height, trial.held_out);
  for (std::size_t p = 0; p < mask.size(); ++p) mask[p] = mask[p] && !tested[p];
  return mask;
}

struct Trained {
  Model model;
  double cpu_s = 0;
  bool has_diverged = false;
};

Trained trained(Session& session, const Trial& trial, const Collection& images) {
  TrainOptions options = trial.train;
  options.hold_out_images = 0;
  options.hold_out_pixels = trial.held_out + (1 - trial.held_out) * trial.validation;
  Start start = fresh_start(session, options, images);
  const std::clock_t began = std::clock();
  double error = 0;
  {
    Trainer trainer(session.memory, start.model, start.images, start.state.config);
    Teaching teaching(start.images, start.model);
    const std::size_t steps = *options.steps;
    for (std::size_t step = 0; step < steps; ++step) {
      stop_if_interrupted();
      const double progress = static_cast<double>(step) / static_cast<double>(steps);
      if (!teaching.is_drawn() && progress >= options.training.taught.from) {
        Renderer renderer(session.memory, start.model);
        teaching.draw(renderer, session.threads, std::numeric_limits<double>::infinity());
        stop_if_interrupted();
        if (teaching.drawings() > 0)
          if (const auto pictures = teaching.pictures(); !pictures.empty()) trainer.teach(pictures);
      }
      trainer.step(progress);
    }
    error = trainer.take_error();
  }
  const double cpu_s = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  return {std::move(start.model), cpu_s, !std::isfinite(error)};
}

/// The score of an image of a model, which has the number `image` there.
ImageScore trial_score(Renderer& renderer, const Trial& trial, const Model& model,
                       std::size_t image, const NamedImage& truth) {
  const PixelSize size = truth.image.size();
  const std::size_t points = supersample_for(model, image, size.longer_side(), 0);
  const bool is_trained_size = size == model.images[image].size();
  return score(
      truth.name, renderer.render(image, {size, points}), truth.image,
      is_trained_size ? scored_pixels(trial, model.split, image, size) : std::vector<bool>{});
}

std::vector<ImageScore> trial_scores(Session& session, const Trial& trial, const Model& model,
                                     const Collection& truths) {
  Renderer renderer(session.memory, model);
  std::vector<ImageScore> scores(truths.size());
  for_each_index(truths.size(), session.threads, [&](std::size_t i) {
    scores[i] = trial_score(renderer, trial, model, i, truths[i]);
  });
  return scores;
}

TrialResult run_joint(Session& session, const Trial& trial, const StudyImages& images,
                      bool with_largest) {
  Trained done = trained(session, trial, images.training);
  TrialResult result{{}, {}, std::move(done.model), done.cpu_s, *trial.train.steps};
  result.has_diverged = done.has_diverged;
  if (result.has_diverged) return result;
  result.training = trial_scores(session, trial, *result.model, images.training);
  if (with_largest) result.largest = trial_scores(session, trial, *result.model, images.largest);
  return result;
}

/// Separate networks have seeds of their own, and with them other held-out pixels; far enough apart
/// not to be those of another seed of the study.
constexpr std::uint64_t seeds_apart = 1'000'003;

/// Each network has one worker, and the networks share the threads.
TrialResult run_separate(Session& session, const Trial& trial, const StudyImages& images,
                         bool with_largest) {
  const std::size_t count = images.training.size();
  TrialResult result;
  result.steps = *trial.train.steps;
  result.training.resize(count);
  if (with_largest) result.largest.resize(images.largest.size());
  std::vector<char> diverged(count);
  BackendChoice alone = trial.train.backend;
  alone.threads = alone.workers = 1;
  const std::clock_t began = std::clock();
  for_each_index(count, session.threads, [&](std::size_t i) {
    Session own(alone);
    const Collection image = {images.training[i]};
    Trial each = trial;
    each.train.training.seed += (i + 1) * seeds_apart;
    const Trained done = trained(own, each, image);
    diverged[i] = done.has_diverged ? 1 : 0;
    if (done.has_diverged) return;
    Renderer renderer(own.memory, done.model);
    result.training[i] = trial_score(renderer, each, done.model, 0, image.front());
    if (with_largest)
      result.largest[i] = trial_score(renderer, each, done.model, 0, images.largest[i]);
  });
  result.cpu_s = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  result.has_diverged = std::ranges::count(diverged, 1) > 0;
  return result;
}

double pooled_training_db(const TrialResult& result) {
  if (result.has_diverged) return -std::numeric_limits<double>::infinity();
  if (const auto pixels = held_out_scores(result.training)) return pixels->kept.pooled_db;
  return MethodScores{"", result.training}.psnr().pooled_db;
}

}  // namespace

StudyImages load_study_images(const TrainOptions& train) {
  StudyImages images;
  images.training = load_images(train.data, train.size, train.background);
  const PixelSize size = images.training.front().image.size();
  for (const NamedImage& each : images.training)
    if (each.image.size().longer_side() != size.longer_side())
      throw Error(fmt::format("{}: {} has {} px and {} {} px; expected images of one size",
                              shown(train.data), printable(images.training.front().name),
                              size.longer_side(), printable(each.name),
                              each.image.size().longer_side()));
  const std::vector<std::size_t> offered = offered_sizes(train.data);
  if (offered.empty() || offered.back() <= size.longer_side()) return images;
  Collection largest = load_images(train.data, offered.back(), train.background);
  StudyImages both;
  both.training.reserve(images.training.size());
  both.largest.reserve(images.training.size());
  for (NamedImage& each : images.training) {
    const auto found = std::ranges::lower_bound(largest, each.name, {}, &NamedImage::name);
    if (found == largest.end() || found->name != each.name) continue;
    both.training.push_back(std::move(each));
    both.largest.push_back(*found);
  }
  if (both.training.empty())
    throw Error(fmt::format("{}: no image has both {} and {} px; expected the same names at both",
                            shown(train.data), size.longer_side(), offered.back()));
  return both;
}

TrainOptions with_chosen_head(TrainOptions train, const Collection& images) {
  Session session(train.backend);
  const SirenConfig network = fresh_start(session, train, images).model.siren.config();
  train.network = network;
  train.head = network.head;
  train.palette_size = network.palette_size;
  train.palette_fields = network.palette_fields;
  return train;
}

ordered_json trial_settings(const StudyOptions& options, const TrainOptions& train,
                            const StudyImages& images) {
  ordered_json checksums = ordered_json::array({data_checksum(images.training)});
  if (!images.largest.empty()) checksums.push_back(data_checksum(images.largest));
  const std::optional<Rgb>& background = options.train.background;
  ordered_json settings = {{"protocol", enum_names<Protocol>.name(options.protocol)},
                           {"limit", limit_to_json(train)},
                           {"pictures", std::move(checksums)},
                           {"size", train.size.value_or(0)},
                           {"background", background ? ordered_json(*background) : ordered_json()},
                           {"network", network_to_json(train)},
                           {"training", training_to_json(train)}};
  settings.update(device_to_json(train.backend));
  return settings;
}

StudyImages chosen_images(const StudyImages& images, const std::vector<std::size_t>& numbers) {
  StudyImages chosen;
  chosen.training.reserve(numbers.size());
  chosen.largest.reserve(images.largest.empty() ? 0 : numbers.size());
  for (const std::size_t i : numbers) {
    chosen.training.push_back(images.training[i]);
    if (!images.largest.empty()) chosen.largest.push_back(images.largest[i]);
  }
  return chosen;
}

std::vector<std::size_t> first_of(const std::vector<std::size_t>& shuffled, std::size_t count) {
  std::vector<std::size_t> first(shuffled.begin(),
                                 shuffled.begin() + static_cast<std::ptrdiff_t>(count));
  std::ranges::sort(first);
  return first;
}

std::vector<std::size_t> shuffled_numbers(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  RandomStream random(seed, Stream::study_subsets);
  shuffle(numbers, random);
  return numbers;
}

TrialResult run_trial(Session& session, const Trial& trial, const StudyImages& images,
                      bool with_largest) {
  with_largest = with_largest && !images.largest.empty();
  return trial.separate ? run_separate(session, trial, images, with_largest)
                        : run_joint(session, trial, images, with_largest);
}

double training_cpu_s(Session& session, const Trial& trial, const Collection& images) {
  return trained(session, trial, images).cpu_s;
}

TrialResult train_to_plateau(Session& session, Trial trial, const StudyImages& images,
                             bool with_largest) {
  constexpr double least_gain_db = 0.5;
  constexpr int most_doublings = 4;
  TrialResult best = run_trial(session, trial, images, with_largest);
  best.converged = false;
  for (int doubling = 0; doubling < most_doublings && !best.converged; ++doubling) {
    trial.train.steps = 2 * *trial.train.steps;
    TrialResult next = run_trial(session, trial, images, with_largest);
    next.converged = pooled_training_db(next) - pooled_training_db(best) < least_gain_db;
    best = std::move(next);
  }
  return best;
}

std::size_t steps_for(const TrainConfig& config, std::size_t images, std::size_t steps) {
  constexpr std::size_t most_images = 256;
  const std::size_t at_once =
      std::min(images, config.images_per_step == 0 ? most_images : config.images_per_step);
  return (steps * images + at_once - 1) / at_once;
}

double held_out_db(const TrialResult& result) {
  if (result.has_diverged) return -std::numeric_limits<double>::infinity();
  const auto scores = held_out_scores(result.training);
  return scores ? scores->held_out.pooled_db : -std::numeric_limits<double>::infinity();
}

ordered_json whole_measures(const std::vector<ImageScore>& training,
                            const std::vector<ImageScore>& largest) {
  ordered_json measures = ordered_json::object();
  const auto add = [&](const std::string& what, const std::vector<ImageScore>& images) {
    if (images.empty()) return;
    const MethodScores scores{"", images};
    measures[what + "_mean"] = scores.psnr().mean_db;
    measures[what + "_pooled"] = scores.psnr().pooled_db;
    measures[what + "_ssim"] = scores.ssim_mean();
  };
  add("training", training);
  add("largest", largest);
  return measures;
}

ordered_json held_out_measures(const std::vector<ImageScore>& training) {
  const auto scores = held_out_scores(training);
  if (!scores) return ordered_json::object();
  return {{"held_out_mean", scores->held_out.mean_db},
          {"held_out_pooled", scores->held_out.pooled_db},
          {"kept_pooled", scores->kept.pooled_db}};
}

ordered_json unseen_measures(Session& session, const Model& model, const Collection& unseen,
                             const std::string& kind) {
  ordered_json measures = ordered_json::object();
  for (const bool with_shifts : {false, true}) {
    FitConfig config;
    if (!with_shifts) config.shift_steps = 0;
    stop_if_interrupted();
    const std::vector<ImageCode> codes = Fitter(session.memory, model, config).fit(unseen);
    const Model fitted = with_images(session.memory, model, unseen, codes);
    const std::vector<ImageScore> scores = trial_scores(session, {}, fitted, unseen);
    measures[kind + (with_shifts ? "_shifts" : "_latent")] =
        MethodScores{"", scores}.psnr().mean_db;
  }
  return measures;
}

}  // namespace chorus::app
