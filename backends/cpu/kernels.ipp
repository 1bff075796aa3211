// The fast ops, written once for every instruction set with xsimd batches. A kernels_*.cpp names
// the architecture (Arch), the rows of a register block (block_rows) and the set (CHORUS_KERNELS),
// then includes this file.
//
// Such a file may be compiled for a newer processor than the one the program runs on, so it must
// not define a function that the linker could share with others: everything here has internal
// linkage, nothing of the standard library is used, and a test looks for weak symbols.

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "cpu/kernels.hpp"

namespace chorus {
namespace {

#define CHORUS_INLINE inline __attribute__((always_inline))

using Batch = xsimd::batch<float, Arch>;
using Word = xsimd::batch<std::int32_t, Arch>;

constexpr std::size_t lanes = Batch::size;
constexpr std::size_t panel_vectors = 2;
constexpr std::size_t panel = panel_vectors * lanes;  // columns of a register block

CHORUS_INLINE Batch load(const float* from) { return Batch::load_unaligned(from); }
CHORUS_INLINE void store(float* to, const Batch& value) { value.store_unaligned(to); }

CHORUS_INLINE std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
CHORUS_INLINE std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// The last elements of a row that do not fill a vector.
CHORUS_INLINE Batch load_part(const float* from, std::size_t count) {
  alignas(64) float buffer[lanes] = {};
  for (std::size_t i = 0; i < count; ++i) buffer[i] = from[i];
  return Batch::load_aligned(buffer);
}
CHORUS_INLINE void store_part(float* to, const Batch& value, std::size_t count) {
  alignas(64) float buffer[lanes];
  value.store_aligned(buffer);
  for (std::size_t i = 0; i < count; ++i) to[i] = buffer[i];
}

// ---------------------------------------------------------------------------------------------
// Sine and cosine

struct SineCosine {
  Batch sine;
  Batch cosine;
};

/// sin(x) and cos(x) for |x| < 2^22: x = (n + f) pi with n whole and |f| <= 1/2, then minimax
/// polynomials in f^2 (Lawson fits, errors 3e-9 and 5e-8 before rounding) and the sign of n.
/// 1/pi in two parts keeps f exact where the multiply-add is.
CHORUS_INLINE SineCosine sine_cosine(const Batch& x) {
  const Batch inverse_pi_high(0.318309873342514038F);
  const Batch inverse_pi_low(1.28412764e-8F);
  const Batch round_to_whole(12582912.0F);  // 1.5 * 2^23: adding it drops the fraction
  const Batch shifted = xsimd::fma(x, inverse_pi_high, round_to_whole);
  const Batch whole = shifted - round_to_whole;
  const Batch f = xsimd::fma(x, inverse_pi_low, xsimd::fma(x, inverse_pi_high, -whole));
  const Batch z = f * f;
  const Batch sign = xsimd::bitwise_cast<Batch>(xsimd::bitwise_cast<Word>(shifted) << 31);

  Batch s = xsimd::fma(z, Batch(0.0772201269865036F), Batch(-0.5980451703071594F));
  Batch c = xsimd::fma(z, Batch(0.2196968048810959F), Batch(-1.3318802118301392F));
  s = xsimd::fma(s, z, Batch(2.5500314235687256F));
  c = xsimd::fma(c, z, Batch(4.058412075042725F));
  s = xsimd::fma(s, z, Batch(-5.1677069664001465F));
  c = xsimd::fma(c, z, Batch(-4.934792995452881F));
  s = xsimd::fma(s, z, Batch(3.141592502593994F));
  c = xsimd::fma(c, z, Batch(0.9999999403953552F));
  return {(s * f) ^ sign, c ^ sign};
}

// ---------------------------------------------------------------------------------------------
// Products: C (+)= A B. Every product of the engine is "broadcast an element of A, load a vector of
// a row of B, multiply-add", with a block of C in registers over the whole depth.

/// Element (i, k) of A is data[i * row_step + k * depth_step]; one of the steps is 1.
/// Row k of B's panel p is data[p * panel_step + k * depth_step].
struct LeftMatrix {
  const float* data;
  std::size_t row_step;
  std::size_t depth_step;
};
struct RightMatrix {
  const float* data;
  std::size_t panel_step;
  std::size_t depth_step;
};

template <std::size_t rows, std::size_t vectors, bool depth_is_dense>
CHORUS_INLINE void multiply_block(const float* a, std::size_t a_step, const float* b,
                                  std::size_t b_step, std::size_t depth,
                                  Batch (&sums)[rows][vectors]) {
#pragma GCC unroll 16
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j) sums[i][j] = Batch(0.0F);
#pragma GCC unroll 2
  for (std::size_t k = 0; k < depth; ++k) {
    Batch row[vectors];
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j) row[j] = load(b + k * b_step + j * lanes);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows; ++i) {
      const Batch left(depth_is_dense ? a[i * a_step + k] : a[k * a_step + i]);
#pragma GCC unroll 2
      for (std::size_t j = 0; j < vectors; ++j) sums[i][j] = xsimd::fma(left, row[j], sums[i][j]);
    }
  }
}

