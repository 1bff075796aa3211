#include "evaluation/taught_paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/path.hpp"
#include "evaluation/path_evaluation.hpp"
#include "mix.hpp"
#include "parallel.hpp"
#include "path_names.hpp"
#include "picture_morph.hpp"
#include "printable.hpp"
#include "reference_paths.hpp"
#include "support/model_data.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_pairs = 16;
constexpr const char* morph_key = "network_free";
constexpr std::array compared_kinds = {PathKind::linear, PathKind::spherical, PathKind::learned,
                                       PathKind::morph};

/// A path in one pair, or the sums over a group.
struct Sum {
  double mse = 0;
  PathScores scores;
  void add(const Sum& other) {
    mse += other.mse;
    for (const PathFigure& figure : path_figures)
      scores.*figure.value += other.scores.*figure.value;
  }
};
using Sums = std::map<std::string, Sum>;

std::vector<TaughtPairs::Pair> some_of(const std::vector<TaughtPairs::Pair>& pairs) {
  const std::size_t count = std::min(pairs.size(), most_pairs);
  std::vector<TaughtPairs::Pair> some;
  for (std::size_t k = 0; k < count; ++k) some.push_back(pairs[k * pairs.size() / count]);
  return some;
}

/// Moments half-way between those that were trained.
std::vector<double> untrained_moments(std::size_t frames) {
  std::vector<double> moments;
  for (std::size_t k = 0; k <= frames; ++k)
    moments.push_back((static_cast<double>(k) + 0.5) / static_cast<double>(frames + 1));
  return moments;
}

class TaughtScorer {
 public:
  TaughtScorer(Session& session, const Model& model, const TrainingImages& truth,
               std::size_t frames)
      : session_(session),
        model_(model),
        renderer_(session.memory, model),
        truth_(truth),
        moments_(untrained_moments(frames)) {}

  /// The morph, and what it is compared with. Only the drawing of a morph runs on several threads.
  Sums score(const TaughtPairs::Pair& pair) {
    const auto [a, b] = pair;
    const PictureMorph morph(*truth_.find(a), *truth_.find(b));
    std::vector<Image> truths(moments_.size());
    for_each_index(moments_.size(), session_.threads,
                   [&](std::size_t k) { truths[k] = quantized(morph.frame(moments_[k])); });
    const auto error_of = [&](const std::function<Image(double)>& frame_at) {
      double sum = 0;
      for (std::size_t k = 0; k < moments_.size(); ++k)
        sum += mean_squared_error(quantized(frame_at(moments_[k])), truths[k]);
      return sum / static_cast<double>(moments_.size());
    };
    const Raster raster{model_.images[a].size(),
                        supersample_for(model_, a, model_.images[a].size().longer_side(), 0)};
    Sums sums;
    for (const PathKind kind : compared_kinds) {
      Path own_pace(renderer_, model_, a, b,
                    {.kind = kind, .even = false, .threads = session_.threads});
      // Even steps of a morph take many times as many frames.
      const bool is_even = kind != PathKind::morph;
      Path scored(renderer_, model_, a, b,
                  {.kind = kind, .even = is_even, .threads = session_.threads});
      sums[std::string(name(kind))] = {
          error_of([&](double t) { return own_pace.frame(t, raster); }),
          score_path(scored.frames(judged_frames, raster), 1)};
    }
    const Image first = quantized(renderer_.render(a, raster)),
                last = quantized(renderer_.render(b, raster));
    const auto reference = [&](const char* key, const std::function<Image(double)>& frame_at) {
      sums[key] = {error_of(frame_at), score_path(frames_of(frame_at, judged_frames), 1)};
    };
    reference("crossfade", [&](double t) { return mix(first, last, static_cast<float>(t)); });
    reference("wipe", [&](double t) { return wipe(first, last, t); });
    reference(morph_key, [&](double t) { return morph.frame(t); });
    return sums;
  }

 private:
  Session& session_;
  const Model& model_;
  Renderer renderer_;
  const TrainingImages& truth_;
  std::vector<double> moments_;
};

