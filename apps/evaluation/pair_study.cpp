#include "evaluation/pair_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "files.hpp"
#include "parallel.hpp"
#include "parse_json.hpp"
#include "ranking.hpp"
#include "split.hpp"
#include "support/fingerprint.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t study_frames = 9;
constexpr std::size_t study_best_pairs = 8;

/// A pair and the scores of its path.
struct ScoredPair {
  ImagePair pair;
  PathScores scores;
};

std::vector<ImagePair> studied_pairs(const Model& model, const PairStudySettings& settings) {
  const std::size_t images = model.images.size(), all = images * (images - 1) / 2;
  std::vector<ImagePair> pairs =
      random_pairs(images, settings.sample == 0 ? all : settings.sample, settings.seed);
  std::sort(pairs.begin(), pairs.end(), [](const ImagePair& x, const ImagePair& y) {
    return std::pair(x.a, x.b) < std::pair(y.a, y.b);
  });
  return pairs;
}

std::vector<Image> decoded_frames(Renderer& renderer, const Model& model, const ImagePair& pair,
                                  PathKind kind, std::size_t threads) {
  Path path(renderer, model, pair.a, pair.b, {.kind = kind, .even = false, .threads = threads});
  return path.frames(study_frames, {model.images[pair.a].size()});
}

std::vector<ScoredPair> score_all(Session& session, const Model& model,
                                  const PairStudySettings& settings,
                                  const std::function<void(double)>& progress) {
  const std::vector<ImagePair> pairs = studied_pairs(model, settings);
  const std::size_t at_once = 16 * session.threads;  // keeps few frames in memory
  Renderer renderer(session.memory, model);
  std::vector<ScoredPair> scored;
  scored.reserve(pairs.size());
  for (const ImagePair& pair : pairs) scored.push_back({pair, {}});
  for (std::size_t first = 0; first < pairs.size(); first += at_once) {
    const std::size_t count = std::min(at_once, pairs.size() - first);
    std::vector<std::vector<Image>> frames;
    for (std::size_t i = first; i < first + count; ++i)
      frames.push_back(decoded_frames(renderer, model, pairs[i], settings.path, session.threads));
    for_each_index(count, session.threads,
                   [&](std::size_t i) { scored[first + i].scores = score_path(frames[i], 1); });
    progress(static_cast<double>(first + count) / static_cast<double>(pairs.size()));
  }
  return scored;
}

// --- the file beside the model ------------------------------------------------------------------

std::string checksum(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  Fingerprint fingerprint;
  fingerprint.add(bytes.data(), bytes.size());
  return fingerprint.hex();
}

std::filesystem::path cache_file(const PairStudySettings& settings) {
  std::filesystem::path file = settings.model;
  return file.replace_extension(fmt::format("pairs.{}.json", name(settings.path)));
}

/// All settings on which the scores depend. The version changes with the figures of a path.
ordered_json cache_key(const PairStudySettings& settings) {
  return {{"version", 2},
          {"model", checksum(settings.model)},
          {"path", std::string(name(settings.path))},
          {"sample", settings.sample},
          {"seed", settings.sample == 0 ? 0 : settings.seed}};
}

void write_cache(const PairStudySettings& settings, const ordered_json& key,
                 const std::vector<ScoredPair>& scored) {
  ordered_json rows = ordered_json::array();
  for (const auto& [pair, scores] : scored)
    rows.push_back(
        {pair.a, pair.b, scores.length, scores.flat_share, scores.entropy, scores.ghost});
  const std::string text = ordered_json{{"of", key}, {"pairs", std::move(rows)}}.dump();
  write_atomically(cache_file(settings), [&](std::ostream& stream) { stream << text << "\n"; });
}

/// The content of the file, which is not an object if the file does not exist or holds no JSON.
json stored(const PairStudySettings& settings) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(cache_file(settings), ignored)) return {};
  const std::string text = read_file(cache_file(settings));
  try {
    return parse_json(text, "the file");
  } catch (const Error&) {  // damaged: it is made anew
    return {};
  }
}

