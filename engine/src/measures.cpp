#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <string>

#include "chorus/error.hpp"
#include "chorus/image_distance.hpp"
#include "chorus/metrics.hpp"
#include "chorus/pairs.hpp"
#include "chorus/render.hpp"
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

/// distance(a, b) of all pairs of so many images, on all processors.
DistanceMatrix matrix(std::size_t images,
                      const std::function<double(std::size_t, std::size_t)>& distance) {
  DistanceMatrix distances(images, std::vector<double>(images));
#pragma omp parallel for schedule(dynamic)
  for (std::size_t a = 0; a < images; ++a)
    for (std::size_t b = a + 1; b < images; ++b) distances[a][b] = distances[b][a] = distance(a, b);
  return distances;
}

std::vector<Image> decoded(Renderer& renderer, const Model& model, std::size_t side) {
  std::vector<Image> images;
  for (std::size_t i = 0; i < model.images.size(); ++i)
    images.push_back(quantized(renderer.render(i, side, side)));
  return images;
}

DistanceMatrix decoded_distances(Memory& memory, const Model& model,
                                 double (*distance)(const Image&, const Image&)) {
  Renderer renderer(memory, model);
  const std::vector<Image> images = decoded(renderer, model, grid_px);
  return matrix(images.size(),
                [&](std::size_t a, std::size_t b) { return distance(images[a], images[b]); });
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

DistanceMatrix path_lengths(Memory& memory, const Model& model) {
  Renderer renderer(memory, model);
  const std::vector<Image> images = decoded(renderer, model, coarse_grid_px);
  std::vector<ImageCode> codes;
  for (std::size_t i = 0; i < images.size(); ++i) codes.push_back(renderer.code(i));
  DistanceMatrix distances(images.size(), std::vector<double>(images.size()));
  for (std::size_t a = 0; a < images.size(); ++a)
    for (std::size_t b = a + 1; b < images.size(); ++b)
      distances[a][b] = distances[b][a] =
          path_length(renderer, codes[a], codes[b], images[a], images[b]);
  return distances;
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

DistanceMatrix similarity_distances(Memory& memory, const Model& model, Similarity measure) {
  const auto latents = [&] { return host_rows(memory.backend(), model.latents); };
  switch (measure) {
    case Similarity::latent_cosine: {
      const std::vector<std::vector<double>> z = latents();
      return matrix(z.size(),
                    [&](std::size_t a, std::size_t b) { return cosine_distance(z[a], z[b]); });
    }
    case Similarity::latent_l2:
      return pairwise_distances(latents());
    case Similarity::modulation:
      return pairwise_distances(modulation_vectors(memory.backend(), model));
    case Similarity::pull_back:
      return path_lengths(memory, model);
    case Similarity::pixel:
      return decoded_distances(memory, model, pixel_distance);
    case Similarity::ssim:
      return decoded_distances(memory, model, ssim_distance);
    case Similarity::palette:
      return decoded_distances(memory, model, palette_distance);
    case Similarity::silhouette:
      return decoded_distances(memory, model, silhouette_distance);
    case Similarity::edges:
      return decoded_distances(memory, model, edge_distance);
  }
  return {};
}

}  // namespace chorus