template <std::size_t rows, std::size_t vectors>
CHORUS_INLINE void store_block(const Batch (&sums)[rows][vectors], float* c, std::size_t stride,
                               std::size_t cols, bool accumulate) {
#pragma GCC unroll 16
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j) {
      float* to = c + i * stride + j * lanes;
      if (cols >= (j + 1) * lanes) {
        store(to, accumulate ? load(to) + sums[i][j] : sums[i][j]);
      } else if (cols > j * lanes) {
        const std::size_t count = cols - j * lanes;
        store_part(to, accumulate ? load_part(to, count) + sums[i][j] : sums[i][j], count);
      }
    }
}

template <std::size_t rows, std::size_t vectors>
void block_product(const LeftMatrix& a, const float* b, std::size_t b_step, std::size_t depth,
                   float* c, std::size_t c_stride, std::size_t cols, bool accumulate) {
  // The block of C is needed after the loop over the depth, which hides the time to fetch it.
#pragma GCC unroll 16
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j) __builtin_prefetch(c + i * c_stride + j * lanes, 1);
  Batch sums[rows][vectors];
  if (a.depth_step == 1)
    multiply_block<rows, vectors, true>(a.data, a.row_step, b, b_step, depth, sums);
  else
    multiply_block<rows, vectors, false>(a.data, a.depth_step, b, b_step, depth, sums);
  store_block(sums, c, c_stride, cols, accumulate);
}

/// The last rows of C, fewer than a block.
template <std::size_t rows, std::size_t vectors>
void last_rows_product(std::size_t count, const LeftMatrix& a, const float* b, std::size_t b_step,
                       std::size_t depth, float* c, std::size_t c_stride, std::size_t cols,
                       bool accumulate) {
  if constexpr (rows > 0) {
    if (count == rows)
      block_product<rows, vectors>(a, b, b_step, depth, c, c_stride, cols, accumulate);
    else
      last_rows_product<rows - 1, vectors>(count, a, b, b_step, depth, c, c_stride, cols,
                                           accumulate);
  }
}

/// One panel of columns of C, all its rows.
template <std::size_t vectors>
void panel_product(const LeftMatrix& a, const float* b, std::size_t b_step, std::size_t depth,
                   const View& c, std::size_t first_col, bool accumulate) {
  const std::size_t cols = smaller(panel, c.cols - first_col);
  std::size_t i = 0;
  LeftMatrix rest = a;
  float* to = c.data + first_col;
  for (; i + block_rows <= c.rows; i += block_rows) {
    block_product<block_rows, vectors>(rest, b, b_step, depth, to, c.stride, cols, accumulate);
    rest.data += block_rows * a.row_step;
    to += block_rows * c.stride;
  }
  last_rows_product<block_rows - 1, vectors>(c.rows - i, rest, b, b_step, depth, to, c.stride, cols,
                                             accumulate);
}

void product_of_panel(const LeftMatrix& a, const RightMatrix& b, std::size_t depth, const View& c,
                      std::size_t first_col, bool accumulate) {
  const float* panel_data = b.data + first_col / panel * b.panel_step;
  if (c.cols - first_col <= lanes)
    panel_product<1>(a, panel_data, b.depth_step, depth, c, first_col, accumulate);
  else
    panel_product<2>(a, panel_data, b.depth_step, depth, c, first_col, accumulate);
}

// ---------------------------------------------------------------------------------------------
// Packing: a right-hand matrix cut into panels of columns, each panel dense, the last one padded
// with zeros. Weights W are packed twice: for products with W^T (forward), then with W (backward).

std::size_t panels_floats(std::size_t depth, std::size_t cols) {
  return round_up(cols, panel) * depth;
}

