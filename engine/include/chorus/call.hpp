#pragma once

#include <cstddef>
#include <cstdint>

// The language in which the engine talks to a backend: one primitive operation on row-major
// matrices. Plain data only, since files compiled for one processor architecture include this
// header and must not define anything that the linker may share.

namespace chorus {

/// The format of the elements of a matrix. Only matmul, sine_linear and sine_linear_gradient accept
/// 16-bit matrices (see Backend::activations()).
enum class DType : std::uint8_t {
  fp32,
  fp16,  ///< 5 bits of exponent, 10 of fraction
  bf16,  ///< 8 bits of exponent, 7 of fraction
};

/// A row-major matrix in a backend's memory: element (r, c) is data[r * stride + c]. Data of 16-bit
/// elements must be cast first. The elements between cols and stride are undefined. Up to
/// `readable_slack` floats behind the last element may be read, but never written.
struct ConstView {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;  ///< elements from row to row
  DType dtype{};
};

struct View {
  float* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;
  DType dtype{};
};

/// A list of unsigned integers in a backend's memory.
struct IndexView {
  const std::uint32_t* data = nullptr;
  std::size_t count = 0;
};

inline constexpr std::size_t readable_slack = 64;  ///< floats

/// The primitives. "Group" ops divide the rows of a matrix into equal consecutive groups: in a tile
/// that holds several images, a group is the rows of one image. `out (+)=` means that the result is
/// added to `out` where Call::accumulate is set.
enum class Op : std::uint8_t {
  matmul,          ///< out0 (+)= op(in0) op(in1), op = transpose where the flag is set; with in2,
                   ///< plus its row (r / group)
  pack,            ///< out0 (one row) = in0 in the packed order of the backend's products
  add,             ///< out0 = in0 + in1
  subtract,        ///< out0 = in0 - in1
  multiply,        ///< out0 = in0 * in1, element by element
  scale,           ///< out0 (+)= Call::scale * in0
  scale_by,        ///< out0 = Call::scale * in1(0, 0) * in0
  fill,            ///< out0 = Call::scale
  sin,             ///< out0 = sin(in0), radians
  cos,             ///< out0 = cos(in0), radians
  broadcast_rows,  ///< out0 row r = in0 row (r / group), group = out0.rows / in0.rows
  sum_rows,        ///< out0 row g (+)= sum of the rows of group g of in0
  scale_rows,      ///< out0 row r = in0 row r * in1(r, 0)
  sine_linear,  ///< P = in0 in1^T + in2 row (r / group); out0 = sin(P), out1 = cos(P) unless null
  sine_linear_gradient,  ///< U = in0, or in0 in1 where there is an in1; out0 *= U; out1 row g +=
                         ///< sum of the rows of group g of out0
  sine_network,  ///< several sine_linear, each of the sines of the one before, of in0 first:
                 ///< see SineNetwork
  sine_network_gradient,  ///< all of their gradients: see SineNetwork
  squared_error,          ///< E = in0 - in1; out0 (1 x 1) = sum of in2(r, 0) E(r, c)^2; out1 =
                          ///< in2(r, 0) E(r, c) unless null
  palette_colors,  ///< out1 = softmax of the rows of in0; out0(r, c) = sum over k of out1(r, k) *
                   ///< in1(r / group, c * in0.cols + k); out1 may be null
  palette_colors_gradient,  ///< in0 upstream, in1 palettes, out0 the softmax, which becomes the
                            ///< gradient of its argument; out1 += that of the palettes
  palette_scores,           ///< how well each entry of its palette explains a row's colour: see
                            ///< PaletteScores
  mixture_loss,   ///< out0(r, 0) = log of the sum of exp(in0(r, k)) over k, less the same of in0 +
                  ///< in1; out1 = softmax of the rows of in0, less that of in0 + in1
  mean_samples,   ///< groups of rows, of pixels in out0 and of samples in in0: see SampleGroups
  gather_rows,    ///< out0 row r = in0 row index0[r]
  weighted_rows,  ///< out0 row r = sum over k of in1(r, k) * in0 row index0[r * in1.cols + k]
  weighted_rows_gradient,  ///< out0 row i (+)= sum over r and k with index0[r * in1.cols + k] = i
                           ///< of in1(r, k) * in0 row r, in the order of r and k
  draw_pixels,             ///< draws training pixels: see PixelDraw
  adam,                    ///< one Adam update of out0: see AdamUpdate
};

inline constexpr std::size_t op_count = static_cast<std::size_t>(Op::adam) + 1;

// Parameters of single ops, defined in op_parameters.hpp.
struct PixelDraw;
struct AdamUpdate;
struct SampleGroups;
struct PaletteScores;
struct SineNetwork;

/// One primitive operation. Shapes must fit; the engine checks them, a backend may assume them.
/// Outputs never overlap inputs, except element by element in the same place.
struct Call {
  Op op = Op::add;
  ConstView in[3] = {};
  View out[4] = {};
  IndexView index[4] = {};
  const float* packed = nullptr;  ///< of matmul and sine ops: a packed copy of in1, or null
  bool transpose_a = false;
  bool transpose_b = false;
  bool accumulate = false;
  float scale = 1;
  // Backend::run does not keep these pointers.
  const PixelDraw* draw = nullptr;
  const AdamUpdate* adam = nullptr;
  const SampleGroups* samples = nullptr;
  const PaletteScores* scores = nullptr;
  const SineNetwork* network = nullptr;
};

}  // namespace chorus
