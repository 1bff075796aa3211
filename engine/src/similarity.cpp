#include "chorus/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace chorus {

std::vector<std::vector<double>> modulation_vectors(Backend& backend, const Model& model) {
  const std::vector<float> latents = to_host(backend, model.latents);
  const std::size_t latent = model.latents.cols();
  std::vector<std::vector<double>> vectors(model.images.size());
  for (const Parameter& parameter : model.siren.parameters()) {
    if (parameter.role != Role::modulation) continue;
    const std::vector<float> matrix = to_host(backend, parameter.value);
    for (std::size_t i = 0; i < vectors.size(); ++i)
      for (std::size_t unit = 0; unit < parameter.value.rows(); ++unit) {
        double shift = 0;
        for (std::size_t d = 0; d < latent; ++d)
          shift += double{matrix[unit * latent + d]} * double{latents[i * latent + d]};
        vectors[i].push_back(shift);
      }
  }
  return vectors;
}

std::vector<std::vector<double>> pairwise_distances(
    const std::vector<std::vector<double>>& vectors) {
  const std::size_t n = vectors.size();
  std::vector<std::vector<double>> distances(n, std::vector<double>(n));
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a + 1; b < n; ++b) {
      double sum = 0;
      for (std::size_t k = 0; k < vectors[a].size(); ++k)
        sum += (vectors[a][k] - vectors[b][k]) * (vectors[a][k] - vectors[b][k]);
      distances[a][b] = distances[b][a] = std::sqrt(sum);
    }
  return distances;
}

std::vector<ImagePair> closest_disjoint_pairs(const std::vector<std::vector<double>>& distances,
                                              std::size_t count) {
  std::vector<ImagePair> all;
  for (std::size_t a = 0; a < distances.size(); ++a)
    for (std::size_t b = a + 1; b < distances.size(); ++b) all.push_back({a, b, distances[a][b]});
  std::stable_sort(all.begin(), all.end(),
                   [](const ImagePair& x, const ImagePair& y) { return x.distance < y.distance; });
  std::vector<bool> used(distances.size());
  std::vector<ImagePair> chosen;
  for (const ImagePair& pair : all) {
    if (chosen.size() == count) break;
    if (used[pair.a] || used[pair.b]) continue;
    used[pair.a] = used[pair.b] = true;
    chosen.push_back(pair);
  }
  return chosen;
}

ImageCode lerp(const ImageCode& a, const ImageCode& b, float t) {
  return {lerp(a.latent, b.latent, t), lerp(a.palette, b.palette, t)};
}

std::vector<float> lerp(const std::vector<float>& a, const std::vector<float>& b, float t) {
  if (a.size() != b.size()) throw std::invalid_argument("lerp: vectors of different sizes");
  std::vector<float> mix(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) mix[k] = (1 - t) * a[k] + t * b[k];
  return mix;
}

}  // namespace chorus
