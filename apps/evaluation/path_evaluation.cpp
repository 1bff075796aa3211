#include "evaluation/path_evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "known_truth.hpp"
#include "parallel.hpp"
#include "printable.hpp"
#include "support/model_data.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t best_count = 8, random_count = 20;

/// A figure that describes a path, and its key in JSON.
struct Figure {
  const char* key;
  double PathScores::*value;
};
constexpr std::array figures = {Figure{"length", &PathScores::length},
                                Figure{"step_max_over_mean", &PathScores::step_max_over_mean},
                                Figure{"flat_share", &PathScores::flat_share},
                                Figure{"entropy", &PathScores::entropy},
                                Figure{"ghost", &PathScores::ghost},
                                Figure{"monotone", &PathScores::monotone}};

/// The paths with which a path is compared.
struct Reference {
  const char* key;
  PathScores PairScores::*scores;
};
constexpr std::array references = {Reference{"crossfade", &PairScores::cross_fade},
                                   Reference{"hard_cut", &PairScores::hard_cut}};

std::size_t training_points(const Model& model, std::size_t image) {
  return supersample_for(model, image, model.images[image].size().longer_side(), 0);
}

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

/// A pair of the model's images that are the two ends of a known middle.
struct KnownPlace {
  KnownEnd end;
  ImagePair pair;
};

std::vector<KnownPlace> known_places(const Model& model) {
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < model.images.size(); ++i) place[model.images[i].name] = i;
  std::vector<KnownPlace> known;
  for (const auto& [name, image] : place) {
    const std::optional<KnownEnd> end = parse_known_end(name);
    if (!end || !name.ends_with(".a") || place.count(end->other) == 0) continue;
    known.push_back({*end, {image, place.at(end->other), 0}});
  }
  return known;
}

/// The middles that the data holds at a size, by name; none if the folder or the size does not
/// exist.
std::map<std::string, Image> load_middles(const Model& model, const TestData& data,
                                          std::size_t size) {
  const std::filesystem::path folder = data.folder / "middle";
  std::error_code ignored;
  std::map<std::string, Image> middles;
  if (!std::filesystem::is_directory(folder, ignored)) return middles;
  const std::vector<std::size_t> sizes = offered_sizes(folder);
  if (!sizes.empty() && std::find(sizes.begin(), sizes.end(), size) == sizes.end()) return middles;
  const std::optional<std::size_t> chosen = sizes.empty() ? std::nullopt : std::optional(size);
  for (NamedImage& image : load_for(model, folder, chosen, data.background))
    middles[image.name] = std::move(image.image);
  return middles;
}

std::vector<KnownTruthScore> score_known_truth(Session& session, const Model& model,
                                               const TestData& data, PathKind kind) {
  Renderer renderer(session.memory, model);
  std::map<std::size_t, std::map<std::string, Image>> middles;  // by size
  std::vector<KnownTruthScore> scores;
  for (const auto& [end, pair] : known_places(model)) {
    const PixelSize size = model.images[pair.a].size();
    const std::size_t side = size.longer_side();
    if (middles.count(side) == 0) middles[side] = load_middles(model, data, side);
    const auto truth = middles[side].find(end.middle);
    if (truth == middles[side].end() || truth->second.size() != size) continue;
    const std::size_t points = training_points(model, pair.a);
    // At the paths' own pace the true middle is at t = 0.5, where half of the change is done.
    Path path(renderer, model, pair.a, pair.b,
              {.kind = kind, .even = false, .threads = session.threads});
    Path line(renderer, model, pair.a, pair.b, {.kind = PathKind::linear, .even = false});
    const std::vector<Image> frames = path.frames(3, {size, points});
    const auto error = [&](const Image& image) {
      return mean_squared_error(quantized(image), truth->second);
    };
    scores.push_back(
        {.middle = end.middle,
         .kind = end.kind,
         .mse = error(frames[1]),
         .mse_cross_fade = error(cross_fade(quantized(frames[0]), quantized(frames[2]), 3)[1]),
         .mse_lerp = error(line.frame(0.5, {size, points}))});
  }
  return scores;
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
    return {.pair = pair,
            .path = score_path(frames),
            .cross_fade = score_path(cross_fade(first, last, judged_frames)),
            .hard_cut = score_path(hard_cut(first, last, judged_frames)),
            .psnr_ends_db = psnr_of_ends(frames, truth_.find(pair.a), truth_.find(pair.b))};
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
    for (const Reference& reference : references)
      figures_of_pair[reference.key] = to_json(pair.*reference.scores, pair.psnr_ends_db);
    each.push_back(std::move(figures_of_pair));
  }
  const std::optional<double> psnr_ends = mean_psnr_ends(pairs);
  ordered_json group = {{"pairs", std::move(names)}};
  group.update(to_json(mean_scores(pairs, &PairScores::path), psnr_ends));
  for (const Reference& reference : references)
    group[reference.key] = to_json(mean_scores(pairs, reference.scores), psnr_ends);
  group["per_pair"] = std::move(each);
  return group;
}