/// Returns nothing if there is no file, if it belongs to other settings, or if it is damaged.
std::optional<std::vector<ScoredPair>> read_cache(const Model& model,
                                                  const PairStudySettings& settings,
                                                  const ordered_json& key) {
  const json file = stored(settings);
  if (!file.is_object()) return {};
  try {
    if (file.at("of") != json(key)) return {};
    std::vector<ScoredPair> scored;
    for (const json& row : file.at("pairs")) {
      if (!row.at(0).is_number_unsigned() || !row.at(1).is_number_unsigned()) return {};
      const ImagePair pair{row.at(0), row.at(1), 0};
      if (pair.a >= pair.b || pair.b >= model.images.size()) return {};
      scored.push_back({pair,
                        {.length = row.at(2),
                         .flat_share = row.at(3),
                         .entropy = row.at(4),
                         .ghost = row.at(5)}});
    }
    if (scored.size() != studied_pairs(model, settings).size()) return {};
    return scored;
  } catch (const json::exception&) {
    return {};
  }
}

// --- how well the measures predict the scores ---------------------------------------------------

/// The pairs whose images are both in a part of the collection.
std::vector<ScoredPair> within(const std::vector<ScoredPair>& scored,
                               const std::vector<bool>& part) {
  std::vector<ScoredPair> kept;
  for (const ScoredPair& each : scored)
    if (part[each.pair.a] && part[each.pair.b]) kept.push_back(each);
  return kept;
}

std::vector<double> badness_of(const std::vector<ScoredPair>& scored) {
  std::vector<PathScores> scores;
  scores.reserve(scored.size());
  for (const ScoredPair& each : scored) scores.push_back(each.scores);
  return path_badness(scores);
}

double correlation(const std::vector<ScoredPair>& scored, const DistanceMatrix& distances) {
  std::vector<double> distance;
  distance.reserve(scored.size());
  for (const ScoredPair& each : scored) distance.push_back(distances[each.pair.a][each.pair.b]);
  return rank_correlation(distance, badness_of(scored));
}

/// The mean badness of the best pairs in a part of the collection; NaN unless all its pairs were
/// scored.
double badness_of_best(const std::vector<ScoredPair>& scored, const DistanceMatrix& distances,
                       const std::vector<bool>& part) {
  std::vector<std::size_t> images;
  for (std::size_t i = 0; i < part.size(); ++i)
    if (part[i]) images.push_back(i);
  if (scored.size() != images.size() * (images.size() - 1) / 2)
    return std::numeric_limits<double>::quiet_NaN();
  DistanceMatrix inner(images.size(), std::vector<double>(images.size()));
  for (std::size_t i = 0; i < images.size(); ++i)
    for (std::size_t j = 0; j < images.size(); ++j) inner[i][j] = distances[images[i]][images[j]];
  const std::vector<ImagePair> best = closest_disjoint_pairs(inner, study_best_pairs);
  const std::vector<double> badness = badness_of(scored);
  double sum = 0;
  for (const ImagePair& pair : best)
    for (std::size_t k = 0; k < scored.size(); ++k)
      if (scored[k].pair.a == images[pair.a] && scored[k].pair.b == images[pair.b])
        sum += badness[k];
  return sum / static_cast<double>(best.size());
}

/// The distances between the images of the scored pairs; 0 for all others.
DistanceMatrix distances_of(const std::vector<ScoredPair>& scored, std::size_t images,
                            ImageDistances& similarities, DistanceMeasure measure) {
  if (2 * scored.size() == images * (images - 1)) return similarities.distances(measure);
  DistanceMatrix distances(images, std::vector<double>(images));
  for (const auto& [pair, scores] : scored)
    distances[pair.a][pair.b] = distances[pair.b][pair.a] =
        similarities.distance(pair.a, pair.b, measure);
  return distances;
}

