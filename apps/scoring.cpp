#include "scoring.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "chorus/error.hpp"

namespace chorus::app {

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
  return {model.images[image].name, mse, psnr_db(mse), ssim(decoded, truth)};
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
