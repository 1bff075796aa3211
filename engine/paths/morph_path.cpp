#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "morph.hpp"
#include "path_segment.hpp"

namespace chorus {

namespace {

/// The size at which shapes are taken apart: four times the training size if that is 192 pixels or
/// fewer, so that borders are found to a fraction of a training pixel, and not larger than needed.
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

void add(Image& image, const Image& other, double weight) {
  for (std::size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] += static_cast<float>(weight) * other.rgb[i];
}

class MorphSegment : public PathSegment {
 public:
  MorphSegment(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
               std::size_t threads)
      : renderer_(renderer),
        from_(from),
        to_(to),
        morph_(morph(renderer, model, from, to, threads)) {}

  Image at(double u, PixelSize size, std::size_t supersample) override {
    if (u == 0) return renderer_.render(from_, size.width, size.height, supersample);
    if (u == 1) return renderer_.render(to_, size.width, size.height, supersample);
    Image image = morph_.draw(u, size);
    const auto near = [](double away) { return std::max(0.0, 1 - 10 * away); };
    if (near(u) > 0) add(image, miss(0, size, supersample), near(u));
    if (near(1 - u) > 0) add(image, miss(1, size, supersample), near(1 - u));
    return image;
  }

 private:
  static Morph morph(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
                     std::size_t threads) {
    const PixelSize size = working_size(model.images[from]);
    return {renderer.render(from, size.width, size.height),
            renderer.render(to, size.width, size.height), threads};
  }

  /// What an end drawn at a size lacks of the network's image.
  const Image& miss(std::size_t end, PixelSize size, std::size_t supersample) {
    const auto key = std::tuple(end, size.width, size.height, supersample);
    const auto known = misses_.find(key);
    if (known != misses_.end()) return known->second;
    Image image = renderer_.render(end == 0 ? from_ : to_, size.width, size.height, supersample);
    add(image, morph_.draw(static_cast<double>(end), size), -1);
    return misses_.emplace(key, std::move(image)).first->second;
  }

  Renderer& renderer_;
  std::size_t from_, to_;
  Morph morph_;
  std::map<std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>, Image> misses_;
};

}  // namespace

std::unique_ptr<PathSegment> morph_segment(Renderer& renderer, const Model& model, std::size_t from,
                                           std::size_t to, std::size_t threads) {
  return std::make_unique<MorphSegment>(renderer, model, from, to, threads);
}

}  // namespace chorus
