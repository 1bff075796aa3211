#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "mix.hpp"
#include "morph.hpp"
#include "path_segment.hpp"

namespace chorus {

namespace {

/// The size at which shapes are found: up to four times the training size, so that borders are
/// known to a fraction of a training pixel, but no larger than needed.
PixelSize working_size(const EncodedImage& image) {
  constexpr std::size_t finer = 4, enough = 192, most = 256;
  const PixelSize trained = image.size();
  const std::size_t side =
      std::min({finer * trained.longer_side(), std::max(enough, trained.longer_side()), most});
  const auto scaled = [&](std::size_t pixels) {
    return std::max<std::size_t>(
        1, (pixels * side + trained.longer_side() / 2) / trained.longer_side());
  };
  return {scaled(trained.width), scaled(trained.height)};
}

class MorphSegment : public PathSegment {
 public:
  MorphSegment(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
               std::size_t threads)
      : renderer_(renderer),
        from_(from),
        to_(to),
        morph_(morph(renderer, model, from, to, threads)) {}

  Image at(double u, const Raster& raster) override {
    if (u == 0) return renderer_.render(from_, raster);
    if (u == 1) return renderer_.render(to_, raster);
    Image image = morph_.draw(u, raster.size);
    if (correction_near_end(u) > 0) add(image, difference_at(0, raster), correction_near_end(u));
    if (correction_near_end(1 - u) > 0)
      add(image, difference_at(1, raster), correction_near_end(1 - u));
    return image;
  }

 private:
  static Morph morph(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
                     std::size_t threads) {
    const PixelSize size = working_size(model.images[from]);
    return {renderer.render(from, {size}), renderer.render(to, {size}), threads};
  }

  /// The difference between the network's image of an end (0 or 1) and the drawn one, at this size.
  const Image& difference_at(std::size_t end, const Raster& raster) {
    const auto key =
        std::tuple(end, raster.size.width, raster.size.height, raster.samples_per_axis);
    const auto known = differences_.find(key);
    if (known != differences_.end()) return known->second;
    Image image = renderer_.render(end == 0 ? from_ : to_, raster);
    add(image, morph_.draw(static_cast<double>(end), raster.size), -1);
    return differences_.emplace(key, std::move(image)).first->second;
  }

  Renderer& renderer_;
  std::size_t from_, to_;
  Morph morph_;
  std::map<std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>, Image> differences_;
};

}  // namespace

std::unique_ptr<PathSegment> morph_segment(Renderer& renderer, const Model& model, std::size_t from,
                                           std::size_t to, std::size_t threads) {
  return std::make_unique<MorphSegment>(renderer, model, from, to, threads);
}

}  // namespace chorus
