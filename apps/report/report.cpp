#include "report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <set>

#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "drawn_image.hpp"
#include "evaluation/evaluation.hpp"
#include "files.hpp"
#include "png_file.hpp"
#include "printable.hpp"
#include "report/page.hpp"
#include "report/paths.hpp"
#include "report/shown_scores.hpp"
#include "sheet.hpp"
#include "similarity.hpp"
#include "support/data_url.hpp"
#include "support/model_data.hpp"
#include "training/run_log.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t images_in_group = 3;     ///< best, median and worst
constexpr std::size_t further_images = 15;     ///< for the comparison only
constexpr std::size_t neighbours_shown = 6;    ///< per image, in the map of latents
constexpr std::size_t largest_thumbnail = 48;  ///< pixels

bool is_model(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".safetensors") && !name.ends_with(".state.safetensors");
}

/// The model of a run: the given file, or the only model in the given folder.
fs::path model_of_run(const fs::path& run) {
  if (!fs::is_directory(run)) return run;
  std::vector<fs::path> models;
  for (const auto& entry : fs::directory_iterator(run))
    if (entry.is_regular_file() && is_model(entry.path())) models.push_back(entry.path());
  if (models.size() != 1)
    throw Error(fmt::format("{} holds {} models (.safetensors); expected one, or the file itself",
                            shown(run), models.size()));
  return models.front();
}

/// The description that the training wrote to its metrics, or an empty object.
json description(const std::vector<json>& metrics) {
  for (const json& line : metrics)
    if (line.contains("run")) return line["run"];
  return json::object();
}

const MethodScores* best_of(const std::vector<MethodScores>& methods) {
  const auto best = std::max_element(methods.begin(), methods.end(),
                                     [](const MethodScores& a, const MethodScores& b) {
                                       return a.psnr().pooled_db < b.psnr().pooled_db;
                                     });
  return best == methods.end() ? nullptr : &*best;
}

/// Indices of the scores, in order of falling PSNR.
std::vector<std::size_t> ranking(const MethodScores& scores) {
  std::vector<std::size_t> order(scores.images.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores.images[a].psnr_db > scores.images[b].psnr_db;
  });
  return order;
}

/// The images that are shown large, each with the name of its group.
std::map<std::size_t, std::string> choose_images(const MethodScores& scores) {
  const std::vector<std::size_t> order = ranking(scores);
  const std::size_t count = order.size(), group = std::min(images_in_group, count);
  std::map<std::size_t, std::string> chosen;
  const auto take = [&](std::size_t first, const char* name) {
    for (std::size_t k = first; k < std::min(first + group, count); ++k)
      chosen.emplace(order[k], name);
  };
  take(0, "best");
  take(count - group, "worst");
  take((count - group) / 2, "median");
  for (std::size_t k = 0; k < further_images; ++k)
    chosen.emplace(order[k * count / further_images], "more");
  return chosen;
}

class ReportBuilder {
 public:
  ReportBuilder(const BackendChoice& backend, const fs::path& run, const ReportSources& sources)
      : model_file_(model_of_run(run)),
        session_(backend),
        model_(load_model(session_.memory, model_file_)),
        metrics_(fs::exists(metrics_file(model_file_)) ? read_metrics(metrics_file(model_file_))
                                                       : std::vector<json>()),
        run_(description(metrics_)),
        data_(test_data(sources)),
        trained_(model_, data_.folder, data_.background),
        evaluation_(evaluate_with_drawings(session_, model_, data_, {.shapes = sources.shapes})),
        renderer_(session_.memory, model_),
        shown_(shown_scores(model_, evaluation_.scores)),
        at_training_size_(training_scores(model_, evaluation_.scores)),
        rival_(best_of(shown_.scores.baselines)),
        with_paths_(sources.paths) {
    for (std::size_t i = 0; i < model_.images.size(); ++i) places_[model_.images[i].name] = i;
  }

  const ScoresBySize& scores() const { return evaluation_.scores; }

