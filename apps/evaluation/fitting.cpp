#include "chorus/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "commands.hpp"
#include "evaluation/scoring.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "results.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// The images of the data that the model does not encode; all of them if asked for.
Collection unseen_images(const FitOptions& options, const Model& model) {
  Collection data =
      load_collection(options.data, {.size = options.size, .background = options.background});
  if (options.all) return data;
  std::set<std::string> known;
  for (const EncodedImage& image : model.images) known.insert(image.name);
  std::erase_if(data, [&](const NamedImage& image) { return known.contains(image.name); });
  if (data.empty())
    throw Error(fmt::format("{}: the model encodes all images of {}; --all fits them anew",
                            shown(options.model), shown(options.data)));
  return data;
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

void print_row(const char* what, const ordered_json& scores) {
  const ordered_json& images = scores["images"];
  const auto worst = std::min_element(
      images.begin(), images.end(),
      [](const ordered_json& a, const ordered_json& b) { return a["psnr"] < b["psnr"]; });
  fmt::print("{:<24} {:>8.2f} dB {:>8.2f} dB {:>7.4f} {:>9.2f} s   {} ({:.2f} dB)\n", what,
             scores["psnr_mean"].get<double>(), scores["psnr_pooled"].get<double>(),
             scores["ssim_mean"].get<double>(), scores["seconds_per_image"].get<double>(),
             printable((*worst)["name"].get<std::string>()), (*worst)["psnr"].get<double>());
}

}  // namespace

ordered_json fit_to_json(const FitOptions& options) {
  Session session(options.backend);
  const Model network = load_model(session.memory, options.model);
  const Collection images = unseen_images(options, network);
  FitConfig config = options.fit;
  config.shift_steps = 0;
  std::vector<Fit> fits;
  fits.push_back(run_fit(session, network, images, config));
  if (options.modulations) fits.push_back(run_fit(session, network, images, options.fit));

  Model& found = fits.back().model;
  found.notes["fitted"] = fmt::format("{} images by their {}, the network frozen", images.size(),
                                      options.modulations ? "latent and modulations" : "latent");
  make_folder(options.out.parent_path());
  save_model(found, options.out);
  ordered_json result = {{"model", options.out.string()}, {"count", images.size()}};
  result["latent"] = to_json(fits.front());
  if (options.modulations) result["modulations"] = to_json(fits.back());
  return result;
}

void fit(const FitOptions& options) {
  const ordered_json result = fit_to_json(options);
  if (options.json) {
    fmt::print("{}\n", result.dump(1, ' ', false, ordered_json::error_handler_t::replace));
    return;
  }
  fmt::print("{} images fitted, the network frozen\n{:<24} {:>11} {:>11} {:>7} {:>11}   {}\n",
             result["count"].get<std::size_t>(), "what was fitted", "PSNR mean", "pooled", "SSIM",
             "an image", "worst image");
  print_row("latent", result["latent"]);
  if (options.modulations) print_row("latent and modulations", result["modulations"]);
  fmt::print("Model: {}\n", shown(options.out));
}

}  // namespace chorus::app
