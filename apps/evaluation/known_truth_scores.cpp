#include "evaluation/known_truth_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "known_truth.hpp"
#include "mix.hpp"
#include "pairs.hpp"
#include "part_design.hpp"
#include "printable.hpp"
#include "reference_paths.hpp"
#include "support/model_data.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

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

/// True frames that the data holds.
class TrueFrames {
 public:
  TrueFrames(const Model& model, const TestData& data) : model_(model), data_(data) {}

  /// The frame of a name at one moment and size; null if it is not there.
  const Image* find(const TruthMoment& moment, const std::string& name, PixelSize size) {
    const auto key = std::pair(std::string(moment.folder), size.longer_side());
    if (frames_.count(key) == 0) frames_[key] = load(key.first, key.second);
    const auto found = frames_[key].find(name);
    return found == frames_[key].end() || found->second.size() != size ? nullptr : &found->second;
  }

 private:
  /// By name; none if the folder or the size does not exist.
  std::map<std::string, Image> load(const std::string& moment, std::size_t size) const {
    const std::filesystem::path folder = data_.folder / moment;
    std::error_code ignored;
    std::map<std::string, Image> frames;
    if (!std::filesystem::is_directory(folder, ignored)) return frames;
    const std::vector<std::size_t> sizes = offered_sizes(folder);
    if (!sizes.empty() && std::find(sizes.begin(), sizes.end(), size) == sizes.end()) return frames;
    const std::optional<std::size_t> chosen = sizes.empty() ? std::nullopt : std::optional(size);
    for (NamedImage& image : load_for(model_, folder, chosen, data_.background))
      frames[image.name] = std::move(image.image);
    return frames;
  }

  const Model& model_;
  const TestData& data_;
  std::map<std::pair<std::string, std::size_t>, std::map<std::string, Image>> frames_;
};

/// A path that is compared with true frames, and its keys in JSON.
struct TruthRow {
  TruthPath path;
  const char *of_middle, *of_quarters;
};
constexpr std::array truth_rows = {
    TruthRow{TruthPath::path, "psnr_mid", "psnr_quarters"},
    TruthRow{TruthPath::cross_fade, "psnr_mid_crossfade", "psnr_quarters_crossfade"},
    TruthRow{TruthPath::line, "psnr_mid_lerp", "psnr_quarters_lerp"},
    TruthRow{TruthPath::wipe, "psnr_mid_wipe", "psnr_quarters_wipe"}};

double error_of(const KnownTruthScore::Errors& errors, TruthPath path) {
  return errors[static_cast<std::size_t>(path)];
}

