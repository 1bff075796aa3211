#include "chorus/siren.hpp"

#include <utility>

#include "chorus/ops.hpp"
#include "output_head.hpp"

namespace chorus {

std::vector<Var> Siren::on_tape(Tape& tape, std::span<const Tensor> grads) const {
  std::vector<Var> vars;
  vars.reserve(parameters_.size());
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    // Non-owning, since several workers do this at once, for every tile.
    Tensor value = parameters_[p].value.non_owning();
    vars.push_back(grads.empty() ? tape.constant(std::move(value))
                                 : tape.variable(std::move(value), grads[p].non_owning()));
  }
  return vars;
}

Conditioned Siren::condition(std::span<const Var> p, const Var& latents,
                             const Var& palettes) const {
  Conditioned images;
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    Modulation& each = images.layers.emplace_back();
    each.shift =
        layer.shift == absent ? p[layer.bias] : linear(latents, p[layer.shift], p[layer.bias]);
    if (layer.gain != absent)
      each.gain = matmul(latents, p[layer.gain], Transpose::no, Transpose::yes);
  }
  images.palettes = head_->palettes(p.subspan(head_parameters_), latents, palettes);
  return images;
}

Var Siren::output(std::span<const Var> p, const Var& coordinates, const Conditioned& images) const {
  Var h = coordinates;
  if (config_.conditioning != Conditioning::film) {
    std::vector<SineLayer> layers;
    layers.reserve(layers_.size() - 1);
    for (std::size_t l = 0; l + 1 < layers_.size(); ++l)
      layers.push_back({p[layers_[l].weight], images.layers[l].shift});
    return linear(sine_network(h, layers), p[layers_.back().weight], p[layers_.back().bias]);
  }
  for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
    const auto& [shift, gain] = images.layers[l];
    const Var product = matmul(h, p[layers_[l].weight], Transpose::no, Transpose::yes);
    h = sin(product + product * broadcast_rows(gain, h.rows()) + broadcast_rows(shift, h.rows()));
  }
  return linear(h, p[layers_.back().weight], p[layers_.back().bias]);
}

Var Siren::colors(const Var& output, const Var& coordinates, const Conditioned& images) const {
  return head_->colors(output, coordinates, images.palettes);
}

Var Siren::decode(std::span<const Var> parameters, const Var& coordinates,
                  const Conditioned& images) const {
  return colors(output(parameters, coordinates, images), coordinates, images);
}

Var Siren::forward(std::span<const Var> parameters, const Var& coordinates, const Var& latents,
                   const Var& palettes) const {
  return decode(parameters, coordinates, condition(parameters, latents, palettes));
}

Var Siren::assignment_loss(const Var& output, const Var& coordinates, const Conditioned& images,
                           const Var& targets) const {
  return head_->assignment_loss(output, coordinates, images.palettes, targets);
}

}  // namespace chorus