PairStudy study_of(Session& session, const Model& model, const PairStudySettings& settings,
                   const std::vector<ScoredPair>& scored) {
  const std::vector<bool> held_out = held_out_images(settings.seed, model.images.size(), 0.5);
  std::vector<bool> choosing = held_out;
  choosing.flip();
  const std::vector<ScoredPair> one = within(scored, choosing), other = within(scored, held_out);
  PairStudy study{settings.path,           scored.size(), one.size(), other.size(), {},
                  default_distance_measure};
  ImageDistances similarities(session.memory, model, session.threads);
  double most = -2;
  for (const DistanceMeasure measure : all_distance_measures) {
    const DistanceMatrix distances =
        distances_of(scored, model.images.size(), similarities, measure);
    study.measures.push_back({.measure = measure,
                              .choosing = correlation(one, distances),
                              .held_out = correlation(other, distances),
                              .all = correlation(scored, distances),
                              .best_held_out = badness_of_best(other, distances, held_out)});
    if (study.measures.back().choosing <= most) continue;
    most = study.measures.back().choosing;
    study.chosen = measure;
  }
  return study;
}

}  // namespace

PairStudy study_pairs(Session& session, const Model& model, const PairStudySettings& settings,
                      const std::function<void(double)>& progress) {
  if (model.images.size() < 4)
    throw Error(
        fmt::format("a study of pairs needs four images; the model has {}", model.images.size()));
  const ordered_json key = cache_key(settings);
  std::optional<std::vector<ScoredPair>> scored = read_cache(model, settings, key);
  if (!scored) {
    scored = score_all(session, model, settings, progress);
    write_cache(settings, key, *scored);
  }
  return study_of(session, model, settings, *scored);
}

std::optional<PairStudy> stored_study(Session& session, const Model& model,
                                      const std::filesystem::path& model_file, PathKind path) {
  PairStudySettings settings{.model = model_file, .path = path};
  const json file = stored(settings);
  const json::json_pointer sample("/of/sample"), seed("/of/seed");
  if (model.images.size() < 4 || !file.contains(sample) || !file.contains(seed)) return {};
  if (!file[sample].is_number_unsigned() || !file[seed].is_number_unsigned()) return {};
  settings.sample = file[sample];
  if (settings.sample != 0) settings.seed = file[seed];
  const std::optional<std::vector<ScoredPair>> scored =
      read_cache(model, settings, cache_key(settings));
  if (!scored) return {};
  return study_of(session, model, settings, *scored);
}

ordered_json to_json(const PairStudy& study) {
  ordered_json measures;
  for (const MeasureStudy& each : study.measures)
    measures[std::string(name(each.measure))] = {{"choosing", each.choosing},
                                                 {"held_out", each.held_out},
                                                 {"all", each.all},
                                                 {"best_held_out", each.best_held_out}};
  return {{"path", std::string(name(study.path))},   {"pairs", study.pairs},
          {"choosing_pairs", study.choosing_pairs},  {"held_out_pairs", study.held_out_pairs},
          {"rank_correlation", std::move(measures)}, {"chosen", std::string(name(study.chosen))}};
}

void print_study(const PairStudy& study) {
  fmt::print(
      "Rank correlation of each measure with how bad the path ({}) is, over {} pairs; {} of them "
      "within the half of the images that chooses, {} within the other\n\n",
      name(study.path), study.pairs, study.choosing_pairs, study.held_out_pairs);
  fmt::print("{:<14} {:>9} {:>9} {:>9}   {}\n", "measure", "choosing", "held out", "all pairs",
             "badness of its best pairs, held out (0.5: chance)");
  for (const MeasureStudy& each : study.measures)
    fmt::print("{:<14} {:>9.3f} {:>9.3f} {:>9.3f}   {}\n", name(each.measure), each.choosing,
               each.held_out, each.all,
               std::isnan(each.best_held_out) ? "-" : fmt::format("{:.3f}", each.best_held_out));
  fmt::print("\nThe choosing half chooses {}.\n", name(study.chosen));
}

}  // namespace chorus::app
