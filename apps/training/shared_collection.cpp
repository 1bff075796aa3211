#include "training/shared_collection.hpp"

#include <numeric>

#include "shared_model.hpp"
#include "support/processes.hpp"
#include "training/tracking.hpp"

namespace chorus::app {

SharedCollection::SharedCollection(Session& session, const Collection& images, const Model& model)
    : session_(session),
      images_(images),
      model_(model),
      pixels_(gathered_by_all(*processes(), pixels_of(images))) {
  gather_model();
}

std::size_t SharedCollection::all_pixels() const {
  return std::accumulate(pixels_.begin(), pixels_.end(), std::size_t{0});
}

std::vector<std::size_t> SharedCollection::own_of(const std::vector<std::size_t>& numbers) const {
  const std::size_t first = model_.split.first_image;
  std::vector<std::size_t> own;
  for (const std::size_t i : numbers)
    if (i >= first && i < first + images_.size()) own.push_back(i - first);
  return own;
}

void SharedCollection::gather_model() {
  if (processes()->size() > 1) whole_ = whole_model(session_.memory, model_, *processes());
}

Collection SharedCollection::gathered_images(const std::vector<std::size_t>& numbers) const {
  std::vector<float> own;
  for (const std::size_t i : own_of(numbers))
    own.insert(own.end(), images_[i].image.values.begin(), images_[i].image.values.end());
  const std::vector<float> all = gathered(*processes(), own);
  Collection images;
  if (!prints()) return images;
  const std::size_t channels = model_.siren.config().channels;
  auto values = all.begin();
  for (const std::size_t i : numbers) {
    const EncodedImage& encoded = model().images[i];
    const auto end = values + static_cast<std::ptrdiff_t>(pixels_[i] * channels);
    images.push_back({encoded.name, Image(encoded.size(), channels)});
    images.back().image.values.assign(values, end);
    values = end;
  }
  return images;
}

}  // namespace chorus::app
