#include "measures.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>

#include "image_distance.hpp"
#include "metrics.hpp"
#include "parallel.hpp"
#include "region_distance.hpp"
#include "vectors.hpp"

namespace chorus {

namespace {

constexpr std::size_t grid_px = 48;
constexpr std::size_t coarse_grid_px = 24;
constexpr std::size_t coarse_steps = 4;

double cosine_distance(const std::vector<double>& a, const std::vector<double>& b) {
  const double lengths = std::sqrt(inner_product(a, a) * inner_product(b, b));
  return lengths > 0 ? std::max(0.0, 1 - inner_product(a, b) / lengths) : 1;
}

/// How far the decoded image moves along the straight line between two codes.
double path_length(Renderer& renderer, const ImageCode& from, const ImageCode& to,
                   const Image& first, const Image& last) {
  double length = 0;
  Image before = first;
  for (std::size_t k = 1; k <= coarse_steps; ++k) {
    const float t = static_cast<float>(k) / static_cast<float>(coarse_steps);
    const Image next =
        k == coarse_steps ? last : quantized(renderer.render(lerp(from, to, t), {first.size()}));
    length += pixel_distance(before, next);
    before = next;
  }
  return length;
}

double ssim_distance(const Image& a, const Image& b) { return std::max(0.0, 1 - ssim(a, b)); }

}  // namespace

std::string_view name(DistanceMeasure measure) { return enum_names<DistanceMeasure>.name(measure); }
DistanceMeasure parse_distance_measure(std::string_view text) {
  return enum_names<DistanceMeasure>.parse(text);
}

ImageDistances::ImageDistances(Memory& memory, const Model& model, std::size_t threads)
    : model_(model),
      threads_(threads),
      renderer_(memory, model),
      latents_(host_rows(model.latents)),
      shifts_(modulation_vectors(model)),
      pictures_(model.images.size()),
      coarse_pictures_(model.images.size()),
      regions_(model.images.size()) {}

void ImageDistances::prepare(std::size_t image, DistanceMeasure measure) {
  const auto decode = [&](std::vector<Image>& pictures, std::size_t side) {
    if (pictures[image].pixels() == 0)
      pictures[image] = quantized(renderer_.render(image, {{side, side}}));
  };
  switch (measure) {
    case DistanceMeasure::latent_cosine:
    case DistanceMeasure::latent_l2:
    case DistanceMeasure::modulation:
      return;
    case DistanceMeasure::pull_back:
      return decode(coarse_pictures_, coarse_grid_px);
    case DistanceMeasure::pixel:
    case DistanceMeasure::ssim:
    case DistanceMeasure::palette:
    case DistanceMeasure::silhouette:
    case DistanceMeasure::edges:
      return decode(pictures_, grid_px);
    case DistanceMeasure::regions:
      decode(pictures_, grid_px);
      if (!regions_[image])
        regions_[image] = std::make_shared<const SegmentedImage>(pictures_[image]);
      return;
  }
}

double ImageDistances::compare(std::size_t a, std::size_t b, DistanceMeasure measure) {
  switch (measure) {
    case DistanceMeasure::latent_cosine:
      return cosine_distance(latents_[a], latents_[b]);
    case DistanceMeasure::latent_l2:
      return euclidean_distance(latents_[a], latents_[b]);
    case DistanceMeasure::modulation:
      return euclidean_distance(shifts_[a], shifts_[b]);
    case DistanceMeasure::pull_back:
      return path_length(renderer_, renderer_.code(a), renderer_.code(b), coarse_pictures_[a],
                         coarse_pictures_[b]);
    case DistanceMeasure::pixel:
      return pixel_distance(pictures_[a], pictures_[b]);
    case DistanceMeasure::ssim:
      return ssim_distance(pictures_[a], pictures_[b]);
    case DistanceMeasure::palette:
      return palette_distance(pictures_[a], pictures_[b]);
    case DistanceMeasure::silhouette:
      return silhouette_distance(pictures_[a], pictures_[b]);
    case DistanceMeasure::edges:
      return edge_distance(pictures_[a], pictures_[b]);
    case DistanceMeasure::regions:
      return region_distance(*regions_[a], *regions_[b]);
  }
  return 0;
}

double ImageDistances::distance(std::size_t a, std::size_t b, DistanceMeasure measure) {
  if (a == b) return 0;
  prepare(a, measure);
  prepare(b, measure);
  return compare(std::min(a, b), std::max(a, b), measure);  // in one order, for the same bits
}

void ImageDistances::for_each_image(DistanceMeasure measure, const DistanceVisitor& visit,
                                    const DistanceProgress& progress) {
  const std::size_t images = model_.images.size();
  const std::size_t pairs = images * (images - 1) / 2;
  const auto all = static_cast<double>(images + pairs);
  std::atomic<std::size_t> done{0};
  const auto count = [&](std::size_t more) {
    const std::size_t now = done += more;
    if (progress) progress(static_cast<double>(now) / all);
  };
  for (std::size_t i = 0; i < images; ++i) {
    prepare(i, measure);
    count(1);
  }
  // pull_back decodes one image at a time, on all workers.
  const std::size_t threads = measure == DistanceMeasure::pull_back ? 1 : threads_;
  for_each_index(images, threads, [&](std::size_t a) {
    std::vector<double> distances(images - 1 - a);
    for (std::size_t k = 0; k < distances.size(); ++k)
      distances[k] = compare(a, a + 1 + k, measure);
    visit(a, distances);
    count(distances.size());
  });
}

DistanceMatrix ImageDistances::distances(DistanceMeasure measure,
                                         const DistanceProgress& progress) {
  const std::size_t images = model_.images.size();
  DistanceMatrix matrix(images, std::vector<double>(images));
  const auto fill = [&](std::size_t a, std::span<const double> distances) {
    for (std::size_t k = 0; k < distances.size(); ++k)
      matrix[a][a + 1 + k] = matrix[a + 1 + k][a] = distances[k];
  };
  for_each_image(measure, fill, progress);
  return matrix;
}

}  // namespace chorus
