#include "evaluation/training_images.hpp"

#include <set>
#include <utility>

#include "evaluation/scoring.hpp"
#include "split.hpp"
#include "support/model_data.hpp"

namespace chorus::app {

namespace {

/// For each image of the model the one of the data that has its name and for which fits(image,
/// size) is true, or an empty one. Size folders are read only if they have one of the `sizes`.
template <class Fits>
std::vector<Image> fitting_images(const Model& model, const std::filesystem::path& data,
                                  const std::optional<Rgb>& background,
                                  const std::set<std::size_t>& sizes, const Fits& fits) {
  std::vector<Image> images(model.images.size());
  if (data.empty()) return images;
  const auto take_from = [&](Collection collection) {
    for (const auto& [image, place] : match(model, collection)) {
      Image& found = collection[place].image;
      if (fits(image, found.size())) images[image] = std::move(found);
    }
  };
  const std::vector<std::size_t> offered = offered_sizes(data);
  if (offered.empty()) take_from(load_for(model, data, std::nullopt, background));
  for (const std::size_t size : offered)
    if (sizes.contains(size)) take_from(load_for(model, data, size, background));
  return images;
}

std::set<std::size_t> training_sizes(const Model& model) {
  std::set<std::size_t> sizes;
  for (const EncodedImage& image : model.images) sizes.insert(image.size().longer_side());
  return sizes;
}

}  // namespace

TrainingImages::TrainingImages(const Model& model, const std::filesystem::path& data,
                               const std::optional<Rgb>& background)
    : images_(fitting_images(model, data, background, training_sizes(model),
                             [&](std::size_t image, const PixelSize& size) {
                               return size == model.images[image].size();
                             })) {}

std::vector<Image> true_images(const Model& model, const std::filesystem::path& data,
                               const std::optional<Rgb>& background, std::size_t size) {
  return fitting_images(model, data, background, {size}, [&](std::size_t, const PixelSize& found) {
    return found.longer_side() == size;
  });
}

const Image* TrainingImages::find(std::size_t model_image) const {
  return images_[model_image].pixels() == 0 ? nullptr : &images_[model_image];
}

void TrainingImages::note_if_other(const Model& model, const std::filesystem::path& data) const {
  if (data.empty()) return;
  std::vector<const Image*> found;
  for (std::size_t i = 0; i < images_.size(); ++i) found.push_back(find(i));
  note_other_images(model, data, found);
}

std::vector<bool> held_out_mask(const Model& model, std::size_t image, const Image& truth) {
  const EncodedImage& encoded = model.images[image];
  if (model.split.pixels <= 0 || truth.size() != encoded.size()) return {};
  return held_out_pixels(model.split, image, truth.size());
}

}  // namespace chorus::app
