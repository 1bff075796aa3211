#include "evaluation/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "inpaint.hpp"
#include "parallel.hpp"
#include "resample.hpp"
#include "split.hpp"
#include "steep_bicubic.hpp"
#include "support/model_data.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view steep = "steep_bicubic";
constexpr std::array<std::string_view, 5> resolution_baselines = {"nearest", "bilinear", "bicubic",
                                                                  "lanczos", steep};
constexpr std::array inpainting_baselines = {Inpainting::nearest, Inpainting::linear,
                                             Inpainting::cubic, Inpainting::biharmonic};

ordered_json to_json(const SizeScores& scores) {
  ordered_json object = {{"size", scores.size}};
  object.update(to_json(scores.network));
  if (!scores.baselines.empty()) {
    object["baselines"] = baselines_to_json(scores.network, scores.baselines, Where::everywhere);
    object["wins_over_all"] = wins(scores.network, scores.baselines, Where::everywhere);
  }
  ordered_json images = ordered_json::array();
  for (const ImageScore& image : scores.network.images)
    images.push_back({{"name", image.name}, {"psnr", image.psnr_db}, {"ssim", image.ssim}});
  object["images"] = std::move(images);
  return object;
}

}  // namespace

Image resampled_by(std::string_view method, const Image& image, PixelSize size) {
  if (method == steep) return steep_bicubic(image, size);
  return resample(image, size.width, size.height, enum_names<Filter>.parse(method));
}

/// An image to be scored.
struct Scorer::Task {
  std::string name;
  const Image* truth;
  const Image* trained;  ///< the training image, if it is known and differs in size from `truth`
  std::vector<bool> held_out;  ///< mask of pixels, if `truth` has the training size
  Image decoded;
  ImageScore network;
  std::vector<ImageScore> baselines, inpainting;
};

Scorer::Scorer(Session& session, const Model& model, const TrainingImages* trained,
               std::size_t supersample)
    : session_(session),
      model_(model),
      trained_(trained),
      supersample_(supersample),
      renderer_(session.memory, model) {}

void Scorer::add(const Collection& data) {
  const std::vector<Matched> matched = match(model_, data);
  const std::size_t at_once = 4 * session_.threads;  // keeps few decoded images in memory
  for (std::size_t first = 0; first < matched.size(); first += at_once) {
    std::vector<Task> tasks;
    for (std::size_t i = first; i < std::min(first + at_once, matched.size()); ++i)
      tasks.push_back(task(matched[i].model_image, data[matched[i].data_image].image));
    for_each_index(tasks.size(), session_.threads,
                   [&](std::size_t i) { score_task(tasks[i], trained_ != nullptr); });
    for (const Task& done : tasks) collect(done);
  }
}

Scorer::Task Scorer::task(std::size_t image, const Image& truth) {
  const EncodedImage& encoded = model_.images[image];
  const std::size_t points =
      supersample_for(model_, image, std::max(truth.width, truth.height), supersample_);
  const bool same_size = truth.size() == encoded.size();
  Task task{};
  task.name = encoded.name;
  task.truth = &truth;
  if (!same_size && trained_ != nullptr) task.trained = trained_->find(image);
  task.held_out = held_out_mask(model_, image, truth);
  task.decoded = renderer_.render(image, {truth.size(), points});
  return task;
}

void Scorer::score_task(Task& task, bool with_baselines) {
  const Image& truth = *task.truth;
  task.network = score(task.name, task.decoded, truth, task.held_out);
  task.decoded = {};
  if (!with_baselines) return;
  if (task.trained != nullptr) {
    for (const std::string_view method : resolution_baselines)
      task.baselines.push_back(
          score(task.name, resampled_by(method, *task.trained, truth.size()), truth, {}));
  }
  if (!task.held_out.empty())
    for (const Inpainting method : inpainting_baselines)
      task.inpainting.push_back(
          score(task.name, inpaint(truth, task.held_out, method), truth, task.held_out));
}

void Scorer::collect(const Task& task) {
  const std::size_t size = std::max(task.truth->width, task.truth->height);
  SizeScores& scores = by_size_[size];
  if (scores.network.images.empty()) {
    scores.size = size;
    scores.network.method = "network";
    for (const std::string_view method : resolution_baselines)
      scores.baselines.push_back({std::string(method), {}});
    for (const Inpainting method : inpainting_baselines)
      scores.inpainting.push_back({std::string(name(method)), {}});
  }
  scores.network.images.push_back(task.network);
  for (std::size_t b = 0; b < task.baselines.size(); ++b)
    scores.baselines[b].images.push_back(task.baselines[b]);
  for (std::size_t b = 0; b < task.inpainting.size(); ++b)
    scores.inpainting[b].images.push_back(task.inpainting[b]);
}

/// Keeps rivals only at the sizes at which every image has them.
ScoresBySize Scorer::result() {
  for (auto& [size, scores] : by_size_)
    for (std::vector<MethodScores>* rivals : {&scores.baselines, &scores.inpainting})
      if (rivals->front().images.size() != scores.network.images.size()) rivals->clear();
  return std::move(by_size_);
}

TrainingImages::TrainingImages(const Model& model) : images_(model.images.size()) {}

