#include "evaluation/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "drawn_image.hpp"
#include "inpaint.hpp"
#include "parallel.hpp"
#include "resample.hpp"
#include "steep_bicubic.hpp"
#include "support/model_data.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view steep = "steep_bicubic";
constexpr std::array<std::string_view, 5> resolution_baselines = {"nearest", "bilinear", "bicubic",
                                                                  "lanczos", steep};
constexpr std::array inpainting_baselines = {Inpainting::nearest, Inpainting::linear,
                                             Inpainting::cubic, Inpainting::biharmonic};

ordered_json held_out_drawings_to_json(const SizeScores& scores) {
  const DrawnScores& drawings = *scores.drawings;
  const auto held_out = held_out_scores(drawings.written.images);
  return {{"psnr_mean", held_out->held_out.mean_db},
          {"psnr_pooled", held_out->held_out.pooled_db},
          {"ssim_mean", held_out->ssim_held_out},
          {"drawn", drawings.drawn()},
          {"wins_over_network", wins(drawings.written, {scores.network}, Where::held_out)}};
}

ordered_json to_json(const SizeScores& scores) {
  ordered_json object = {{"size", scores.size}};
  object.update(to_json(scores.network));
  if (scores.drawings) object["drawings"] = drawings_to_json(scores);
  if (!scores.baselines.empty()) {
    object["baselines"] = baselines_to_json(scores.network, scores.baselines, Where::everywhere);
    object["wins_over_all"] = wins(scores.network, scores.baselines, Where::everywhere);
  }
  ordered_json images = ordered_json::array();
  for (std::size_t i = 0; i < scores.network.images.size(); ++i) {
    const ImageScore& image = scores.network.images[i];
    images.push_back({{"name", image.name}, {"psnr", image.psnr_db}, {"ssim", image.ssim}});
    if (scores.drawings && scores.drawings->is_drawn[i])
      images.back()["psnr_drawing"] = scores.drawings->written.images[i].psnr_db;
  }
  object["images"] = std::move(images);
  return object;
}

}  // namespace

ordered_json drawings_to_json(const SizeScores& scores) {
  const DrawnScores& drawings = *scores.drawings;
  ordered_json object = to_json(drawings.written);
  object["drawn"] = drawings.drawn();
  object["wins_over_network"] = wins(drawings.written, {scores.network}, Where::everywhere);
  if (!scores.baselines.empty())
    object["wins_over_all"] = wins(drawings.written, scores.baselines, Where::everywhere);
  return object;
}

Image resampled_by(std::string_view method, const Image& image, PixelSize size) {
  if (method == steep) return steep_bicubic(image, size);
  return resample(image, size.width, size.height, enum_names<Filter>.parse(method));
}

/// An image to be scored.
struct Scorer::Task {
  std::string name;
  const Image* truth;
  const Image* trained;  ///< the training image, if it is known and differs in size from `truth`
  const shapes::Drawing* drawing;  ///< if it is to be written
  std::vector<bool> held_out;      ///< mask of pixels, if `truth` has the training size
  double enlargement = 1;          ///< of `truth` over the training image, along a side
  Image decoded;
  ImageScore network, written;
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
    for_each_index(tasks.size(), session_.threads, [&](std::size_t i) { score_task(tasks[i]); });
    for (const Task& done : tasks) collect(done);
  }
}

Scorer::Task Scorer::task(std::size_t image, const Image& truth) {
  const EncodedImage& encoded = model_.images[image];
  const std::size_t points =
      supersample_for(model_, image, std::max(truth.width, truth.height), supersample_);
  const bool same_size = truth.size() == encoded.size();
  const bool is_smaller = truth.size().longer_side() < encoded.size().longer_side();
  Task task{};
  task.name = encoded.name;
  task.truth = &truth;
  if (!same_size && trained_ != nullptr) task.trained = trained_->find(image);
  if (drawings_ != nullptr && (*drawings_)[image].is_to_be_used(shapes_) && !is_smaller)
    task.drawing = &(*drawings_)[image].drawn->drawing;
  task.held_out = held_out_mask(model_, image, truth);
  task.enlargement = static_cast<double>(truth.size().longer_side()) /
                     static_cast<double>(encoded.size().longer_side());
  task.decoded = renderer_.render(image, {truth.size(), points});
  return task;
}

void Scorer::score_task(Task& task) const {
  const Image& truth = *task.truth;
  const auto scored = [&](const Image& image) {
    ImageScore result = score(task.name, image, truth, task.held_out);
    if (is_perceptual_) result.perceptual = perceptual_scores(image, truth, task.enlargement);
    return result;
  };
  task.network = scored(task.decoded);
  task.decoded = {};
  task.written = task.drawing == nullptr
                     ? task.network
                     : scored(shapes::drawn_image(*task.drawing, truth.size(), truth.channels));
  if (trained_ == nullptr) return;
  if (task.trained != nullptr)
    for (const std::string_view method : resolution_baselines)
      task.baselines.push_back(scored(resampled_by(method, *task.trained, truth.size())));
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
    scores.drawings.emplace().written.method = "drawings";
    for (const std::string_view method : resolution_baselines)
      scores.baselines.push_back({std::string(method), {}});
    for (const Inpainting method : inpainting_baselines)
      scores.inpainting.push_back({std::string(name(method)), {}});
  }
  scores.network.images.push_back(task.network);
  scores.drawings->written.images.push_back(task.written);
  scores.drawings->is_drawn.push_back(task.drawing != nullptr);
  for (std::size_t b = 0; b < task.baselines.size(); ++b)
    scores.baselines[b].images.push_back(task.baselines[b]);
  for (std::size_t b = 0; b < task.inpainting.size(); ++b)
    scores.inpainting[b].images.push_back(task.inpainting[b]);
}

