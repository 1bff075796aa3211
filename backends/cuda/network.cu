#include "cuda/network.cuh"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "cuda/product_launch.cuh"
#include "op_parameters.hpp"

// The host side of network.cuh: which formats go together, memory for partial sums, and the
// launches, which are one forwards and three backwards.

namespace chorus::CHORUS_DEVICE {

namespace {

static_assert(most_layers == static_cast<int>(SineNetwork::most_layers));

/// The formats of a network at each precision: of activations in memory, and of the products
/// forwards, backwards and of the gradients of weights.
struct Singles {
  using Sine = float;
  using Cosine = float;
  using Forward = Operands<Fp32, float, float, false, false>;
  using Backward = Operands<Fp32, float, float, false, true>;
  using Weights = Operands<Fp32, float, float, true, true>;
};
struct Tf32s {
  using Sine = float;
  using Cosine = float;
  using Forward = Operands<Tf32OfKept, float, float, false, false>;
  using Backward = Operands<Tf32OfKept, float, float, false, true>;
  using Weights = Operands<Tf32, float, float, true, true>;
};
struct Fp16s {
  using Sine = Fp16Number;
  using Cosine = Bf16Number;
  using Forward = Operands<Fp16, Fp16Number, Fp16Number, false, false>;
  using Backward = Operands<Bf16, Bf16Number, Bf16Number, false, false>;
  using Weights = Operands<Bf16OfFp16, Bf16Number, Fp16Number, true, true>;
};
struct Bf16s {
  using Sine = Bf16Number;
  using Cosine = Bf16Number;
  using Forward = Operands<Bf16, Bf16Number, Bf16Number, false, false>;
  using Backward = Forward;
  using Weights = Operands<Bf16, Bf16Number, Bf16Number, true, true>;
};

/// Calls run(formats) with those of a precision.
template <class Run>
auto with_formats(Precision precision, const Run& run) {
  switch (precision) {
    case Precision::fp32:
      return run(Singles{});
    case Precision::tf32:
      return run(Tf32s{});
    case Precision::fp16:
      return run(Fp16s{});
    case Precision::bf16:
      return run(Bf16s{});
  }
  throw std::logic_error("cuda: unknown precision");
}

/// Calls run(tiling) with that of a width, for which there is one.
template <class Run>
auto with_width(std::size_t width, const Run& run) {
  switch (width) {
    case 64:
      return run(NetworkTiling<64>{});
    case 128:
      return run(NetworkTiling<128>{});
    case 256:
      return run(NetworkTiling<256>{});
    default:
      throw std::logic_error("cuda: no network of this width");
  }
}

/// The weights of a layer in the format of a product: the packed copies of 16 bits, or as they are.
template <class Operands>
MatrixOf<const typename Operands::Left> weights_of(const SineNetwork::Layer& layer, bool transposed,
                                                   ActivationTypes numbers) {
  using Number = typename Operands::Left;
  if constexpr (sizeof(Number) == sizeof(float))
    return matrix(layer.weight);
  else
    return matrix_of<Number>(copy_of_weights(layer.packed, layer.weight, transposed, numbers));
}

int rows_of_group(const SineNetwork::Layer& layer, int rows) {
  return rows / static_cast<int>(layer.shift.rows);
}

template <class Formats, class T>
void run_forward(Device& device, const Call& call, ActivationTypes numbers) {
  using Operands = typename Formats::Forward;
  using Sine = typename Formats::Sine;
  using Cosine = typename Formats::Cosine;
  const SineNetwork& network = *call.network;
  NetworkForward<typename Operands::Left, Sine, Cosine> n = {};
  n.layers = static_cast<int>(network.layers);
  n.places = matrix(call.in[0]);
  n.rows = n.places.rows;
  n.first_weights = matrix(network.layer[0].weight);
  for (int l = 0; l < n.layers; ++l) {
    const SineNetwork::Layer& layer = network.layer[l];
    if (l > 0) n.weights[l - 1] = weights_of<Operands>(layer, false, numbers);
    n.shift[l] = matrix(layer.shift);
    n.group[l] = rows_of_group(layer, n.rows);
    n.sine[l] = matrix_of<Sine>(layer.sine);
    n.cosine[l] = matrix_of<Cosine>(layer.cosine);
  }
  launch_sharing(device, network_forward<Operands, T, Sine, Cosine>,
                 {blocks_for(n.rows, T::block_rows)}, T::threads,
                 network_shared_bytes<Operands, T>(), n);
}

/// The gradients of the weights of all hidden layers: products of slopes and sines.
template <class Operands>
struct WeightGradients {
  MatrixOf<const typename Operands::Left> slopes[most_layers];
  MatrixOf<const typename Operands::Right> sines[most_layers];
  Matrix partial;  ///< width x width for each layer and share of the rows, one below the other
  int shares, rows_of_share;
};

/// Blocks: x tiles of a gradient; z layers and shares of the rows.
template <class Operands, class T>
__global__ void __launch_bounds__(T::threads, 512 / T::threads)
    weight_gradients(const __grid_constant__ WeightGradients<Operands> g) {
  const int layer = static_cast<int>(blockIdx.z) / g.shares;
  const int share = static_cast<int>(blockIdx.z) % g.shares;
  const int width = g.slopes[layer].cols;
  product_tile<Operands, T>(g.slopes[layer], g.sines[layer], share * g.rows_of_share,
                            g.rows_of_share,
                            StoreProduct{g.partial, ConstMatrix{}, 1, width, false});
}

/// Partial sums in scratch, one matrix after the other.
class Partials {
 public:
  /// Reserves a matrix; its address is known after get().
  void add(Matrix& matrix, std::size_t rows, std::size_t cols) {
    matrix = matrix_at(static_cast<float*>(nullptr), rows, cols, (cols + 3) / 4 * 4);
    parts_[count_++] = {&matrix, floats_};
    floats_ += rows * ((cols + 3) / 4 * 4);
    floats_ = (floats_ + 3) / 4 * 4;
  }
  void place(Device& device) {
    float* const memory = device.scratch(std::max<std::size_t>(floats_, 1));
    for (int p = 0; p < count_; ++p) {
      Matrix& m = *parts_[p].matrix;
      m = matrix_at(memory + parts_[p].first, static_cast<std::size_t>(m.rows),
                    static_cast<std::size_t>(m.cols), static_cast<std::size_t>(m.stride));
    }
  }

