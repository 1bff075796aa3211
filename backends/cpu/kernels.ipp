// Cannot be compiled alone; begin at kernels_avx2.cpp.

// The fast ops, written once for every instruction set with xsimd batches. A kernels_*.cpp names
// the architecture (Arch), the rows of a register block (block_rows) and the set (CHORUS_KERNELS).
// Then it includes this file. Sets whose large products are of 16 bits have them from
// kernels_bf16.ipp, and all else from the set of AVX-512.
//
// Such a file may be compiled for a newer processor than the one that runs the program, so it must
// not define a function that the linker could share with others. Everything here has internal
// linkage, nothing of the standard library is used, and a test looks for weak symbols.

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "cpu/kernels.hpp"
#include "op_parameters.hpp"

namespace chorus {
namespace {

#include "cpu/simd.ipp"

#include "cpu/products.ipp"

#include "cpu/sine_layer.ipp"

#include "cpu/singles.ipp"

#include "cpu/matmul.ipp"

#include "cpu/elementwise.ipp"

#include "cpu/palette.ipp"

#include "cpu/peak.ipp"

/// Whether an op multiplies matrices: not if a sine layer's derivative is there already.
bool is_product(const Call& call) {
  return call.op == Op::matmul || call.op == Op::sine_linear ||
         (call.op == Op::sine_linear_gradient && call.in[1].data != nullptr);
}

std::size_t scratch_floats(const Call& call) {
  return is_product(call) ? Singles::scratch_floats(call) : 0;
}

/// Whether there is a kernel for this op. The reference runs the others.
bool run(const Call& call, float* scratch) {
  const Batch factor(call.scale);
  switch (call.op) {
    case Op::matmul:
      matmul(call, scratch);
      return true;
    case Op::pack:
      Singles::pack(call.in[0], call.out[0].data);
      return true;
    case Op::sine_linear:
      Singles::multiply(call, scratch, Sine{call.out[0], call.out[1], call.in[2]});
      return true;
    case Op::sine_linear_gradient:
      if (is_product(call))
        Singles::multiply(call, scratch, Slope{call.out[0], call.out[1]});
      else
        slope_of(call);
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
    case Op::scale_by: {
      const Batch by(call.scale * call.in[1].data[0]);
      each_element<false>(call, [&](auto a, auto, auto) { return by * a; });
      return true;
    }
    case Op::squared_error:
      squared_error(call);
      return true;
    case Op::scale_rows:
      scale_rows(call);
      return true;
    case Op::gather_rows:
      gather_rows(call);
      return true;
    case Op::weighted_rows:
      weighted_rows(call);
      return true;
    case Op::weighted_rows_gradient:
      weighted_rows_gradient(call);
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
    case Op::palette_colors:
      return palette_colors(call);
    case Op::palette_colors_gradient:
      return palette_colors_gradient(call);
    case Op::palette_scores:
      return palette_scores(call);
    case Op::mixture_loss:
      return mixture_loss(call);
    case Op::mean_samples:
      mean_samples(call);
      return true;
    default:
      return false;
  }
}

}  // namespace

const KernelSet CHORUS_KERNELS = {
    CHORUS_KERNELS_NAME, false, run, scratch_floats, Singles::packed_floats, peak_rounds,
    peak_flops_per_round};

}  // namespace chorus
