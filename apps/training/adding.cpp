#include "training/adding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "chorus/fit.hpp"
#include "chorus/render.hpp"
#include "chorus/version.hpp"
#include "evaluation/evaluation.hpp"
#include "grow.hpp"
#include "metrics.hpp"
#include "model_file.hpp"
#include "printable.hpp"
#include "support/model_data.hpp"
#include "training/extension.hpp"
#include "training/start.hpp"

namespace chorus::app {

namespace {

bool has_image(const Model& model, const std::string& name) {
  return std::ranges::any_of(model.images,
                             [&](const EncodedImage& image) { return image.name == name; });
}

/// The images of the model as it draws them at the size of its training.
Collection drawn_images(Session& session, const Model& model) {
  Renderer renderer(session.memory, model);
  Collection images;
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const EncodedImage& image = model.images[i];
    images.push_back(
        {image.name, quantized(renderer.render(i, {image.size(), model.samples_per_axis}))});
  }
  return images;
}

/// The images on which the model was trained.
Collection original_images(const Model& model, const AddOptions& options) {
  TestData data{options.known_data, {}, options.training.background};
  if (!available_sizes(data.folder).empty())
    for (const EncodedImage& image : model.images) data.sizes.push_back(image.size().longer_side());
  std::sort(data.sizes.begin(), data.sizes.end());
  data.sizes.erase(std::unique(data.sizes.begin(), data.sizes.end()), data.sizes.end());

  Collection images;
  for (const Collection& of_size : load_sizes(data, model))
    std::ranges::copy_if(of_size, std::back_inserter(images), [&](const NamedImage& image) {
      return std::ranges::any_of(model.images, [&](const EncodedImage& known) {
        return known.name == image.name && known.size() == image.image.size();
      });
    });
  for (const EncodedImage& known : model.images)
    if (std::ranges::none_of(images, [&](const auto& image) { return image.name == known.name; }))
      throw Error(
          fmt::format("{} has no image '{}' of {} x {} px; expected all images of {} at the "
                      "size of its training",
                      shown(data.folder), printable(known.name), known.width, known.height,
                      shown(options.known)));
  return images;
}

Collection new_images(const Model& model, const AddOptions& options) {
  const TrainOptions& training = options.training;
  Collection images = load_for(model, training.data, training.size, training.background);
  const auto known = [&](const NamedImage& image) { return has_image(model, image.name); };
  if (const auto first = std::ranges::find_if(images, known); first != images.end())
    throw Error(fmt::format(
        "{} of {} images of {} have names of images that {} encodes, such as '{}'; expected other "
        "names",
        std::ranges::count_if(images, known), images.size(), shown(training.data),
        shown(options.known), printable(first->name)));
  return images;
}

/// The images of two collections, sorted by name.
Collection all_of_both(Collection images, const Collection& others) {
  images.insert(images.end(), others.begin(), others.end());
  std::ranges::sort(images, {}, &NamedImage::name);
  return images;
}

/// The network with its images and with the new ones, whose latents are fitted.
Model fitted_model(Session& session, const Model& known, const Collection& added,
                   std::uint64_t seed) {
  const FitConfig config{.shift_steps = 0, .seed = seed};
  const std::vector<ImageCode> codes = Fitter(session.memory, known, config).fit(added);
  Model model = joined(session.memory, known, with_images(session.memory, known, added, codes));
  model.shifts = {};  // training finds latents that need no shifts
  return model;
}

class Adding {
 public:
  explicit Adding(const AddOptions& options) : options_(options) {}

  void run() {
    train(options_.training, [this](Session& session) { return start(session); });
    report();
  }

 private:
  Start start(Session& session) {
    const Model known = load_model(session.memory, options_.known);
    added_ = new_images(known, options_);
    known_ = options_.known_data.empty() ? drawn_images(session, known)
                                         : original_images(known, options_);
    Collection images = all_of_both(known_, added_);
    const std::string checksum = data_checksum(images);
    if (options_.training.resume)
      return resumed_start(session, options_.training, std::move(images));

    TrainingState state;
    state.config = options_.training.training;
    state.config.taught.from = 1;  // what is known has no pixels of its own to draw
    state.data_checksum = checksum;
    if (known.samples_per_axis <= 1) state.config.pixels.areas.from = 1;
    state.start.progress = adding_from;
    Model model = fitted_model(session, known, added_, state.config.seed);
    set_checksums(model, added_);
    model.notes["program"] = "chorus " CHORUS_VERSION;
    model.notes["seed"] = std::to_string(state.config.seed);
    model.notes["backend"] = session.backend->name();
    model.notes["data_checksum"] = checksum;
    model.notes["added"] = fmt::format("{} images to {}", added_.size(), known_.size());
    return {std::move(images), std::move(state), std::move(model), std::nullopt};
  }

  double psnr_of(Session& session, const Model& model, const Collection& images) const {
    Scorer scorer(session, model, nullptr, 0);
    scorer.add(images);
    MethodScores all;
    for (const auto& [size, scores] : scorer.result())
      all.images.insert(all.images.end(), scores.network.images.begin(),
                        scores.network.images.end());
    return all.psnr().mean_db;
  }

  void report() const {
    Session session(options_.training.backend);
    const Model model = load_model(session.memory, options_.training.model);
    const Model before = load_model(session.memory, options_.known);
    fmt::print("PSNR of the {} new images: {:.2f} dB\n", added_.size(),
               psnr_of(session, model, added_));
    if (options_.known_data.empty())
      fmt::print("PSNR of the {} others, against what {} draws: {:.2f} dB\n", known_.size(),
                 shown(options_.known), psnr_of(session, model, known_));
    else
      fmt::print("PSNR of the {} others: {:.2f} dB, before {:.2f} dB\n", known_.size(),
                 psnr_of(session, model, known_), psnr_of(session, before, known_));
  }

  const AddOptions& options_;
  Collection known_, added_;
};

}  // namespace

void add_images(const AddOptions& options) { Adding(options).run(); }

}  // namespace chorus::app
