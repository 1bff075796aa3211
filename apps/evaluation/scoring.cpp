#include "evaluation/scoring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "flat_art.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

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

double squared_error(const ImageScore& score, Where where) {
  return where == Where::everywhere ? score.mse : score.held_out.squared_error;
}

}  // namespace

ImageScore score(const std::string& name, const Image& image, const Image& truth,
                 const std::vector<bool>& held_out) {
  const Image seen = quantized(image);
  const double mse = mean_squared_error(seen, truth);
  ImageScore score{name, mse, psnr_db(mse), ssim(seen, truth), {}, {}, {}};
  if (truth.has_alpha()) score.alpha_mse = alpha_squared_error(seen, truth);
  if (!held_out.empty()) {
    std::vector<bool> kept = held_out;
    kept.flip();
    score.held_out = score_pixels(seen, truth, held_out);
    score.kept = score_pixels(seen, truth, kept);
  }
  return score;
}

PerceptualScores perceptual_scores(const Image& image, const Image& truth, double enlargement) {
  constexpr double reach = 2;
  const Image seen = quantized(image);
  const EdgeErrors edges =
      edge_errors(seen, truth, static_cast<std::size_t>(std::ceil(reach * enlargement)));
  return {ms_ssim(seen, truth), exact_share(seen, truth), edges.edges, edges.sum_px / enlargement};
}

std::optional<MethodScores::Perceptual> MethodScores::perceptual() const {
  Perceptual means;
  std::size_t edges = 0;
  double errors = 0;
  for (const ImageScore& image : images) {
    if (!image.perceptual) return std::nullopt;
    means.ms_ssim += image.perceptual->ms_ssim;
    means.exact_share += image.perceptual->exact_share;
    edges += image.perceptual->edges;
    errors += image.perceptual->edge_error_sum;
  }
  if (images.empty()) return std::nullopt;
  means.ms_ssim /= static_cast<double>(images.size());
  means.exact_share /= static_cast<double>(images.size());
  if (edges > 0) means.edge_error = errors / static_cast<double>(edges);
  return means;
}

PsnrSummary MethodScores::psnr() const {
  std::vector<double> errors;
  for (const ImageScore& image : images) errors.push_back(image.mse);
  return summarize_psnr(errors);
}

std::optional<PsnrSummary> MethodScores::alpha_psnr() const {
  std::vector<double> errors;
  for (const ImageScore& image : images)
    if (image.alpha_mse) errors.push_back(*image.alpha_mse);
  if (errors.empty()) return std::nullopt;
  return summarize_psnr(errors);
}

double MethodScores::ssim_mean() const {
  double sum = 0;
  for (const ImageScore& image : images) sum += image.ssim;
  return sum / static_cast<double>(images.size());
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

std::size_t wins(const MethodScores& ours, const std::vector<MethodScores>& rivals, Where where) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < ours.images.size(); ++i)
    count += std::all_of(rivals.begin(), rivals.end(), [&](const MethodScores& rival) {
      return squared_error(ours.images[i], where) < squared_error(rival.images[i], where);
    });
  return count;
}

ordered_json to_json(const MethodScores& scores) {
  const PsnrSummary psnr = scores.psnr();
  ordered_json object = {{"psnr_mean", psnr.mean_db},
                         {"psnr_pooled", psnr.pooled_db},
                         {"ssim_mean", scores.ssim_mean()}};
  if (const auto alpha = scores.alpha_psnr()) {
    object["psnr_alpha_mean"] = alpha->mean_db;
    object["psnr_alpha_pooled"] = alpha->pooled_db;
  }
  if (const auto perceptual = scores.perceptual()) {
    object["ms_ssim_mean"] = perceptual->ms_ssim;
    object["exact_share"] = perceptual->exact_share;
    if (perceptual->edge_error) object["edge_error"] = *perceptual->edge_error;
  }
  return object;
}

ordered_json to_json(const HeldOutScores& scores) {
  return {{"images", scores.images},
          {"psnr_kept", scores.kept.pooled_db},
          {"psnr_held_out", scores.held_out.pooled_db},
          {"psnr_kept_mean", scores.kept.mean_db},
          {"psnr_held_out_mean", scores.held_out.mean_db},
          {"ssim_kept", scores.ssim_kept},
          {"ssim_held_out", scores.ssim_held_out}};
}

ordered_json baselines_to_json(const MethodScores& network, const std::vector<MethodScores>& rivals,
                               Where where) {
  ordered_json object;
  for (const MethodScores& rival : rivals) {
    ordered_json entry = to_json(rival);
    if (where == Where::held_out)
      if (const auto scores = held_out_scores(rival.images))
        entry = {{"psnr_mean", scores->held_out.mean_db},
                 {"psnr_pooled", scores->held_out.pooled_db},
                 {"ssim_mean", scores->ssim_held_out}};
    entry["wins"] = wins(network, {rival}, where);
    object[rival.method] = std::move(entry);
  }
  return object;
}

std::vector<Matched> match(const Model& model, const Collection& data) {
  if (data.empty()) throw Error("the data holds no images; expected some that the model encodes");
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < data.size(); ++i) places[data[i].name] = i;
  std::vector<Matched> matched;
  for (std::size_t i = 0; i < model.images.size(); ++i)
    if (const auto found = places.find(model.images[i].name); found != places.end())
      matched.push_back({i, found->second});
  if (matched.empty())
    throw Error(fmt::format(
        "the model encodes none of the images in the data, which have other names (the first is "
        "'{}' in the model and '{}' in the data)",
        model.images.front().name, data.front().name));
  return matched;
}

}  // namespace chorus::app
