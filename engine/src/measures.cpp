#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "chorus/error.hpp"
#include "chorus/image_distance.hpp"
#include "chorus/metrics.hpp"
#include "chorus/pairs.hpp"
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

/// How far the decoded image moves on the straight line between two codes.
double path_length(Renderer& renderer, const ImageCode& from, const ImageCode& to,
                   const Image& first, const Image& last) {
  double length = 0;
  Image before = first;
  for (std::size_t k = 1; k <= coarse_steps; ++k) {
    const float t = static_cast<float>(k) / static_cast<float>(coarse_steps);
    const Image next =
        k == coarse_steps
            ? last
            : quantized(renderer.render(lerp(from, to, t), first.width, first.height));
    length += pixel_distance(before, next);
    before = next;
  }
  return length;
}

double ssim_distance(const Image& a, const Image& b) { return std::max(0.0, 1 - ssim(a, b)); }

}  // namespace

std::string_view name(Similarity measure) {
  switch (measure) {
    case Similarity::latent_cosine:
      return "latent-cosine";
    case Similarity::latent_l2:
      return "latent-l2";
    case Similarity::modulation:
      return "modulation";
    case Similarity::pull_back:
      return "pull-back";
    case Similarity::pixel:
      return "pixel";
    case Similarity::ssim:
      return "ssim";
    case Similarity::palette:
      return "palette";
    case Similarity::silhouette:
      return "silhouette";
    case Similarity::edges:
      return "edges";
    case Similarity::regions:
      return "regions";
  }
  return "";
}

Similarity parse_similarity(std::string_view text) {
  std::string known;
  for (const Similarity measure : all_similarities) {
    if (name(measure) == text) return measure;
    known += (known.empty() ? "" : ", ") + std::string(name(measure));
  }
  throw Error(fmt::format("no measure of similarity '{}'; expected one of {}", text, known));
}

Similarities::Similarities(Memory& memory, const Model& model)
    : model_(model),
      renderer_(memory, model),
      latents_(host_rows(memory.backend(), model.latents)),
      shifts_(modulation_vectors(memory.backend(), model)),
      pictures_(model.images.size()),
      coarse_pictures_(model.images.size()),
      regions_(model.images.size()) {}

void Similarities::prepare(std::size_t image, Similarity measure) {
  const auto decode = [&](std::vector<Image>& pictures, std::size_t side) {
    if (pictures[image].pixels() == 0)
      pictures[image] = quantized(renderer_.render(image, side, side));
  };
  switch (measure) {
    case Similarity::latent_cosine:
    case Similarity::latent_l2:
    case Similarity::modulation:
      return;
    case Similarity::pull_back:
      return decode(coarse_pictures_, coarse_grid_px);
    case Similarity::pixel:
    case Similarity::ssim:
    case Similarity::palette:
    case Similarity::silhouette:
    case Similarity::edges:
      return decode(pictures_, grid_px);
    case Similarity::regions:
      decode(pictures_, grid_px);
      if (!regions_[image])
        regions_[image] = std::make_shared<const SegmentedImage>(pictures_[image]);
      return;
  }
}

double Similarities::compare(std::size_t a, std::size_t b, Similarity measure) {
  switch (measure) {
    case Similarity::latent_cosine:
      return cosine_distance(latents_[a], latents_[b]);
    case Similarity::latent_l2:
      return euclidean_distance(latents_[a], latents_[b]);
    case Similarity::modulation:
      return euclidean_distance(shifts_[a], shifts_[b]);
    case Similarity::pull_back:
      return path_length(renderer_, renderer_.code(a), renderer_.code(b), coarse_pictures_[a],
                         coarse_pictures_[b]);
    case Similarity::pixel:
      return pixel_distance(pictures_[a], pictures_[b]);
    case Similarity::ssim:
      return ssim_distance(pictures_[a], pictures_[b]);
    case Similarity::palette:
      return palette_distance(pictures_[a], pictures_[b]);
    case Similarity::silhouette:
      return silhouette_distance(pictures_[a], pictures_[b]);
    case Similarity::edges:
      return edge_distance(pictures_[a], pictures_[b]);
    case Similarity::regions:
      return region_distance(*regions_[a], *regions_[b]);
  }
  return 0;
}

double Similarities::distance(std::size_t a, std::size_t b, Similarity measure) {
  if (a == b) return 0;
  prepare(a, measure);
  prepare(b, measure);
  return compare(std::min(a, b), std::max(a, b), measure);  // one direction, for the same bits
}

DistanceMatrix Similarities::distances(Similarity measure) {
  const std::size_t images = model_.images.size();
  for (std::size_t i = 0; i < images; ++i) prepare(i, measure);
  DistanceMatrix distances(images, std::vector<double>(images));
  // A decoding uses all processors by itself, and works on one image at a time.
#pragma omp parallel for schedule(dynamic) if (measure != Similarity::pull_back)
  for (std::size_t a = 0; a < images; ++a)
    for (std::size_t b = a + 1; b < images; ++b)
      distances[a][b] = distances[b][a] = compare(a, b, measure);
  return distances;
}

DistanceMatrix similarity_distances(Memory& memory, const Model& model, Similarity measure) {
  return Similarities(memory, model).distances(measure);
}

}  // namespace chorus