void pack_panels(const ConstView& w, bool transpose, float* to) {
  const std::size_t depth = transpose ? w.cols : w.rows;
  const std::size_t cols = transpose ? w.rows : w.cols;
  for (std::size_t first = 0; first < cols; first += panel) {
    const std::size_t count = smaller(panel, cols - first);
    float* dense = to + first * depth;
    for (std::size_t k = 0; k < depth; ++k, dense += panel) {
      const float* from = transpose ? w.data + first * w.stride + k : w.data + k * w.stride + first;
      const std::size_t step = transpose ? w.stride : 1;
      for (std::size_t j = 0; j < count; ++j) dense[j] = from[j * step];
      for (std::size_t j = count; j < panel; ++j) dense[j] = 0.0F;
    }
  }
}

std::size_t packed_floats(std::size_t rows, std::size_t cols) {
  return panels_floats(cols, rows) + panels_floats(rows, cols);
}

void pack(const Call& call) {
  const ConstView& w = call.in[0];
  pack_panels(w, true, call.out[0].data);
  pack_panels(w, false, call.out[0].data + panels_floats(w.cols, w.rows));
}

bool needs_scratch(const Call& call) {
  return call.packed == nullptr &&
         (call.op == Op::sine_linear || (call.op == Op::matmul && call.transpose_b));
}

std::size_t scratch_floats(const Call& call) {
  return needs_scratch(call) ? panels_floats(call.in[1].cols, call.in[1].rows) : 0;
}

RightMatrix right_matrix(const Call& call, bool transpose, float* scratch) {
  const ConstView& b = call.in[1];
  const std::size_t depth = transpose ? b.cols : b.rows;
  if (call.packed != nullptr) {
    const std::size_t forward = transpose ? 0 : panels_floats(b.cols, b.rows);
    return {call.packed + forward, panel * depth, panel};
  }
  if (!transpose) return {b.data, panel, b.stride};
  pack_panels(b, true, scratch);
  return {scratch, panel * depth, panel};
}

LeftMatrix left_matrix(const ConstView& a, bool transpose) {
  return transpose ? LeftMatrix{a.data, 1, a.stride} : LeftMatrix{a.data, a.stride, 1};
}

void matmul(const Call& call, float* scratch) {
  const LeftMatrix a = left_matrix(call.in[0], call.transpose_a);
  const RightMatrix b = right_matrix(call, call.transpose_b, scratch);
  const std::size_t depth = call.transpose_a ? call.in[0].rows : call.in[0].cols;
  const View& c = call.out[0];
  for (std::size_t col = 0; col < c.cols; col += panel)
    product_of_panel(a, b, depth, c, col, call.accumulate);
}

// ---------------------------------------------------------------------------------------------
// The layer of a SIREN

/// One row of a panel: products in `sine` become sin(product + shift) there and, unless null,
/// cos(product + shift) in `cosine`.
CHORUS_INLINE void sine_of_row(float* sine, float* cosine, const float* shift, std::size_t cols) {
  std::size_t j = 0;
  for (; j + lanes <= cols; j += lanes) {
    const SineCosine both = sine_cosine(load(sine + j) + load(shift + j));
    store(sine + j, both.sine);
    if (cosine != nullptr) store(cosine + j, both.cosine);
  }
  if (j < cols) {
    const std::size_t count = cols - j;
    const SineCosine both = sine_cosine(load_part(sine + j, count) + load_part(shift + j, count));
    store_part(sine + j, both.sine, count);
    if (cosine != nullptr) store_part(cosine + j, both.cosine, count);
  }
}

void sine_of_panel(const Call& call, std::size_t first_col) {
  const ConstView bias = call.in[2];
  const View sine = call.out[0], cosine = call.out[1];
  const std::size_t group = sine.rows / bias.rows;
  const std::size_t cols = smaller(panel, sine.cols - first_col);
  float* s = sine.data + first_col;
  float* c = cosine.data == nullptr ? nullptr : cosine.data + first_col;
  for (std::size_t g = 0; g < bias.rows; ++g) {
    const float* shift = bias.data + g * bias.stride + first_col;
    for (std::size_t r = 0; r < group; ++r, s += sine.stride) {
      sine_of_row(s, c, shift, cols);
      if (c != nullptr) c += cosine.stride;
    }
  }
}