 private:
  struct Part {
    Matrix* matrix;
    std::size_t first;
  };
  Part parts_[most_sum_jobs] = {};
  int count_ = 0;
  std::size_t floats_ = 0;
};

/// The launches of a backward pass. Everything that is summed over blocks goes through scratch.
template <class Formats, class T>
class Backward {
 public:
  using Operands = typename Formats::Backward;
  using Weights = typename Formats::Weights;
  using Cosine = typename Formats::Cosine;

  Backward(Device& device, const Call& call, ActivationTypes numbers)
      : device_(device), call_(call), network_(*call.network), numbers_(numbers) {}

  void run() {
    describe_layers();
    plan_weight_gradients();
    partials_.place(device_);
    launch_sharing(device_, network_backward<Operands, T, Cosine>,
                   {blocks_for(n_.rows, T::block_rows)}, T::threads,
                   network_shared_bytes<Operands, T>(), n_);
    if (hidden_ > 0)
      launch(device_, weight_gradients<Weights, Tiles>,
             {blocks_for(T::width, Tiles::block_rows) * blocks_for(T::width, Tiles::block_cols), 1,
              hidden_ * gradients_.shares},
             Tiles::threads, gradients_);
    add_up();
  }

 private:
  using Tiles = std::conditional_t<(T::width >= LargeTiling::block_cols), LargeTiling, SmallTiling>;
  static constexpr std::size_t width = T::width;

  void describe_layers() {
    n_.layers = static_cast<int>(network_.layers);
    n_.places = matrix(call_.in[2]);
    n_.rows = n_.places.rows;
    n_.upstream = matrix(call_.in[0]);
    n_.out_weights = matrix(call_.in[1]);
    for (int l = 0; l < n_.layers; ++l) {
      const SineNetwork::Layer& layer = network_.layer[l];
      if (l > 0) n_.weights[n_.layers - 1 - l] = weights_of<Operands>(layer, true, numbers_);
      n_.cosine[l] = matrix_of<Cosine>(layer.cosine);
      const int group = n_.group[l] = rows_of_group(layer, n_.rows);
      n_.common_multiple[l] = std::lcm(group, chunk_rows);
      const int pieces = piece_of(n_.rows - 1, group, n_.common_multiple[l]) + 1;
      if (layer.shift_gradient.data != nullptr)
        partials_.add(n_.pieces[l], static_cast<std::size_t>(pieces), width);
    }
    const auto chunks = static_cast<std::size_t>(blocks_for(n_.rows, chunk_rows));
    if (network_.layer[0].weight_gradient.data != nullptr)
      partials_.add(n_.first_gradient, chunks * width, 2);
  }