TaughtGroup mean_of(const std::vector<Sums>& pairs, std::size_t of) {
  TaughtGroup group{pairs.size(), of, {}};
  const auto count = static_cast<double>(pairs.size());
  constexpr std::array rows = {"linear",    "spherical", "learned", "morph",
                               "crossfade", "wipe",      morph_key};
  for (const char* row : rows) {
    Sum sum;
    for (const Sums& pair : pairs) sum.add(pair.at(row));
    for (const PathFigure& figure : path_figures) sum.scores.*figure.value /= count;
    const bool is_truth = std::string_view(row) == morph_key;
    group.paths.push_back(
        {row, is_truth ? std::nullopt : std::optional(psnr_db(sum.mse / count)), sum.scores});
  }
  return group;
}

bool all_known(const std::vector<TaughtPairs::Pair>& pairs, const TrainingImages& truth) {
  for (const auto& [a, b] : pairs)
    if (truth.find(a) == nullptr || truth.find(b) == nullptr) return false;
  return true;
}

ordered_json group_json(const TaughtGroup& group) {
  ordered_json object = {{"pairs", group.pairs}, {"of", group.of}};
  for (const TaughtPathScores& each : group.paths) {
    ordered_json row = chorus::app::to_json(each.mean);
    if (each.psnr_db) row["psnr_morph"] = *each.psnr_db;
    object[each.path] = std::move(row);
  }
  return object;
}

void print_taught_group(const char* title, const TaughtGroup& group) {
  if (group.pairs == 0) return;
  fmt::print("\n{} ({} of {})\n", title, group.pairs, group.of);
  fmt::print("{:<23} {:>9} {:>6} {:>8} {:>6} {:>8} {:>7} {:>6} {:>6}\n", "path", "to morph",
             "length", "max/mean", "flat", "entropy", "ghost", "perm.", "popped");
  for (const TaughtPathScores& each : group.paths) {
    const PathScores& s = each.mean;
    fmt::print("{:<23} {:>9} {:>6.3f} {:>8.3f} {:>6.3f} {:>8.3f} {:>7.4f} {:>6.2f} {:>6.2f}\n",
               each.path, each.psnr_db ? fmt::format("{:.2f} dB", *each.psnr_db) : "-", s.length,
               s.step_max_over_mean, s.flat_share, s.entropy, s.ghost, s.permanence, s.popped);
  }
}

}  // namespace

TaughtEvaluation evaluate_taught(Session& session, const Model& model, const TaughtPairs& taught,
                                 const TrainingImages& truth, const DistanceProgress& progress) {
  const std::vector<TaughtPairs::Pair> trained = some_of(taught.trained),
                                       held_out = some_of(taught.held_out);
  if (trained.empty() || !all_known(trained, truth) || !all_known(held_out, truth)) return {};
  TaughtScorer scorer(session, model, truth, taught.frames);
  std::size_t done = 0;
  const auto scores = [&](const std::vector<TaughtPairs::Pair>& pairs, std::size_t of) {
    std::vector<Sums> sums;
    for (const TaughtPairs::Pair& pair : pairs) {
      sums.push_back(scorer.score(pair));
      if (progress)
        progress(static_cast<double>(++done) /
                 static_cast<double>(trained.size() + held_out.size()));
    }
    return sums.empty() ? TaughtGroup{} : mean_of(sums, of);
  };
  TaughtEvaluation evaluation;
  evaluation.trained = scores(trained, taught.trained.size());
  evaluation.held_out = scores(held_out, taught.held_out.size());
  return evaluation;
}

TaughtPairs taught_pairs_of(const Model& other, const Model& model, const std::string& origin) {
  if (other.paths.trained.empty())
    throw Error(fmt::format("{}: was taught no paths; expected a model of train --paths", origin));
  TaughtPairs pairs = other.paths;
  for (std::vector<TaughtPairs::Pair>* list : {&pairs.trained, &pairs.held_out})
    for (TaughtPairs::Pair& pair : *list)
      for (std::size_t& image : pair) image = find_image(model, other.images[image].name);
  return pairs;
}

ordered_json to_json(const TaughtEvaluation& evaluation) {
  ordered_json object = ordered_json::object();
  if (evaluation.trained.pairs > 0) object["trained"] = group_json(evaluation.trained);
  if (evaluation.held_out.pairs > 0) object["held_out"] = group_json(evaluation.held_out);
  return object;
}

void print_taught(const TaughtEvaluation& evaluation) {
  print_taught_group("Pairs whose paths were taught, against the morph of the training images",
                     evaluation.trained);
  print_taught_group("The same of pairs that were held out", evaluation.held_out);
}

}  // namespace chorus::app
