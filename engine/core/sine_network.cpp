#include <algorithm>
#include <span>
#include <stdexcept>
#include <vector>

#include "chorus/ops.hpp"
#include "op_helpers.hpp"
#include "op_parameters.hpp"

// All sine layers of a network. They are composed of sine_linear, except where a device has one
// kernel for all of them. That kernel is given everything that the layers would have been given,
// and its gradient is one kernel, too.

namespace chorus {

namespace {

class FusedNetwork {
 public:
  FusedNetwork(const Var& x, std::span<const SineLayer> layers)
      : x_(x), layers_(layers.begin(), layers.end()) {}

  Var run() {
    Tape& tape = x_.tape();
    std::vector<const Var*> inputs = {&x_};
    for (const auto& [weight, shift] : layers_) inputs.insert(inputs.end(), {&weight, &shift});
    const bool records = tape.records(inputs);
    const auto [value_type, cosine_type] = tape.activations();
    const std::size_t rows = x_.rows(), width = layers_.front().weight.rows();
    sines_.reserve(layers_.size());
    cosines_.reserve(layers_.size());
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const bool keeps_sine = records || l + 1 == layers_.size();
      sines_.push_back(keeps_sine ? tape.memory().empty(rows, width, value_type) : Tensor());
      cosines_.push_back(records ? tape.memory().empty(rows, width, cosine_type) : Tensor());
    }
    const SineNetwork network = views();
    Call call{.op = Op::sine_network};
    call.in[0] = x_.value().const_view();
    call.out[0] = sines_.back().view();
    call.network = &network;
    tape.run(call);
    return tape.record(sines_.back(), inputs, [self = *this](Gradient& g) { self.gradients(g); });
  }

 private:
  SineNetwork views() const {
    SineNetwork network;
    network.layers = layers_.size();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      SineNetwork::Layer& layer = network.layer[l];
      layer.weight = layers_[l].weight.value().const_view();
      layer.packed = layers_[l].weight.value().packed();
      layer.shift = layers_[l].shift.value().const_view();
      layer.sine = sines_[l].view();
      layer.cosine = cosines_[l].view();
    }
    return network;
  }

  void gradients(Gradient& g) const {
    if (g.recording()) return record_gradients(g);
    SineNetwork network = views();
    Call call{.op = Op::sine_network_gradient};
    set_upstream(call, g);
    call.in[2] = x_.value().const_view();
    call.out[0] = cosines_.back().view();
    std::vector<Tensor> buffers;  // which must live until the call
    const auto buffer_of = [&](const Var& input) {
      if (!g.requires_grad(input)) return View{};
      buffers.push_back(g.grad_buffer(input));
      return buffers.back().view();
    };
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      network.layer[l].weight_gradient = buffer_of(layers_[l].weight);
      network.layer[l].shift_gradient = buffer_of(layers_[l].shift);
    }
    call.network = &network;
    x_.tape().run(call);
  }

  /// The same by ops on the tape, for derivatives of derivatives.
  void record_gradients(Gradient& g) const {
    std::vector<Var> inputs = {x_};
    inputs.reserve(layers_.size() + 1);
    for (const auto& [weight, shift] : layers_)
      inputs.push_back(sine_linear(inputs.back(), weight, shift));
    Var upstream = g.upstream();
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const auto& [weight, shift] = layers_[l];
      const Var gradient = multiply(upstream, cos(linear(inputs[l], weight, shift)));
      g.add(shift, sum_rows(gradient, shift.rows()));
      g.add_matmul(weight, gradient, true, inputs[l], false);
      if (l > 0) upstream = matmul(gradient, weight);
    }
  }

  Var x_;
  std::vector<SineLayer> layers_;
  std::vector<Tensor> sines_, cosines_;
};

/// Whether the device has a kernel for exactly these layers.
bool fit_one_kernel(const Var& x, std::span<const SineLayer> layers) {
  Tape& tape = x.tape();
  const Backend& backend = tape.memory().backend();
  const std::size_t width = layers.front().weight.rows();
  const ActivationTypes used = tape.activations(), best = backend.activations();
  const bool hidden_are_square = std::ranges::all_of(layers.subspan(1), [&](const SineLayer& l) {
    return l.weight.rows() == width && l.weight.cols() == width &&
           (backend.packed_floats(width, width) == 0 || l.weight.value().packed() != nullptr);
  });
  return x.is_constant() && x.cols() == 2 && hidden_are_square &&
         layers.size() <= SineNetwork::most_layers && used.values == best.values &&
         used.cosines == best.cosines && backend.fuses(width, layers.size());
}

}  // namespace

Var sine_network(const Var& x, std::span<const SineLayer> layers) {
  if (layers.empty()) throw std::invalid_argument("sine_network: expected at least one layer");
  if (!fit_one_kernel(x, layers)) {
    Var h = x;
    for (const auto& [weight, shift] : layers) h = sine_linear(h, weight, shift);
    return h;
  }
  require(x.cols() == layers.front().weight.cols(), "sine_network", x, layers.front().weight);
  for (const auto& [weight, shift] : layers)
    require(shift.cols() == weight.rows() && shift.rows() > 0 && x.rows() % shift.rows() == 0,
            "sine_network", weight, shift);
  return FusedNetwork(x, layers).run();
}

}  // namespace chorus
