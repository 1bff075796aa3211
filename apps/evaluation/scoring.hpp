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

struct ImageScore {
  std::string name;
  double mse = 0;
  double psnr_db = 0;
  double ssim = 0;
  PixelScores kept, held_out;  ///< if the model holds pixels out and this is the training size
};

/// Compares 8-bit values. `held_out`: see split.hpp; empty if nothing is.
ImageScore score(const std::string& name, const Image& image, const Image& truth,
                 const std::vector<bool>& held_out);

/// How well one way to make a set of images does.
struct MethodScores {
  std::string method;
  std::vector<ImageScore> images;
  PsnrSummary psnr() const;
  double ssim_mean() const;
};

/// The scores of a set of images on the pixels that were trained on and on those held out. Pooled:
/// over all pixels of all images as one.
struct HeldOutScores {
  std::size_t images = 0;
  PsnrSummary kept, held_out;
  double ssim_kept = 0, ssim_held_out = 0;
};
/// Nothing if no image has pixels of both kinds.
std::optional<HeldOutScores> held_out_scores(const std::vector<ImageScore>& images);

/// How methods are compared: the errors of whole images, or of their held-out pixels.
enum class Where { everywhere, held_out };
/// The images on which `ours` has a smaller squared error than each of the rivals.
std::size_t wins(const MethodScores& ours, const std::vector<MethodScores>& rivals, Where where);

// Means over the images, with the keys of `evaluate --json`.
nlohmann::ordered_json to_json(const MethodScores& scores);
nlohmann::ordered_json to_json(const HeldOutScores& scores);
/// The means of each rival and the network's wins.
nlohmann::ordered_json baselines_to_json(const MethodScores& network,
                                         const std::vector<MethodScores>& rivals, Where where);

/// The places in the model of the images of a collection; nothing for those it does not encode.
/// Throws Error if it encodes none of them.
struct Matched {
  std::size_t model_image;
  std::size_t data_image;
};
std::vector<Matched> match(const Model& model, const Collection& data);

}  // namespace chorus::app
