#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chorus/collection.hpp"
#include "chorus/metrics.hpp"
#include "chorus/model.hpp"
#include "chorus/render.hpp"

namespace chorus::app {

struct ImageScore {
  std::string name;
  double mse = 0;
  double psnr_db = 0;
  double ssim = 0;
  PixelScores kept, held_out;  ///< if the model holds pixels out and this is the training size
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
nlohmann::ordered_json to_json(const HeldOutScores& scores);

/// The scores of a set of images at one size.
struct SizeScores {
  std::size_t size = 0;  ///< pixels, longer side
  std::vector<ImageScore> images;
  PsnrSummary psnr() const;
  double ssim_mean() const;
};

/// An image of the model, decoded at the size of `truth` and rounded to 8 bits.
struct Decoded {
  Image image;
  double mse = 0;  ///< against the truth
};
Decoded decode(Renderer& renderer, std::size_t image, const Image& truth, std::size_t supersample);

ImageScore score_image(Renderer& renderer, const Model& model, std::size_t image,
                       const Image& truth, std::size_t supersample);

/// The places in the model of the images of a collection; nothing for those it does not encode.
/// Throws Error if it encodes none of them.
struct Matched {
  std::size_t model_image;
  std::size_t data_image;
};
std::vector<Matched> match(const Model& model, const Collection& data);

}  // namespace chorus::app