void sine_linear(const Call& call, float* scratch) {
  const LeftMatrix x = left_matrix(call.in[0], false);
  const RightMatrix w = right_matrix(call, true, scratch);
  for (std::size_t col = 0; col < call.out[0].cols; col += panel) {
    product_of_panel(x, w, call.in[0].cols, call.out[0], col, false);
    sine_of_panel(call, col);  // while the panel is in the first-level cache
  }
}

void sine_linear_gradient(const Call& call) {
  const ConstView upstream = call.in[0];
  const View slope = call.out[0], sums = call.out[1];
  const std::size_t group = slope.rows / sums.rows;
  for (std::size_t g = 0; g < sums.rows; ++g) {
    const float* up = upstream.data + g * group * upstream.stride;
    float* out = slope.data + g * group * slope.stride;
    float* total = sums.data + g * sums.stride;
    std::size_t j = 0;
    for (; j + lanes <= slope.cols; j += lanes) {
      Batch sum = load(total + j);
      for (std::size_t r = 0; r < group; ++r) {
        const Batch value = load(up + r * upstream.stride + j) * load(out + r * slope.stride + j);
        store(out + r * slope.stride + j, value);
        sum += value;
      }
      store(total + j, sum);
    }
    for (; j < slope.cols; ++j)
      for (std::size_t r = 0; r < group; ++r)
        total[j] += out[r * slope.stride + j] *= up[r * upstream.stride + j];
  }
}

// ---------------------------------------------------------------------------------------------
// Element by element

/// out0(r, c) = value(in0(r, c), in1(r, c)); `binary` says whether there is an in1.
template <bool binary, class Value>
CHORUS_INLINE void each_element(const Call& call, Value value) {
  ConstView a = call.in[0], b = call.in[1];
  View out = call.out[0];
  const bool dense =
      a.stride == a.cols && out.stride == out.cols && (!binary || b.stride == b.cols);
  if (dense) {  // narrow matrices: one long row
    a.cols = out.cols = out.rows * out.cols;
    out.rows = 1;
  }
  for (std::size_t r = 0; r < out.rows; ++r) {
    const float* x = a.data + r * a.stride;
    const float* y = binary ? b.data + r * b.stride : x;
    float* to = out.data + r * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes)
      store(to + j, value(load(x + j), load(y + j), load(to + j)));
    if (j < out.cols) {
      const std::size_t count = out.cols - j;
      store_part(to + j,
                 value(load_part(x + j, count), load_part(y + j, count), load_part(to + j, count)),
                 count);
    }
  }
}

void fill(const Call& call) {
  const View& out = call.out[0];
  const Batch value(call.scale);
  for (std::size_t r = 0; r < out.rows; ++r) {
    float* to = out.data + r * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes) store(to + j, value);
    for (; j < out.cols; ++j) to[j] = call.scale;
  }
}

void broadcast_rows(const Call& call) {
  const ConstView in = call.in[0];
  const View out = call.out[0];
  const std::size_t group = out.rows / in.rows;
  float* to = out.data;
  for (std::size_t g = 0; g < in.rows; ++g) {
    const float* from = in.data + g * in.stride;
    for (std::size_t r = 0; r < group; ++r, to += out.stride) {
      std::size_t j = 0;
      for (; j + lanes <= out.cols; j += lanes) store(to + j, load(from + j));
      for (; j < out.cols; ++j) to[j] = from[j];
    }
  }
}

void sum_rows(const Call& call) {
  const ConstView& in = call.in[0];
  const View& out = call.out[0];
  const std::size_t group = in.rows / out.rows;
  for (std::size_t g = 0; g < out.rows; ++g) {
    const float* from = in.data + g * group * in.stride;
    float* to = out.data + g * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes) {
      Batch sum = call.accumulate ? load(to + j) : Batch(0.0F);
      for (std::size_t r = 0; r < group; ++r) sum += load(from + r * in.stride + j);
      store(to + j, sum);
    }
    for (; j < out.cols; ++j) {
      float sum = call.accumulate ? to[j] : 0.0F;
      for (std::size_t r = 0; r < group; ++r) sum += from[r * in.stride + j];
      to[j] = sum;
    }
  }
}

