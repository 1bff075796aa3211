#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "evaluation/evaluation.hpp"
#include "printable.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

/// A row for the error of alpha alone, under that of a method; none if the images have no alpha.
void print_alpha(const MethodScores& scores) {
  if (const auto alpha = scores.alpha_psnr())
    fmt::print("{:>6} {:>7} {:>8.2f} dB {:>10.2f} dB\n", "", "alpha", alpha->mean_db,
               alpha->pooled_db);
}

void print_network_table(const ScoresBySize& by_size) {
  fmt::print("{:>6} {:>7} {:>11} {:>13} {:>7}   {}\n", "size", "images", "PSNR mean", "PSNR pooled",
             "SSIM", "worst image");
  for (const auto& [size, scores] : by_size) {
    const std::vector<ImageScore>& images = scores.network.images;
    const PsnrSummary psnr = scores.network.psnr();
    const auto worst = std::min_element(
        images.begin(), images.end(),
        [](const ImageScore& a, const ImageScore& b) { return a.psnr_db < b.psnr_db; });
    fmt::print("{:>6} {:>7} {:>8.2f} dB {:>10.2f} dB {:>7.4f}   {} ({:.2f} dB)\n", size,
               images.size(), psnr.mean_db, psnr.pooled_db, scores.network.ssim_mean(),
               printable(worst->name), worst->psnr_db);
    print_alpha(scores.network);
  }
}

/// Prints one row for each rival and one for all of them.
void print_rivals(const SizeScores& scores, const std::vector<MethodScores>& rivals, Where where) {
  const std::size_t images = scores.network.images.size();
  const ordered_json means = baselines_to_json(scores.network, rivals, where);
  const std::string size = scores.size == 0 ? "all" : std::to_string(scores.size);
  for (const auto& [method, mean] : means.items())
    fmt::print("{:>6} {:>13} {:>8.2f} dB {:>10.2f} dB {:>7.4f} {:>6} of {}\n", size, method,
               mean["psnr_mean"].get<double>(), mean["psnr_pooled"].get<double>(),
               mean["ssim_mean"].get<double>(), mean["wins"].get<std::size_t>(), images);
  fmt::print("{:>6} {:>13} {:>41} of {}\n", size, "all of them",
             wins(scores.network, rivals, where), images);
}

void print_header() {
  fmt::print("{:>6} {:>13} {:>11} {:>13} {:>7} {:>13}\n", "size", "method", "PSNR mean",
             "PSNR pooled", "SSIM", "network wins");
}

void print_resolutions(const ScoresBySize& by_size) {
  const auto has_rivals = [](const auto& entry) { return !entry.second.baselines.empty(); };
  if (std::none_of(by_size.begin(), by_size.end(), has_rivals)) return;
  fmt::print(
      "\nClassical resampling of the training images, and the number of images on which the "
      "network is better:\n");
  print_header();
  for (const auto& entry : by_size)
    if (has_rivals(entry)) print_rivals(entry.second, entry.second.baselines, Where::everywhere);
}

/// What `upsample` writes, at the sizes at which any image is drawn.
void print_drawings(const ScoresBySize& by_size) {
  const auto is_shown = [](const SizeScores& scores) {
    return scores.drawings && !scores.baselines.empty();
  };
  if (std::ranges::none_of(by_size, [&](const auto& entry) { return is_shown(entry.second); }))
    return;
  fmt::print(
      "\nWith drawings of shapes where the training pixels show them, else the network's image; "
      "and on how many images that is better:\n");
  fmt::print("{:>6} {:>7} {:>11} {:>13} {:>7} {:>14} {:>14}\n", "size", "drawn", "PSNR mean",
             "PSNR pooled", "SSIM", "than network", "than all others");
  for (const auto& [size, scores] : by_size) {
    if (!is_shown(scores)) continue;
    const MethodScores& written = scores.drawings->written;
    const PsnrSummary psnr = written.psnr();
    std::vector<MethodScores> all = scores.baselines;
    all.push_back(scores.network);
    fmt::print("{:>6} {:>7} {:>8.2f} dB {:>10.2f} dB {:>7.4f} {:>7} of {:>3} {:>8} of {:>3}\n",
               size, scores.drawings->drawn(), psnr.mean_db, psnr.pooled_db, written.ssim_mean(),
               wins(written, {scores.network}, Where::everywhere), written.images.size(),
               wins(written, all, Where::everywhere), written.images.size());
    print_alpha(written);
  }
}

void print_perceptual_row(std::size_t size, const MethodScores& scores) {
  const auto means = scores.perceptual();
  if (!means) return;
  fmt::print("{:>6} {:>13} {:>9.4f} {:>13.1f} % {:>14}\n", size, scores.method, means->ms_ssim,
             100 * means->exact_share,
             means->edge_error ? fmt::format("{:.3f} px", *means->edge_error) : "-");
}

/// What PSNR and SSIM hardly notice, for the network and its rivals.
void print_perceptual(const ScoresBySize& by_size) {
  if (by_size.empty() || !by_size.begin()->second.network.perceptual()) return;
  fmt::print(
      "\nMS-SSIM; pixels of the exact colour (to 1 of 255 levels); mean displacement of edges, in "
      "pixels of the training:\n");
  fmt::print("{:>6} {:>13} {:>9} {:>15} {:>14}\n", "size", "method", "MS-SSIM", "exact", "edges");
  for (const auto& [size, scores] : by_size) {
    print_perceptual_row(size, scores.network);
    if (scores.drawings) print_perceptual_row(size, scores.drawings->written);
    for (const MethodScores& rival : scores.baselines) print_perceptual_row(size, rival);
  }
}

void print_held_out_drawings(const SizeScores& scores) {
  if (!scores.drawings) return;
  const MethodScores& written = scores.drawings->written;
  const PsnrSummary psnr = held_out_scores(written.images)->held_out;
  fmt::print(
      "With drawings of {} images, which do not know the held-out pixels: {:.2f} dB pooled, {:.2f} "
      "dB mean; better than the network on {} of {}\n",
      scores.drawings->drawn(), psnr.pooled_db, psnr.mean_db,
      wins(written, {scores.network}, Where::held_out), written.images.size());
}

void print_held_out(const SizeScores& scores) {
  const std::optional<HeldOutScores> held_out = held_out_scores(scores.network.images);
  if (!held_out) return;
  fmt::print(
      "\nHeld-out pixels: {:.2f} dB pooled, {:.2f} dB mean, SSIM {:.4f}; kept pixels: {:.2f} "
      "dB pooled, {:.2f} dB mean, SSIM {:.4f} ({} images)\n",
      held_out->held_out.pooled_db, held_out->held_out.mean_db, held_out->ssim_held_out,
      held_out->kept.pooled_db, held_out->kept.mean_db, held_out->ssim_kept, held_out->images);
  print_held_out_drawings(scores);
  if (scores.inpainting.empty()) return;
  fmt::print("Classical inpainting of the held-out pixels from the kept ones:\n");
  print_header();
  print_rivals(scores, scores.inpainting, Where::held_out);
}

}  // namespace

void print_scores(const ScoresBySize& by_size) {
  print_network_table(by_size);
  print_drawings(by_size);
  print_resolutions(by_size);
  print_perceptual(by_size);
  print_held_out(at_training_sizes(by_size));
}

}  // namespace chorus::app
