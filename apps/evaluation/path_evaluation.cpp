#include "evaluation/path_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "parallel.hpp"
#include "picture_morph.hpp"
#include "printable.hpp"
#include "reference_paths.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t best_count = 8, random_count = 20;

/// PSNR of both ends together; nothing unless both true images have the size of the frames.
std::optional<double> psnr_of_ends(const std::vector<Image>& frames, const Image* a,
                                   const Image* b) {
  double mse = 0;
  for (const auto& [frame, truth] : {std::pair(&frames.front(), a), std::pair(&frames.back(), b)}) {
    if (truth == nullptr || truth->size() != frame->size()) return {};
    mse += mean_squared_error(quantized(*frame), *truth) / 2;
  }
  return psnr_db(mse);
}

/// Scores the paths of one kind between pairs, in even steps at the training size.
class PairScorer {
 public:
  /// `pairs` is how many will be scored, for the progress.
  PairScorer(Session& session, const Model& model, const TrainingImages& truth, PathKind kind,
             std::size_t pairs, DistanceProgress progress)
      : session_(session),
        model_(model),
        truth_(truth),
        kind_(kind),
        steps_(2 * pairs),
        progress_(std::move(progress)) {}

  std::vector<PairScores> scores(const std::vector<ImagePair>& pairs, const PathVisitor& visit) {
    Renderer renderer(session_.memory, model_);
    std::vector<std::vector<Image>> frames(pairs.size());
    // Several morphs are drawn at once, each by one thread. Other paths are decoded one at a time,
    // by all workers of the backend.
    const std::size_t at_once = kind_ == PathKind::morph ? session_.threads : 1;
    for_each_index(pairs.size(), at_once, [&](std::size_t i) {
      const std::size_t first = pairs[i].a;
      Path path(renderer, model_, first, pairs[i].b, {.kind = kind_, .threads = session_.threads});
      frames[i] =
          path.frames(judged_frames, {model_.images[first].size(), training_points(model_, first)});
      if (visit) visit(i, pairs[i], path);
      step();
    });
    std::vector<PairScores> scores(pairs.size());
    for_each_index(pairs.size(), session_.threads, [&](std::size_t i) {
      scores[i] = score(pairs[i], frames[i]);
      step();
    });
    return scores;
  }

 private:
  PairScores score(const ImagePair& pair, const std::vector<Image>& frames) const {
    const Image first = quantized(frames.front()), last = quantized(frames.back());
    const auto score_of = [&](Image (*frame_at)(const Image&, const Image&, double)) {
      return score_path(
          frames_of([&](double t) { return frame_at(first, last, t); }, judged_frames), 1);
    };
    return {
        .pair = pair,
        .path = score_path(frames),
        .others = {score_path(cross_fade(first, last, judged_frames)),
                   score_path(hard_cut(first, last, judged_frames)), score_of(wipe), score_of(iris),
                   score_of(shrink_and_grow), score_of(camouflage), network_free(pair)},
        .psnr_ends_db = psnr_of_ends(frames, truth_.find(pair.a), truth_.find(pair.b))};
  }

  /// The morph of the training images, at its own pace; nothing if they are not at hand.
  std::optional<PathScores> network_free(const ImagePair& pair) const {
    const Image *first = truth_.find(pair.a), *last = truth_.find(pair.b);
    if (first == nullptr || last == nullptr || first->size() != last->size() ||
        first->channels != last->channels)
      return {};
    const PictureMorph morph(*first, *last);
    return score_path(frames_of([&](double t) { return morph.frame(t); }, judged_frames), 1);
  }

  void step() {
    const std::size_t done = ++done_;
    if (progress_) progress_(static_cast<double>(done) / static_cast<double>(steps_));
  }

  Session& session_;
  const Model& model_;
  const TrainingImages& truth_;
  PathKind kind_;
  std::size_t steps_;
  DistanceProgress progress_;
  std::atomic<std::size_t> done_{0};
};

using ScoresOf = std::function<std::optional<PathScores>(const PairScores&)>;

std::optional<PathScores> path_of(const PairScores& pair) { return pair.path; }
ScoresOf reference_of(std::size_t reference) {
  return [=](const PairScores& pair) { return pair.others[reference]; };
}

/// The mean of each figure over the pairs that have scores; nothing if none has.
std::optional<PathScores> mean_scores(const std::vector<PairScores>& pairs, const ScoresOf& of) {
  PathScores mean;
  std::size_t scored = 0;
  for (const PairScores& pair : pairs) {
    const std::optional<PathScores> scores = of(pair);
    if (!scores) continue;
    ++scored;
    for (const PathFigure& figure : path_figures) mean.*figure.value += (*scores).*figure.value;
  }
  if (scored == 0) return {};
  for (const PathFigure& figure : path_figures) mean.*figure.value /= static_cast<double>(scored);
  return mean;
}

ordered_json pair_names(const Model& model, const ImagePair& pair) {
  return {model.images[pair.a].name, model.images[pair.b].name};
}

std::optional<double> mean_psnr_ends(const std::vector<PairScores>& pairs) {
  double sum = 0;
  std::size_t known = 0;
  for (const PairScores& pair : pairs)
    if (pair.psnr_ends_db) {
      sum += *pair.psnr_ends_db;
      ++known;
    }
  if (known == 0) return {};
  return sum / static_cast<double>(known);
}

/// The figures of a path, and the PSNR of its ends, which is the same for all kinds of path.
ordered_json to_json(const PathScores& scores, const std::optional<double>& psnr_ends_db) {
  ordered_json object = chorus::app::to_json(scores);
  object["psnr_ends"] = psnr_ends_db ? ordered_json(*psnr_ends_db) : ordered_json();
  return object;
}