/// Sums of squared errors over pairs. The PSNR is that of the mean error. Otherwise pairs whose
/// true middle is a cross-fade by definition, with an infinite PSNR, would hide the others.
struct KnownTruthMeans {
  std::size_t pairs = 0;
  double mse = 0, mse_cross_fade = 0, mse_lerp = 0;
  void add(const KnownTruthScore& score) {
    ++pairs;
    mse += score.mse;
    mse_cross_fade += score.mse_cross_fade;
    mse_lerp += score.mse_lerp;
  }
  double db(double sum) const { return psnr_db(sum / static_cast<double>(pairs)); }
  ordered_json to_json() const {
    return {{"pairs", pairs},
            {"psnr_mid", db(mse)},
            {"psnr_mid_crossfade", db(mse_cross_fade)},
            {"psnr_mid_lerp", db(mse_lerp)}};
  }
};

struct KnownTruthSummary {
  explicit KnownTruthSummary(const std::vector<KnownTruthScore>& scores) {
    for (const KnownTruthScore& score : scores) {
      all.add(score);
      by_kind[score.kind].add(score);
    }
  }
  KnownTruthMeans all;
  std::map<std::string, KnownTruthMeans> by_kind;
};

ordered_json to_json(const std::vector<KnownTruthScore>& scores) {
  if (scores.empty()) return {{"pairs", 0}};
  const KnownTruthSummary summary(scores);
  ordered_json object = summary.all.to_json();
  for (const auto& [kind, means] : summary.by_kind) object["by_kind"][kind] = means.to_json();
  for (const KnownTruthScore& score : scores)
    object["per_pair"].push_back({{"name", score.middle},
                                  {"kind", score.kind},
                                  {"psnr_mid", psnr_db(score.mse)},
                                  {"psnr_mid_crossfade", psnr_db(score.mse_cross_fade)},
                                  {"psnr_mid_lerp", psnr_db(score.mse_lerp)}});
  return object;
}

void print_row(const std::string& title, std::size_t width, const PathScores& scores) {
  fmt::print("{:<{}} {:>6.3f} {:>8.3f} {:>6.3f} {:>8.3f} {:>7.4f} {:>8.2f}\n", title, width,
             scores.length, scores.step_max_over_mean, scores.flat_share, scores.entropy,
             scores.ghost, scores.monotone);
}

void print_group(const Model& model, const std::string& title,
                 const std::vector<PairScores>& pairs) {
  const std::optional<double> psnr_ends = mean_psnr_ends(pairs);
  fmt::print("\n{}{}\n", title,
             psnr_ends ? fmt::format(" (ends: {:.2f} dB)", *psnr_ends) : std::string());
  std::vector<std::string> titles;
  std::size_t width = 20;
  for (const PairScores& pair : pairs) {
    titles.push_back(fmt::format("{} - {}", printable(model.images[pair.pair.a].name),
                                 printable(model.images[pair.pair.b].name)));
    width = std::max(width, titles.back().size());
  }
  fmt::print("{:<{}} {:>6} {:>8} {:>6} {:>8} {:>7} {:>8}\n", "pair", width, "length", "max/mean",
             "flat", "entropy", "ghost", "monotone");
  for (std::size_t k = 0; k < pairs.size(); ++k) print_row(titles[k], width, pairs[k].path);
  print_row("mean", width, mean_scores(pairs, &PairScores::path));
  print_row("mean of cross-fades", width, mean_scores(pairs, &PairScores::cross_fade));
  print_row("mean of hard cuts", width, mean_scores(pairs, &PairScores::hard_cut));
}

void print_known_truth(const std::vector<KnownTruthScore>& scores) {
  if (scores.empty()) return;
  fmt::print("\nPairs whose true middle is known (PSNR of the middle, pooled)\n");
  fmt::print("{:<20} {:>6} {:>11} {:>11} {:>13}\n", "kind", "pairs", "path", "cross-fade",
             "latent mean");
  const KnownTruthSummary summary(scores);
  const auto print = [](const std::string& kind, const KnownTruthMeans& means) {
    fmt::print("{:<20} {:>6} {:>8.2f} dB {:>8.2f} dB {:>10.2f} dB\n", printable(kind), means.pairs,
               means.db(means.mse), means.db(means.mse_cross_fade), means.db(means.mse_lerp));
  };
  for (const auto& [kind, means] : summary.by_kind) print(kind, means);
  print("all", summary.all);
}

}  // namespace

PathScores mean_scores(const std::vector<PairScores>& pairs, PathScores PairScores::*which) {
  PathScores mean;
  for (const PairScores& pair : pairs)
    for (const Figure& figure : figures)
      mean.*figure.value += (pair.*which).*figure.value / static_cast<double>(pairs.size());
  return mean;
}

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
          .known_truth = score_known_truth(session, model, data, selection.path)};
}

ordered_json to_json(const PathScores& scores) {
  ordered_json object;
  for (const Figure& figure : figures) object[figure.key] = scores.*figure.value;
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
  print_known_truth(evaluation.known_truth);
}

}  // namespace chorus::app