void adam(const Call& call) {
  const AdamUpdate& update = call.adam;
  const ConstView& gradient = call.in[0];
  const float* schedule = call.in[1].data;
  const Batch beta1(update.beta1), beta2(update.beta2);
  const Batch rest1(1.0F - update.beta1), rest2(1.0F - update.beta2);
  const Batch rate(update.rate * schedule[0] * schedule[1]), correction2(schedule[2]);
  const Batch epsilon(update.epsilon);
  for (std::size_t i = 0; i < gradient.rows; ++i) {
    const std::size_t r = call.index[0].count != 0 ? call.index[0].data[i] : i;
    const float* from = gradient.data + i * gradient.stride;
    float* parameter = call.out[0].data + r * call.out[0].stride;
    float* first = call.out[1].data + r * call.out[1].stride;
    float* second = call.out[2].data + r * call.out[2].stride;
    const auto step = [&](const Batch& g, Batch& p, Batch& m, Batch& v) {
      m = xsimd::fma(beta1, m, rest1 * g);
      v = xsimd::fma(beta2, v, rest2 * g * g);
      p -= rate * m / (xsimd::sqrt(v * correction2) + epsilon);
    };
    std::size_t j = 0;
    for (; j + lanes <= gradient.cols; j += lanes) {
      Batch p = load(parameter + j), m = load(first + j), v = load(second + j);
      step(load(from + j), p, m, v);
      store(parameter + j, p);
      store(first + j, m);
      store(second + j, v);
    }
    if (j < gradient.cols) {
      const std::size_t count = gradient.cols - j;
      Batch p = load_part(parameter + j, count), m = load_part(first + j, count);
      Batch v = load_part(second + j, count);
      step(load_part(from + j, count), p, m, v);
      store_part(parameter + j, p, count);
      store_part(first + j, m, count);
      store_part(second + j, v, count);
    }
  }
}

bool run(const Call& call, float* scratch) {
  const Batch factor(call.scale);
  switch (call.op) {
    case Op::matmul:
      matmul(call, scratch);
      return true;
    case Op::pack:
      pack(call);
      return true;
    case Op::sine_linear:
      sine_linear(call, scratch);
      return true;
    case Op::sine_linear_gradient:
      sine_linear_gradient(call);
      return true;
    case Op::add:
      each_element<true>(call, [](auto a, auto b, auto) { return a + b; });
      return true;
    case Op::subtract:
      each_element<true>(call, [](auto a, auto b, auto) { return a - b; });
      return true;
    case Op::multiply:
      each_element<true>(call, [](auto a, auto b, auto) { return a * b; });
      return true;
    case Op::scale:
      if (call.accumulate)
        each_element<false>(call,
                            [&](auto a, auto, auto old) { return xsimd::fma(factor, a, old); });
      else
        each_element<false>(call, [&](auto a, auto, auto) { return factor * a; });
      return true;
    case Op::sin:
      each_element<false>(call, [](auto a, auto, auto) { return sine_cosine(a).sine; });
      return true;
    case Op::cos:
      each_element<false>(call, [](auto a, auto, auto) { return sine_cosine(a).cosine; });
      return true;
    case Op::fill:
      fill(call);
      return true;
    case Op::broadcast_rows:
      broadcast_rows(call);
      return true;
    case Op::sum_rows:
      sum_rows(call);
      return true;
    case Op::adam:
      adam(call);
      return true;
    case Op::scale_rows:
    case Op::gather_rows:
    case Op::draw_pixels:
      return false;
  }
  return false;
}

/// Chains enough to hide the latency of a multiply-add on two ports.
constexpr std::size_t peak_chains = 12;
constexpr std::size_t peak_inner = 1000;

float peak_rounds(std::size_t rounds) {
  // Values that the compiler cannot know, or it would compute a chain in advance.
  const volatile float start = 1.5F, shrink = 0.999F, rise = 0.002F;
  const Batch factor(shrink), term(rise);
  Batch chain[peak_chains];
  for (Batch& value : chain) value = Batch(start);
  for (std::size_t n = 0; n < rounds * peak_inner; ++n) {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < peak_chains; ++i) chain[i] = xsimd::fma(chain[i], factor, term);
  }
  Batch total(0.0F);
  for (const Batch& value : chain) total += value;
  alignas(64) float values[lanes];
  total.store_aligned(values);
  return values[0];
}

}  // namespace

const KernelSet CHORUS_KERNELS = {CHORUS_KERNELS_NAME, run,
                                  scratch_floats,      packed_floats,
                                  peak_rounds,         peak_chains* peak_inner* lanes * 2};

}  // namespace chorus
