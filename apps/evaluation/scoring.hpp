#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"
#include "metrics.hpp"

namespace chorus::app {

/// What PSNR and SSIM hardly notice: see metrics.hpp and flat_art.hpp.
struct PerceptualScores {
  double ms_ssim = 0;
  double exact_share = 0;     ///< of the pixels
  std::size_t edges = 0;      ///< crossings of edges
  double edge_error_sum = 0;  ///< over them, in pixels of the training grid
};
/// `enlargement`: pixels of the truth for each pixel of the training, along a side. Edges are
/// looked for within two pixels of the training.
PerceptualScores perceptual_scores(const Image& image, const Image& truth, double enlargement);

struct ImageScore {
  std::string name;
  double mse = 0;
  double psnr_db = 0;
  double ssim = 0;
  std::optional<double> alpha_mse;  ///< of images with alpha
  PixelScores kept, held_out;       ///< empty unless pixels were held out at this size
  std::optional<PerceptualScores> perceptual = {};
};

/// Compares 8-bit values. `held_out` marks held-out pixels (split.hpp) and is empty if there are
/// none.
ImageScore score(const std::string& name, const Image& image, const Image& truth,
                 const std::vector<bool>& held_out);

/// The scores of one method on a set of images.
struct MethodScores {
  std::string method;
  std::vector<ImageScore> images;
  PsnrSummary psnr() const;
  std::optional<PsnrSummary> alpha_psnr() const;  ///< of the alpha channel alone
  double ssim_mean() const;
  /// Means over images, and of the edge errors over edges; nothing unless all images have them.
  struct Perceptual {
    double ms_ssim = 0, exact_share = 0;
    std::optional<double> edge_error;  ///< pixels of the training grid; nothing without edges
  };
  std::optional<Perceptual> perceptual() const;
};

/// The scores of a set of images on the pixels that were trained on ("kept") and on the held-out
/// ones. SSIM is the mean over the pixels of all images.
struct HeldOutScores {
  std::size_t images = 0;
  PsnrSummary kept, held_out;
  double ssim_kept = 0, ssim_held_out = 0;
};
/// Nothing if no image has pixels of both kinds.
std::optional<HeldOutScores> held_out_scores(const std::vector<ImageScore>& images);

/// Whether methods are compared on whole images or on their held-out pixels.
enum class Where { everywhere, held_out };
/// The number of images on which `ours` has a smaller squared error than every rival.
std::size_t wins(const MethodScores& ours, const std::vector<MethodScores>& rivals, Where where);

// Means over the images, with the keys of `evaluate --json`.
nlohmann::ordered_json to_json(const MethodScores& scores);
nlohmann::ordered_json to_json(const HeldOutScores& scores);
/// For each rival its means, and the number of images on which the network is better.
nlohmann::ordered_json baselines_to_json(const MethodScores& network,
                                         const std::vector<MethodScores>& rivals, Where where);

/// The images of a collection that the model encodes, found by name, with their indices in both.
/// Throws Error if there are none.
struct Matched {
  std::size_t model_image;
  std::size_t data_image;
};
std::vector<Matched> match(const Model& model, const Collection& data);

}  // namespace chorus::app