namespace {

/// For each image of the model the one of the data that has its name and for which fits(image,
/// size) is true, or an empty one. Size folders are read only if they have one of the `sizes`.
template <class Fits>
std::vector<Image> fitting_images(const Model& model, const std::filesystem::path& data,
                                  const std::optional<Rgb>& background,
                                  const std::set<std::size_t>& sizes, const Fits& fits) {
  std::vector<Image> images(model.images.size());
  const auto take_from = [&](Collection collection) {
    for (const auto& [image, place] : match(model, collection)) {
      Image& found = collection[place].image;
      if (fits(image, found.size())) images[image] = std::move(found);
    }
  };
  const std::vector<std::size_t> offered = offered_sizes(data);
  if (offered.empty()) take_from(load_for(model, data, std::nullopt, background));
  for (const std::size_t size : offered)
    if (sizes.contains(size)) take_from(load_for(model, data, size, background));
  return images;
}

std::set<std::size_t> training_sizes(const Model& model) {
  std::set<std::size_t> sizes;
  for (const EncodedImage& image : model.images) sizes.insert(image.size().longer_side());
  return sizes;
}

}  // namespace

TrainingImages::TrainingImages(const Model& model, const std::filesystem::path& data,
                               const std::optional<Rgb>& background)
    : images_(fitting_images(model, data, background, training_sizes(model),
                             [&](std::size_t image, const PixelSize& size) {
                               return size == model.images[image].size();
                             })) {}

std::vector<Image> true_images(const Model& model, const std::filesystem::path& data,
                               const std::optional<Rgb>& background, std::size_t size) {
  return fitting_images(model, data, background, {size}, [&](std::size_t, const PixelSize& found) {
    return found.longer_side() == size;
  });
}

const Image* TrainingImages::find(std::size_t model_image) const {
  return images_[model_image].pixels() == 0 ? nullptr : &images_[model_image];
}

void TrainingImages::note_if_other(const Model& model, const std::filesystem::path& data) const {
  std::vector<const Image*> found;
  for (std::size_t i = 0; i < images_.size(); ++i) found.push_back(find(i));
  note_other_images(model, data, found);
}

std::vector<Collection> load_sizes(const TestData& data, const Model& model) {
  const std::vector<std::size_t> sizes =
      data.sizes.empty() ? offered_sizes(data.folder) : data.sizes;
  std::vector<Collection> collections;
  if (sizes.empty())
    collections.push_back(load_for(model, data.folder, std::nullopt, data.background));
  for (const std::size_t size : sizes)
    collections.push_back(load_for(model, data.folder, size, data.background));
  return collections;
}

std::vector<bool> held_out_mask(const Model& model, std::size_t image, const Image& truth) {
  const EncodedImage& encoded = model.images[image];
  if (model.split.pixels <= 0 || truth.size() != encoded.size()) return {};
  return held_out_pixels(model.split, image, truth.size());
}

ImageScore score_image(Renderer& renderer, const Model& model, std::size_t image,
                       const Image& truth, std::size_t supersample) {
  return score(model.images[image].name, renderer.render(image, {truth.size(), supersample}), truth,
               held_out_mask(model, image, truth));
}

ScoresBySize evaluate_sizes(Session& session, const Model& model, const TestData& data,
                            std::size_t supersample) {
  const TrainingImages trained(model, data.folder, data.background);
  trained.note_if_other(model, data.folder);
  Scorer scorer(session, model, &trained, supersample);
  for (const Collection& collection : load_sizes(data, model)) {
    const std::size_t matched = match(model, collection).size();
    if (matched < model.images.size() || matched < collection.size())
      fmt::print(
          stderr,
          "note: {} images are in both the model, which has {}, and the data, which has {}\n",
          matched, model.images.size(), collection.size());
    scorer.add(collection);
  }
  return scorer.result();
}

SizeScores at_training_sizes(const ScoresBySize& by_size) {
  SizeScores all;
  for (const auto& [size, scores] : by_size) {
    if (scores.inpainting.empty()) continue;
    all.size = all.network.images.empty() ? size : 0;
    if (all.inpainting.empty()) all.inpainting.resize(scores.inpainting.size());
    const auto append = [](MethodScores& to, const MethodScores& from) {
      to.method = from.method;
      to.images.insert(to.images.end(), from.images.begin(), from.images.end());
    };
    append(all.network, scores.network);
    for (std::size_t m = 0; m < all.inpainting.size(); ++m)
      append(all.inpainting[m], scores.inpainting[m]);
  }
  return all;
}

ordered_json to_json(const Model& model, const ScoresBySize& by_size) {
  ordered_json sizes = ordered_json::array();
  for (const auto& entry : by_size) sizes.push_back(to_json(entry.second));
  ordered_json result = {{"sizes", std::move(sizes)}};
  const SizeScores trained = at_training_sizes(by_size);
  if (const auto held_out = held_out_scores(trained.network.images)) {
    ordered_json object = to_json(*held_out);
    object["fraction"] = model.split.pixels;
    object["baselines"] = baselines_to_json(trained.network, trained.inpainting, Where::held_out);
    object["wins_over_all"] = wins(trained.network, trained.inpainting, Where::held_out);
    result["held_out"] = std::move(object);
  }
  return result;
}

}  // namespace chorus::app
