#include <algorithm>
#include <cmath>

#include "path_segment.hpp"
#include "taught_route.hpp"
#include "vectors.hpp"

namespace chorus {

namespace {

std::vector<float> mean_latent(const Renderer& renderer, const Model& model) {
  std::vector<float> mean(model.latents.cols());
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const std::vector<float> latent = renderer.code(i).latent;
    for (std::size_t k = 0; k < mean.size(); ++k)
      mean[k] += latent[k] / static_cast<float>(model.images.size());
  }
  return mean;
}

std::vector<double> minus(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<double> difference(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) difference[k] = double{a[k]} - double{b[k]};
  return difference;
}

/// Spherical interpolation about `centre` (Shoemake 1985); the distance from the centre changes
/// linearly. Falls back to a straight line where the arc is undefined or nearly straight: if an end
/// is at the centre, or if both ends are on one line with it. The centre is the mean of the model's
/// latents, because a vector that all latents have in common could as well be part of the network's
/// biases, and the arc must not depend on that choice.
std::vector<float> on_arc(const std::vector<float>& from, const std::vector<float>& to,
                          const std::vector<float>& centre, double t) {
  constexpr double no_arc = 1e-6;
  const std::vector<double> a = minus(from, centre), b = minus(to, centre);
  const double length_a = length(a), length_b = length(b);
  if (length_a < no_arc || length_b < no_arc) return lerp(from, to, static_cast<float>(t));
  const double cosine = inner_product(a, b) / (length_a * length_b);
  const double angle = std::acos(std::clamp(cosine, -1.0, 1.0)), sine = std::sin(angle);
  if (sine < no_arc) return lerp(from, to, static_cast<float>(t));
  const double radius = (1 - t) * length_a + t * length_b;
  const double share_a = radius * std::sin((1 - t) * angle) / (sine * length_a);
  const double share_b = radius * std::sin(t * angle) / (sine * length_b);
  std::vector<float> mix(from.size());
  for (std::size_t k = 0; k < mix.size(); ++k)
    mix[k] = static_cast<float>(double{centre[k]} + share_a * a[k] + share_b * b[k]);
  return mix;
}

class LatentSegment : public PathSegment {
 public:
  LatentSegment(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
                PathKind kind)
      : renderer_(renderer), from_(renderer.code(from)), to_(renderer.code(to)) {
    if (kind == PathKind::spherical) centre_ = mean_latent(renderer, model);
  }

  Image at(double u, const Raster& raster) override {
    if (u == 0) return renderer_.render(from_, raster);
    if (u == 1) return renderer_.render(to_, raster);
    ImageCode code = lerp(from_, to_, static_cast<float>(u));
    if (!centre_.empty()) code.latent = on_arc(from_.latent, to_.latent, centre_, u);
    return renderer_.render(code, raster);
  }

 private:
  Renderer& renderer_;
  ImageCode from_, to_;
  std::vector<float> centre_;  ///< empty for a straight line
};

/// Straight lines from image to image. Each takes a part of the way in proportion to the distance
/// of its latents.
class LinesSegment : public PathSegment {
 public:
  LinesSegment(Renderer& renderer, const std::vector<std::size_t>& images) : renderer_(renderer) {
    for (const std::size_t image : images) {
      codes_.push_back(renderer.code(image));
      const double before = places_.empty() ? 0 : places_.back();
      const std::size_t k = codes_.size() - 1;
      places_.push_back(k == 0 ? 0
                               : before + length(minus(codes_[k].latent, codes_[k - 1].latent)));
    }
  }

  Image at(double u, const Raster& raster) override {
    if (u == 0) return renderer_.render(codes_.front(), raster);
    if (u == 1) return renderer_.render(codes_.back(), raster);
    std::size_t k = 0;
    while (k + 2 < places_.size() && places_[k + 1] <= u * places_.back()) ++k;
    const double line = places_[k + 1] - places_[k];
    const double t = line > 0 ? (u * places_.back() - places_[k]) / line : u;
    return renderer_.render(lerp(codes_[k], codes_[k + 1], static_cast<float>(t)), raster);
  }

 private:
  Renderer& renderer_;
  std::vector<ImageCode> codes_;
  std::vector<double> places_;  ///< of each image on the way
};

}  // namespace

std::unique_ptr<PathSegment> latent_segment(Renderer& renderer, const Model& model,
                                            std::size_t from, std::size_t to, PathKind kind) {
  if (kind == PathKind::learned)
    return std::make_unique<LinesSegment>(renderer, taught_route(model, from, to));
  return std::make_unique<LatentSegment>(renderer, model, from, to, kind);
}

}  // namespace chorus