  ordered_json data() {
    ordered_json data = {{"title", model_file_.stem().string()},
                         {"model", fs::absolute(model_file_).lexically_normal().string()},
                         {"model_bytes", fs::file_size(model_file_)},
                         {"run", run_},
                         {"notes", model_.notes},
                         {"network", network()},
                         {"training_sizes", training_sizes()},
                         {"target", to_json(shown_)}};
    if (const std::size_t png = bytes_of_pngs(); png != 0) data["png_bytes"] = png;
    if (!at_training_size_.sizes.empty()) data["trained"] = to_json(at_training_size_);
    if (rival_ != nullptr) data["target"]["rival"] = rival_->method;
    data.update(to_json(model_, evaluation_.scores));
    for (ordered_json& size : data["sizes"]) {
      size["count"] = size["images"].size();
      size.erase("images");
    }
    data["curves"] = training_curves(metrics_);
    data["images"] = images();
    data["showcase"] = showcase();
    if (with_paths_) data.update(path_section(session_, model_, model_file_, data_));
    return data;
  }

 private:
  TestData test_data(const ReportSources& sources) const {
    const fs::path folder = sources.data.empty() ? logged_data() : sources.data;
    return {.folder = folder,
            .sizes = {},
            .background = sources.background ? sources.background : trained_over()};
  }

  /// The folder of the training. Logs of early versions name it as the command did, perhaps
  /// relative to another folder than this one.
  fs::path logged_data() const {
    const auto logged = run_.find("data");
    if (logged == run_.end() || !logged->is_string() || logged->get<std::string>().empty())
      throw Error(fmt::format("{} does not say what the model was trained on; give --data FOLDER",
                              shown(metrics_file(model_file_))));
    fs::path folder = logged->get<std::string>();
    std::error_code unreadable;
    if (!fs::exists(folder, unreadable))
      throw Error(fmt::format(
          "{} says that the model was trained on {}, which does not exist{}; give --data FOLDER",
          shown(metrics_file(model_file_)), shown(folder),
          folder.is_relative() ? " as seen from this folder" : ""));
    return folder;
  }

  /// Older models do not name their background; the log does.
  std::optional<Rgb> trained_over() const {
    if (model_.background || model_.siren.config().channels == 4) return model_.background;
    const auto logged = run_.find("background");
    return logged == run_.end() || logged->is_null() ? std::nullopt
                                                     : std::optional(logged->get<Rgb>());
  }

  ordered_json network() const {
    const SirenConfig& config = model_.siren.config();
    std::size_t shared = 0, pixels = 0;
    for (const Parameter& parameter : model_.siren.parameters()) shared += parameter.value.size();
    for (const EncodedImage& image : model_.images) pixels += image.width * image.height;
    return {{"width", config.width},
            {"channels", config.channels},
            {"hidden_layers", config.hidden_layers},
            {"latent", config.latent},
            {"conditioning", std::string(name(config.conditioning))},
            {"omega_first", config.omega_first},
            {"omega_hidden", config.omega_hidden},
            {"images", model_.images.size()},
            {"numbers_shared", shared},
            {"numbers_latents", model_.latents.size()},
            {"numbers_beside",
             free_palette_numbers(config) * model_.images.size() + model_.shifts.size()},
            {"numbers_pixels", config.channels * pixels}};
  }

