#include "scoring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"

namespace chorus::app {

namespace {

/// Adds the scores of an image to those of others; returns its mean squared error.
double add(PixelScores& total, const PixelScores& image) {
  total.pixels += image.pixels;
  total.squared_error += image.squared_error;
  total.ssim_pixels += image.ssim_pixels;
  total.ssim += image.ssim;
  return image.squared_error / static_cast<double>(image.pixels);
}

double pooled_db(const PixelScores& total) {
  return psnr_db(total.squared_error / static_cast<double>(total.pixels));
}

double ssim_mean(const PixelScores& total) {
  return total.ssim / static_cast<double>(std::max<std::size_t>(1, total.ssim_pixels));
}

}  // namespace

PsnrSummary SizeScores::psnr() const {
  std::vector<double> errors;
  for (const ImageScore& image : images) errors.push_back(image.mse);
  return summarize_psnr(errors);
}

double SizeScores::ssim_mean() const {
  double sum = 0;
  for (const ImageScore& image : images) sum += image.ssim;
  return sum / static_cast<double>(images.size());
}

Decoded decode(Renderer& renderer, std::size_t image, const Image& truth, std::size_t supersample) {
  Image decoded = quantized(renderer.render(image, truth.width, truth.height, supersample));
  const double mse = mean_squared_error(decoded, truth);
  return {std::move(decoded), mse};
}

ImageScore score_image(Renderer& renderer, const Model& model, std::size_t image,
                       const Image& truth, std::size_t supersample) {
  const auto [decoded, mse] = decode(renderer, image, truth, supersample);
  ImageScore score{model.images[image].name, mse, psnr_db(mse), ssim(decoded, truth), {}, {}};
  const EncodedImage& encoded = model.images[image];
  if (model.split.pixels > 0 && truth.width == encoded.width && truth.height == encoded.height) {
    std::vector<bool> chosen =
        held_out_pixels(model.split.seed, image, truth.width, truth.height, model.split.pixels);
    score.held_out = score_pixels(decoded, truth, chosen);
    chosen.flip();
    score.kept = score_pixels(decoded, truth, chosen);
  }
  return score;
}

std::optional<HeldOutScores> held_out_scores(const std::vector<ImageScore>& images) {
  HeldOutScores scores;
  PixelScores kept, held_out;
  std::vector<double> kept_errors, held_out_errors;
  for (const ImageScore& image : images) {
    if (image.held_out.pixels == 0 || image.kept.pixels == 0) continue;
    kept_errors.push_back(add(kept, image.kept));
    held_out_errors.push_back(add(held_out, image.held_out));
  }
  if (kept_errors.empty()) return std::nullopt;
  scores.images = kept_errors.size();
  scores.kept = {summarize_psnr(kept_errors).mean_db, pooled_db(kept)};
  scores.held_out = {summarize_psnr(held_out_errors).mean_db, pooled_db(held_out)};
  scores.ssim_kept = ssim_mean(kept);
  scores.ssim_held_out = ssim_mean(held_out);
  return scores;
}

nlohmann::ordered_json to_json(const HeldOutScores& scores) {
  return {{"images", scores.images},
          {"psnr_kept", scores.kept.pooled_db},
          {"psnr_held_out", scores.held_out.pooled_db},
          {"psnr_kept_mean", scores.kept.mean_db},
          {"psnr_held_out_mean", scores.held_out.mean_db},
          {"ssim_kept", scores.ssim_kept},
          {"ssim_held_out", scores.ssim_held_out}};
}

std::vector<Matched> match(const Model& model, const Collection& data) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < data.size(); ++i) places[data[i].name] = i;
  std::vector<Matched> matched;
  for (std::size_t i = 0; i < model.images.size(); ++i)
    if (const auto found = places.find(model.images[i].name); found != places.end())
      matched.push_back({i, found->second});
  if (matched.empty())
    throw Error(fmt::format(
        "none of the {} images of the data is among the {} that the model encodes (by name; the "
        "model's first is '{}', the data's '{}')",
        data.size(), model.images.size(), model.images.front().name, data.front().name));
  return matched;
}

}  // namespace chorus::app