/// Keeps rivals only at the sizes at which every image has them, and drawings where there are any.
ScoresBySize Scorer::result() {
  for (auto& [size, scores] : by_size_) {
    if (scores.drawings->drawn() == 0) scores.drawings.reset();
    for (std::vector<MethodScores>* rivals : {&scores.baselines, &scores.inpainting})
      if (rivals->front().images.size() != scores.network.images.size()) rivals->clear();
  }
  return std::move(by_size_);
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

ImageScore score_image(Renderer& renderer, const Model& model, std::size_t image,
                       const Image& truth, std::size_t supersample) {
  return score(model.images[image].name, renderer.render(image, {truth.size(), supersample}), truth,
               held_out_mask(model, image, truth));
}

namespace {

/// The images of the model that the data shows larger than they were trained, or of which it has
/// pixels that were held out; as far as their training images are known.
std::vector<ToDraw> images_to_draw(const Model& model, const TrainingImages& trained,
                                   const std::vector<Collection>& collections) {
  std::vector<bool> is_wanted(model.images.size());
  for (const Collection& collection : collections)
    for (const auto& [image, place] : match(model, collection)) {
      const Image& truth = collection[place].image;
      if (truth.size().longer_side() > model.images[image].size().longer_side() ||
          !held_out_mask(model, image, truth).empty())
        is_wanted[image] = trained.find(image) != nullptr;
    }
  std::vector<ToDraw> images;
  for (std::size_t i = 0; i < is_wanted.size(); ++i)
    if (is_wanted[i])
      images.push_back(
          {model.images[i].name, *trained.find(i), i, held_out_mask(model, i, *trained.find(i))});
  return images;
}

std::vector<DrawnImage> draw(Session& session, const Model& model,
                             const std::vector<ToDraw>& images, bool with_progress) {
  std::vector<DrawnImage> drawings(model.images.size());
  Renderer renderer(session.memory, model);
  Progress bar;
  draw_images(images, {&renderer, &model}, session.threads,
              [&](std::size_t i, const DrawnImage& drawn) {
                drawings[*images[i].in_model] = drawn;
                if (with_progress && bar.due())
                  bar.show(static_cast<double>(i + 1) / static_cast<double>(images.size()),
                           fmt::format("{} of {} images drawn", i + 1, images.size()));
              });
  return drawings;
}

}  // namespace

Evaluation evaluate_with_drawings(Session& session, const Model& model, const TestData& data,
                                  const EvaluationOptions& options) {
  const TrainingImages trained(model, data.folder, data.background);
  trained.note_if_other(model, data.folder);
  const std::vector<Collection> collections = load_sizes(data, model);
  std::vector<DrawnImage> drawings(model.images.size());
  if (options.shapes != UseShapes::off)
    drawings =
        draw(session, model, images_to_draw(model, trained, collections), options.with_progress);
  Scorer scorer(session, model, &trained, options.supersample);
  scorer.use(drawings, options.shapes);
  if (options.is_perceptual) scorer.measure_perception();
  for (const Collection& collection : collections) {
    const std::size_t matched = match(model, collection).size();
    if (matched < model.images.size() || matched < collection.size())
      fmt::print(
          stderr,
          "note: {} images are in both the model, which has {}, and the data, which has {}\n",
          matched, model.images.size(), collection.size());
    scorer.add(collection);
  }
  return {scorer.result(), std::move(drawings)};
}

ScoresBySize evaluate_sizes(Session& session, const Model& model, const TestData& data,
                            const EvaluationOptions& options) {
  return evaluate_with_drawings(session, model, data, options).scores;
}

namespace {

void append(MethodScores& to, const MethodScores& from) {
  to.method = from.method;
  to.images.insert(to.images.end(), from.images.begin(), from.images.end());
}

/// Images of a size at which nothing is drawn are as the network decodes them.
void append_drawings(SizeScores& to, const SizeScores& from) {
  if (!to.drawings) to.drawings.emplace();
  append(to.drawings->written, from.drawings ? from.drawings->written : from.network);
  std::vector<bool>& is_drawn = to.drawings->is_drawn;
  if (from.drawings)
    is_drawn.insert(is_drawn.end(), from.drawings->is_drawn.begin(), from.drawings->is_drawn.end());
  else
    is_drawn.resize(is_drawn.size() + from.network.images.size());
}

}  // namespace

SizeScores at_training_sizes(const ScoresBySize& by_size) {
  SizeScores all;
  for (const auto& [size, scores] : by_size) {
    if (scores.inpainting.empty()) continue;
    all.size = all.network.images.empty() ? size : 0;
    if (all.inpainting.empty()) all.inpainting.resize(scores.inpainting.size());
    append(all.network, scores.network);
    append_drawings(all, scores);
    for (std::size_t m = 0; m < all.inpainting.size(); ++m)
      append(all.inpainting[m], scores.inpainting[m]);
  }
  if (all.drawings && all.drawings->drawn() == 0) all.drawings.reset();
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
    if (trained.drawings) object["drawings"] = held_out_drawings_to_json(trained);
    result["held_out"] = std::move(object);
  }
  return result;
}

}  // namespace chorus::app