/// Sums of squared errors over pairs. The PSNR is that of the mean error. Otherwise pairs whose
/// true middle is a cross-fade by definition, with an infinite PSNR, would hide the others.
struct KnownTruthMeans {
  std::size_t pairs = 0, pairs_with_quarters = 0;
  KnownTruthScore::Errors sum{}, sum_of_quarters{};
  void add(const KnownTruthScore& score) {
    ++pairs;
    for (std::size_t k = 0; k < truth_paths; ++k) sum[k] += score.mse[k];
    if (!score.mse_of_quarters) return;
    ++pairs_with_quarters;
    for (std::size_t k = 0; k < truth_paths; ++k) sum_of_quarters[k] += (*score.mse_of_quarters)[k];
  }
  double db(TruthPath path) const {
    return psnr_db(error_of(sum, path) / static_cast<double>(pairs));
  }
  double db_of_quarters(TruthPath path) const {
    return psnr_db(error_of(sum_of_quarters, path) / static_cast<double>(pairs_with_quarters));
  }
  ordered_json to_json() const {
    ordered_json object = {{"pairs", pairs}};
    for (const TruthRow& row : truth_rows) object[row.of_middle] = db(row.path);
    if (pairs_with_quarters > 0)
      for (const TruthRow& row : truth_rows) object[row.of_quarters] = db_of_quarters(row.path);
    return object;
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

}  // namespace

std::size_t training_points(const Model& model, std::size_t image) {
  return supersample_for(model, image, model.images[image].size().longer_side(), 0);
}

std::vector<KnownTruthScore> score_known_truth(Session& session, const Model& model,
                                               const TestData& data, PathKind kind) {
  Renderer renderer(session.memory, model);
  TrueFrames truths(model, data);
  std::vector<KnownTruthScore> scores;
  for (const auto& [end, pair] : known_places(model)) {
    const PixelSize size = model.images[pair.a].size();
    const Raster raster{size, training_points(model, pair.a)};
    if (truths.find(truth_moments[1], end.middle, size) == nullptr) continue;
    // At the paths' own pace the true middle is at t = 0.5, where half of the change is done.
    Path path(renderer, model, pair.a, pair.b,
              {.kind = kind, .even = false, .threads = session.threads});
    Path line(renderer, model, pair.a, pair.b, {.kind = PathKind::linear, .even = false});
    const Image first = quantized(path.frame(0, raster)), last = quantized(path.frame(1, raster));
    KnownTruthScore score{.middle = end.middle, .kind = end.kind, .mse = {}, .mse_of_quarters = {}};
    std::size_t quarters = 0;
    KnownTruthScore::Errors of_quarters{};
    for (const TruthMoment& moment : truth_moments) {
      const Image* truth = truths.find(moment, end.middle, size);
      if (truth == nullptr) continue;
      const auto error = [&](const Image& image) {
        return mean_squared_error(quantized(image), *truth);
      };
      const KnownTruthScore::Errors errors = {error(path.frame(moment.t, raster)),
                                              error(line.frame(moment.t, raster)),
                                              error(mix(first, last, static_cast<float>(moment.t))),
                                              error(wipe(first, last, moment.t))};
      if (moment.t == truth_moments[1].t) {
        score.mse = errors;
      } else {
        ++quarters;
        for (std::size_t k = 0; k < truth_paths; ++k) of_quarters[k] += errors[k] / 2;
      }
    }
    if (quarters == 2) score.mse_of_quarters = of_quarters;
    scores.push_back(std::move(score));
  }
  return scores;
}

ordered_json to_json(const std::vector<KnownTruthScore>& scores) {
  if (scores.empty()) return {{"pairs", 0}};
  const KnownTruthSummary summary(scores);
  ordered_json object = summary.all.to_json();
  for (const auto& [kind, means] : summary.by_kind) object["by_kind"][kind] = means.to_json();
  for (const KnownTruthScore& score : scores) {
    ordered_json pair = {{"name", score.middle}, {"kind", score.kind}};
    for (const TruthRow& row : truth_rows)
      pair[row.of_middle] = psnr_db(error_of(score.mse, row.path));
    if (score.mse_of_quarters)
      for (const TruthRow& row : truth_rows)
        pair[row.of_quarters] = psnr_db(error_of(*score.mse_of_quarters, row.path));
    object["per_pair"].push_back(std::move(pair));
  }
  return object;
}

void print_known_truth(const std::vector<KnownTruthScore>& scores) {
  if (scores.empty()) return;
  const KnownTruthSummary summary(scores);
  const bool quarters = summary.all.pairs_with_quarters > 0;
  fmt::print("\nPairs whose true middle is known (PSNR of the middle, pooled{})\n",
             quarters ? "; behind a slash of t = 1/4 and 3/4" : "");
  fmt::print("{:<20} {:>6} {:>16} {:>16} {:>16} {:>16}\n", "kind", "pairs", "path", "cross-fade",
             "latent mean", "wipe");
  const auto print = [](const std::string& kind, const KnownTruthMeans& means) {
    fmt::print("{:<20} {:>6}", printable(kind), means.pairs);
    for (const TruthRow& row : truth_rows)
      fmt::print(" {:>16}", means.pairs_with_quarters > 0
                                ? fmt::format("{:.2f} / {:.2f} dB", means.db(row.path),
                                              means.db_of_quarters(row.path))
                                : fmt::format("{:.2f} dB", means.db(row.path)));
    fmt::print("\n");
  };
  for (const auto& [kind, means] : summary.by_kind) print(kind, means);
  print("all", summary.all);
}

}  // namespace chorus::app