  void plan_weight_gradients() {
    for (std::size_t l = 1; l < network_.layers; ++l) {
      if (network_.layer[l].weight_gradient.data == nullptr) continue;
      gradients_.slopes[hidden_] =
          as_const(matrix_of<typename Weights::Left>(network_.layer[l].cosine));
      gradients_.sines[hidden_] =
          as_const(matrix_of<typename Weights::Right>(network_.layer[l - 1].sine));
      layer_of_[hidden_++] = l;
    }
    if (hidden_ == 0) return;
    // Two blocks a multiprocessor, each with rows enough to be worth the partial sums.
    constexpr int least_rows = 256, part = Weights::Format::part_depth;
    constexpr int tiles =
        blocks_for(T::width, Tiles::block_rows) * blocks_for(T::width, Tiles::block_cols);
    const int wanted = 2 * device_.multiprocessors() / (tiles * hidden_);
    const int shares = std::clamp(wanted, 1, std::max(1, n_.rows / least_rows));
    gradients_.rows_of_share = blocks_for(blocks_for(n_.rows, part), shares) * part;
    gradients_.shares = blocks_for(n_.rows, gradients_.rows_of_share);
    partials_.add(
        gradients_.partial,
        static_cast<std::size_t>(hidden_) * static_cast<std::size_t>(gradients_.shares) * width,
        width);
  }

  void add_up() {
    SumJobs jobs = {};
    const int rows = static_cast<int>(width);
    for (int h = 0; h < hidden_; ++h)
      jobs.job[jobs.count++] = {as_const(gradients_.partial),
                                matrix(network_.layer[layer_of_[h]].weight_gradient),
                                h * gradients_.shares * rows,
                                rows,
                                gradients_.shares,
                                0,
                                0,
                                true};
    if (n_.first_gradient.data != nullptr)
      jobs.job[jobs.count++] = {as_const(n_.first_gradient),
                                matrix(network_.layer[0].weight_gradient),
                                0,
                                rows,
                                n_.first_gradient.rows / rows,
                                0,
                                0,
                                true};
    for (int l = 0; l < n_.layers; ++l)
      if (n_.pieces[l].data != nullptr)
        jobs.job[jobs.count++] = {as_const(n_.pieces[l]),
                                  matrix(network_.layer[l].shift_gradient),
                                  0,
                                  0,
                                  0,
                                  n_.group[l],
                                  n_.common_multiple[l],
                                  true};
    launch_sums(device_, jobs);
  }

  Device& device_;
  const Call& call_;
  const SineNetwork& network_;
  ActivationTypes numbers_;
  NetworkBackward<typename Operands::Left, Cosine> n_ = {};
  WeightGradients<Weights> gradients_ = {};
  std::size_t layer_of_[most_layers] = {};
  int hidden_ = 0;  ///< layers whose weights have a gradient
  Partials partials_;
};

/// The kernels move 16 bytes at once. Whatever Memory hands out allows that.
void require_whole_rows(const Call& call) {
  const auto check = [](bool fits) {
    if (!fits) throw std::logic_error("cuda: rows of a network that are not aligned");
  };
  const auto is_whole = [](const float* data, std::size_t stride, DType type) {
    const std::size_t bytes = type == DType::fp32 ? 4 : 2;
    return data == nullptr ||
           (reinterpret_cast<std::uintptr_t>(data) % 16 == 0 && stride * bytes % 16 == 0);
  };
  for (std::size_t l = 0; l < call.network->layers; ++l) {
    const SineNetwork::Layer& layer = call.network->layer[l];
    check(l == 0 || is_whole(layer.weight.data, layer.weight.stride, layer.weight.dtype));
    check(is_whole(layer.shift.data, layer.shift.stride, layer.shift.dtype));
    for (const View& view : {layer.sine, layer.cosine})
      check(is_whole(view.data, view.stride, view.dtype));
  }
  if (call.op == Op::sine_network) return;
  const ConstView& wide = call.in[1].data == nullptr ? call.in[0] : call.in[1];
  check(is_whole(wide.data, wide.stride, wide.dtype));
}

}  // namespace

bool has_network_kernel(const Device& device, Precision precision, std::size_t width) {
  if (width != 64 && width != 128 && width != 256) return false;
  const std::size_t bytes = with_formats(precision, [&](auto formats) {
    return with_width(width, [&](auto tiling) {
      using Formats = decltype(formats);
      using T = decltype(tiling);
      return std::max(network_shared_bytes<typename Formats::Forward, T>(),
                      network_shared_bytes<typename Formats::Backward, T>());
    });
  });
  return bytes <= device.shared_bytes();
}

void run_network(Device& device, const Call& call, Precision precision, ActivationTypes numbers) {
  require_whole_rows(call);
  with_formats(precision, [&](auto formats) {
    with_width(call.network->layer[0].weight.rows, [&](auto tiling) {
      using Formats = decltype(formats);
      using T = decltype(tiling);
      if (call.op == Op::sine_network)
        run_forward<Formats, T>(device, call, numbers);
      else
        Backward<Formats, T>(device, call, numbers).run();
    });
  });
}

}  // namespace chorus::CHORUS_DEVICE
