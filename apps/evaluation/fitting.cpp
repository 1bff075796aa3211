#include "evaluation/fitting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "evaluation/scoring.hpp"
#include "files.hpp"
#include "grow.hpp"
#include "printable.hpp"
#include "support/model_data.hpp"
#include "support/model_output.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// The images of the data whose names the model does not have, and the number of the others.
struct Unseen {
  Collection images;
  std::size_t left_out = 0;
};

/// All images count as unseen if the task requests them.
Unseen unseen_images(const FitTask& task, const Model& model) {
  Collection data = load_for(model, task.data, task.size, task.background);
  if (task.all) return {std::move(data)};
  const std::size_t count = data.size();
  std::set<std::string> known;
  for (const EncodedImage& image : model.images) known.insert(image.name);
  std::erase_if(data, [&](const NamedImage& image) { return known.contains(image.name); });
  if (data.empty())
    throw Error(
        fmt::format("{}: the model encodes images of all {} names in {}; expected others, or --all",
                    shown(task.model), count, shown(task.data)));
  const std::size_t left_out = count - data.size();
  return {std::move(data), left_out};
}

MethodScores scores_of(Session& session, const Model& model, const Collection& images) {
  Renderer renderer(session.memory, model);
  MethodScores scores;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Image& truth = images[i].image;
    const std::size_t points = supersample_for(model, i, std::max(truth.width, truth.height), 0);
    scores.images.push_back(
        score(images[i].name, renderer.render(i, {truth.size(), points}), truth, {}));
  }
  return scores;
}

struct Fit {
  MethodScores scores;
  double seconds_per_image = 0;
  Model model;
};

Fit run_fit(Session& session, const Model& network, const Collection& images,
            const FitConfig& config) {
  const auto start = Clock::now();
  const std::vector<ImageCode> fitted = Fitter(session.memory, network, config).fit(images);
  const double seconds = seconds_since(start) / static_cast<double>(images.size());
  Model model = with_images(session.memory, network, images, fitted);
  MethodScores scores = scores_of(session, model, images);
  return {std::move(scores), seconds, std::move(model)};
}

ordered_json to_json(const Fit& fit) {
  ordered_json object = to_json(fit.scores);
  object["seconds_per_image"] = fit.seconds_per_image;
  for (const ImageScore& image : fit.scores.images)
    object["images"].push_back(
        {{"name", image.name}, {"psnr", image.psnr_db}, {"ssim", image.ssim}});
  return object;
}

void check_outputs(const FitTask& task) {
  check_model_output(task.out);
  std::error_code ignored;  // a file that does not exist is not the model
  if (!task.keep && std::filesystem::equivalent(task.model, task.out, ignored))
    throw Error(
        fmt::format("{} is the model itself, which would lose its own images; choose another "
                    "--output, or --keep",
                    shown(task.out)));
}

}  // namespace

ordered_json fit_images(const BackendChoice& backend, const FitTask& task) {
  check_outputs(task);
  make_folder(task.out.parent_path());
  const OutputLock lock(task.out);
  Session session(backend);
  const Model network = load_model(session.memory, task.model);
  const auto [images, left_out] = unseen_images(task, network);
  FitConfig config = task.config;
  config.shift_steps = 0;
  std::vector<Fit> fits;
  fits.push_back(run_fit(session, network, images, config));
  if (task.modulations) fits.push_back(run_fit(session, network, images, task.config));

  Model found = task.keep ? joined(session.memory, network, fits.back().model) : fits.back().model;
  set_checksums(found, images);
  found.notes["fitted"] = fmt::format("{} images by their {}, the network frozen", images.size(),
                                      task.modulations ? "latent and modulations" : "latent");
  save_model(found, task.out);
  ordered_json result = {{"model", task.out.string()},
                         {"count", images.size()},
                         {"left_out", left_out},
                         {"images_of_model", found.images.size()}};
  result["latent"] = to_json(fits.front());
  if (task.modulations) result["modulations"] = to_json(fits.back());
  return result;
}

}  // namespace chorus::app
