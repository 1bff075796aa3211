#include <vector>

#include "chorus/tensor.hpp"
#include "op_parameters.hpp"
#include "reference/reference.hpp"

// The ops of whole networks, by the definition of SineNetwork: as calls for one layer after
// another.

namespace chorus {

namespace {

using Layer = SineNetwork::Layer;

void sine_network(const Call& call) {
  const SineNetwork& network = *call.network;
  std::vector<float> kept_sines[SineNetwork::most_layers];
  ConstView x = call.in[0];
  for (std::size_t l = 0; l < network.layers; ++l) {
    const Layer& layer = network.layer[l];
    View sine = layer.sine;
    if (sine.data == nullptr) {
      const std::size_t cols = layer.weight.rows;
      kept_sines[l].resize(x.rows * cols);
      sine = {kept_sines[l].data(), x.rows, cols, cols, DType::fp32};
    }
    Call single{.op = Op::sine_linear};
    single.in[0] = x;
    single.in[1] = layer.weight;
    single.in[2] = layer.shift;
    single.out[0] = sine;
    single.out[1] = layer.cosine;
    run_reference(single);
    x = as_const(sine);
  }
}

void sine_network_gradient(const Call& call) {
  const SineNetwork& network = *call.network;
  ConstView upstream = call.in[0], factor = call.in[1];
  for (std::size_t l = network.layers; l-- > 0;) {
    const Layer& layer = network.layer[l];
    std::vector<float> unwanted;  // sums that nobody asked for
    Call slope{.op = Op::sine_linear_gradient};
    slope.in[0] = upstream;
    slope.in[1] = factor;
    slope.out[0] = layer.cosine;
    slope.out[1] = layer.shift_gradient;
    if (slope.out[1].data == nullptr) {
      unwanted.resize(layer.shift.rows * layer.shift.cols);
      slope.out[1] = {unwanted.data(), layer.shift.rows, layer.shift.cols, layer.shift.cols,
                      DType::fp32};
    }
    run_reference(slope);
    upstream = as_const(layer.cosine);
    factor = layer.weight;
    if (layer.weight_gradient.data == nullptr) continue;
    Call product{.op = Op::matmul, .transpose_a = true, .accumulate = true};
    product.in[0] = upstream;
    product.in[1] = l == 0 ? call.in[2] : as_const(network.layer[l - 1].sine);
    product.out[0] = layer.weight_gradient;
    run_reference(product);
  }
}

}  // namespace

void run_reference_network(const Call& call) {
  call.op == Op::sine_network ? sine_network(call) : sine_network_gradient(call);
}

}  // namespace chorus