  /// Of the training images; 0 unless all are there.
  std::size_t bytes_of_pngs() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < model_.images.size(); ++i) {
      const Image* image = trained_.find(i);
      if (image == nullptr) return 0;
      sum += optimized_png_bytes(*image);
    }
    return sum;
  }

  std::set<std::size_t> training_sizes() const {
    std::set<std::size_t> sizes;
    for (const EncodedImage& image : model_.images) sizes.insert(image.size().longer_side());
    return sizes;
  }

  /// All images that were scored: scores, thumbnail and position among the latents.
  ordered_json images() {
    const auto vectors = modulation_vectors(model_);
    const auto plane = principal_plane(vectors);
    const auto distances = pairwise_distances(vectors);
    std::map<std::string, double> trained_db;
    for (const ImageScore& score : at_training_size_.scores.network.images)
      trained_db[score.name] = score.psnr_db;
    ordered_json list = ordered_json::array();
    for (std::size_t k = 0; k < shown_.sizes.size(); ++k) {
      const ImageScore& score = shown_.scores.network.images[k];
      const std::size_t place = places_.at(score.name);
      ordered_json entry = {{"name", score.name},
                            {"thumb", thumbnail(place)},
                            {"size", shown_.sizes[k]},
                            {"psnr", score.psnr_db},
                            {"ssim", score.ssim},
                            {"at", plane[place]},
                            {"near", neighbours(distances[place], place)}};
      if (const auto found = trained_db.find(score.name); found != trained_db.end())
        entry["psnr_trained"] = found->second;
      if (rival_ != nullptr) entry["psnr_rival"] = rival_->images[k].psnr_db;
      if (is_drawn(k)) entry["psnr_drawing"] = shown_.scores.drawings->written.images[k].psnr_db;
      list.push_back(std::move(entry));
    }
    return list;
  }

  /// Whether the drawing of an image is what its scores show.
  bool is_drawn(std::size_t scored) const {
    return shown_.scores.drawings && shown_.scores.drawings->is_drawn[scored];
  }

  std::string thumbnail(std::size_t image) {
    const EncodedImage& encoded = model_.images[image];
    const std::size_t side = std::min(largest_thumbnail, encoded.size().longer_side());
    const PixelSize size = scaled_size(encoded, side);
    return data_url(renderer_.render(image, {size, supersample_for(model_, image, side, 0)}));
  }

  /// The closest images with their names and distances.
  ordered_json neighbours(const std::vector<double>& distances, std::size_t self) const {
    std::vector<std::size_t> order(distances.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase(order, self);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return distances[a] < distances[b]; });
    ordered_json list = ordered_json::array();
    for (std::size_t k = 0; k < std::min(neighbours_shown, order.size()); ++k)
      list.push_back({{"name", model_.images[order[k]].name}, {"distance", distances[order[k]]}});
    return list;
  }

  /// Pictures of the chosen images: the truth, the network's image, the training image, the best
  /// baseline, and the errors.
  ordered_json showcase() {
    std::map<std::string, std::pair<std::size_t, std::string>> chosen;
    for (const auto& [place, group] : choose_images(shown_.scores.network))
      chosen[shown_.scores.network.images[place].name] = {place, group};
    ordered_json list = ordered_json::array();
    for (const Collection& collection :
         load_sizes({data_.folder, sizes_to_load(), data_.background}, model_))
      for (const NamedImage& named : collection) {
        const std::size_t side = named.image.size().longer_side();
        const auto found = chosen.find(named.name);
        if (found != chosen.end() && side == shown_.sizes[found->second.first])
          list.push_back(pictures(named, found->second.first, found->second.second));
      }
    return list;
  }

  std::vector<std::size_t> sizes_to_load() const {
    if (offered_sizes(data_.folder).empty()) return {};
    const std::set<std::size_t> sizes(shown_.sizes.begin(), shown_.sizes.end());
    return {sizes.begin(), sizes.end()};
  }

  ordered_json pictures(const NamedImage& truth, std::size_t scored, const std::string& group) {
    const std::size_t place = places_.at(truth.name);
    const Image network = quantized(renderer_.render(
        place, {truth.image.size(), supersample_for(model_, place, shown_.sizes[scored], 0)}));
    ordered_json entry = {{"image", scored},
                          {"group", group},
                          {"truth", data_url(truth.image)},
                          {"network", data_url(network)},
                          {"network_error", data_url(error_map(network, truth.image))}};
    if (is_drawn(scored)) add_drawing(entry, evaluation_.drawings[place], truth.image);
    const Image* trained = trained_.find(place);
    if (trained == nullptr || rival_ == nullptr) return entry;
    const Image rival = quantized(resampled_by(rival_->method, *trained, truth.image.size()));
    entry["trained"] = data_url(*trained);
    entry["rival"] = data_url(rival);
    entry["rival_error"] = data_url(error_map(rival, truth.image));
    return entry;
  }

  static void add_drawing(ordered_json& entry, const DrawnImage& drawing, const Image& truth) {
    const Image image =
        quantized(shapes::drawn_image(drawing.drawn->drawing, truth.size(), truth.channels));
    entry["drawing"] = data_url(image);
    entry["drawing_error"] = data_url(error_map(image, truth));
  }

  fs::path model_file_;
  Session session_;
  Model model_;
  std::vector<json> metrics_;
  json run_;
  TestData data_;
  TrainingImages trained_;
  Evaluation evaluation_;
  Renderer renderer_;
  ShownScores shown_, at_training_size_;
  const MethodScores* rival_;  ///< the best baseline of the scores that are shown, or null
  bool with_paths_;
  std::map<std::string, std::size_t> places_;
};

}  // namespace

std::string make_report(const BackendChoice& backend, const fs::path& run,
                        const ReportSources& sources) {
  ReportBuilder builder(backend, run, sources);
  print_scores(builder.scores());
  return report_page(builder.data());
}

}  // namespace chorus::app