ordered_json to_json(const Model& model, const std::vector<PairScores>& pairs) {
  ordered_json names = ordered_json::array(), each = ordered_json::array();
  for (const PairScores& pair : pairs) {
    names.push_back(pair_names(model, pair.pair));
    ordered_json figures_of_pair = {{"pair", names.back()}};
    figures_of_pair.update(to_json(pair.path, pair.psnr_ends_db));
    for (std::size_t k = 0; k < references.size(); ++k)
      if (pair.others[k])
        figures_of_pair[references[k]] = to_json(*pair.others[k], pair.psnr_ends_db);
    each.push_back(std::move(figures_of_pair));
  }
  const std::optional<double> psnr_ends = mean_psnr_ends(pairs);
  ordered_json group = {{"pairs", std::move(names)}};
  group.update(to_json(*mean_scores(pairs, path_of), psnr_ends));
  for (std::size_t k = 0; k < references.size(); ++k)
    if (const auto mean = mean_scores(pairs, reference_of(k)))
      group[references[k]] = to_json(*mean, psnr_ends);
  group["per_pair"] = std::move(each);
  return group;
}

void print_row(const std::string& title, std::size_t width, const PathScores& scores) {
  fmt::print(
      "{:<{}} {:>6.3f} {:>8.3f} {:>6.3f} {:>8.3f} {:>7.4f} {:>8.2f} {:>8.2f} {:>6.2f} {:>6.2f}\n",
      title, width, scores.length, scores.step_max_over_mean, scores.flat_share, scores.entropy,
      scores.ghost, scores.monotone, scores.contrast, scores.permanence, scores.popped);
}

void print_group(const Model& model, const std::string& title,
                 const std::vector<PairScores>& pairs) {
  const std::optional<double> psnr_ends = mean_psnr_ends(pairs);
  fmt::print("\n{}{}\n", title,
             psnr_ends ? fmt::format(" (ends: {:.2f} dB)", *psnr_ends) : std::string());
  std::vector<std::string> titles;
  std::size_t width = 23;
  for (const PairScores& pair : pairs) {
    titles.push_back(fmt::format("{} - {}", printable(model.images[pair.pair.a].name),
                                 printable(model.images[pair.pair.b].name)));
    width = std::max(width, titles.back().size());
  }
  fmt::print("{:<{}} {:>6} {:>8} {:>6} {:>8} {:>7} {:>8} {:>8} {:>6} {:>6}\n", "pair", width,
             "length", "max/mean", "flat", "entropy", "ghost", "monotone", "contrast", "perm.",
             "popped");
  for (std::size_t k = 0; k < pairs.size(); ++k) print_row(titles[k], width, pairs[k].path);
  if (const auto mean = mean_scores(pairs, path_of)) print_row("mean", width, *mean);
  for (std::size_t k = 0; k < references.size(); ++k)
    if (const auto mean = mean_scores(pairs, reference_of(k)))
      print_row(fmt::format("mean of {}", references[k]), width, *mean);
}

}  // namespace

PathEvaluation evaluate_paths(Session& session, const Model& model, const TestData& data,
                              const PathSelection& selection, const PathWatch& watch) {
  const std::size_t images = model.images.size();
  if (images < 2) throw Error(fmt::format("a path needs two images; the model has {}", images));
  const TrainingImages truth(model, data.folder, data.background);
  const auto progress = [&](const char* what) {
    return watch.progress ? show_fraction(what) : DistanceProgress();
  };
  const std::vector<ImagePair> best =
      best_pairs(session.memory, model, best_count, selection.measure, session.threads,
                 progress("images compared"));
  const std::vector<ImagePair> random = random_pairs(images, random_count, selection.seed);
  PairScorer scorer(session, model, truth, selection.path, best.size() + random.size(),
                    progress("paths evaluated"));
  return {.selection = selection,
          .best = scorer.scores(best, watch.best),
          .random = scorer.scores(random, watch.random),
          .known_truth = score_known_truth(session, model, data, selection.path),
          .taught = evaluate_taught(session, model, selection.taught.value_or(model.paths), truth,
                                    progress("taught paths evaluated"))};
}

ordered_json to_json(const PathScores& scores) {
  ordered_json object;
  for (const PathFigure& figure : path_figures) object[figure.key] = scores.*figure.value;
  return object;
}

ordered_json to_json(const Model& model, const PathEvaluation& evaluation) {
  ordered_json object = {{"path", std::string(name(evaluation.selection.path))},
                         {"frames", judged_frames},
                         {"measure", std::string(name(evaluation.selection.measure))}};
  object.update(to_json(model, evaluation.best));
  object["random"] = {{"seed", evaluation.selection.seed}};
  object["random"].update(to_json(model, evaluation.random));
  object["known_truth"] = to_json(evaluation.known_truth);
  if (evaluation.taught.trained.pairs > 0) object["taught"] = to_json(evaluation.taught);
  return object;
}

void print_paths(const Model& model, const PathEvaluation& evaluation) {
  print_group(model,
              fmt::format("Paths ({}) between the most similar pairs by {}",
                          name(evaluation.selection.path), name(evaluation.selection.measure)),
              evaluation.best);
  print_group(model,
              fmt::format("Paths ({}) between random pairs (seed {})",
                          name(evaluation.selection.path), evaluation.selection.seed),
              evaluation.random);
  print_taught(evaluation.taught);
  print_known_truth(evaluation.known_truth);
}

}  // namespace chorus::app
