// Cannot be compiled alone; begin at kernels_avx2.cpp.

// The fast ops, written once for every instruction set with xsimd batches. A kernels_*.cpp names
// the architecture (Arch), the rows of a register block (block_rows) and the set (CHORUS_KERNELS).
// It says whether large products are of 16 bits (CHORUS_KERNELS_BF16), and whether AMX computes
// them (CHORUS_KERNELS_AMX). Then it includes this file.
//
// Such a file may be compiled for a newer processor than the one that runs the program, so it must
// not define a function that the linker could share with others. Everything here has internal
// linkage, nothing of the standard library is used, and a test looks for weak symbols.

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>
#ifdef CHORUS_KERNELS_BF16
#include <immintrin.h>
#endif

#include "cpu/kernels.hpp"
#include "op_parameters.hpp"

namespace chorus {
namespace {

#include "cpu/simd.ipp"

#include "cpu/products.ipp"

#include "cpu/singles.ipp"

// How large products multiply: as single floats, or as pairs of bf16 numbers.
#ifdef CHORUS_KERNELS_BF16
#include "cpu/bf16.ipp"
#ifdef CHORUS_KERNELS_AMX
#include "cpu/amx.ipp"
using PairProduct = SquareProducts;
#else
using PairProduct = DotProducts;
#endif
#include "cpu/pairs.ipp"
using Large = Pairs;
#else
using Large = Singles;
#endif

#include "cpu/matmul.ipp"

#include "cpu/sine_layer.ipp"

#include "cpu/elementwise.ipp"

#include "cpu/palette.ipp"

/// Whether there is a kernel for this op. The reference runs the others.
bool run(const Call& call, float* scratch) {
  const Batch factor(call.scale);
  switch (call.op) {
    case Op::matmul:
      matmul(call, scratch);
      return true;
    case Op::pack:
      pack(call, scratch);
      return true;
    case Op::sine_linear:
      sine_linear(call, scratch);
      return true;
    case Op::sine_linear_gradient:
      sine_linear_gradient(call, scratch);
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

/// Enough chains to hide the latency of a multiply-add on two ports.
constexpr std::size_t peak_chains = 12;
constexpr std::size_t peak_inner = 1000;

float peak_rounds(std::size_t rounds) {
  // Unknown to the compiler, which would otherwise compute a chain in advance.
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

const KernelSet CHORUS_KERNELS = {CHORUS_KERNELS_NAME,
                                  Large::bf16,
                                  run,
                                  scratch_floats,
                                  packed_floats,
                                  peak_rounds,
                                  peak_chains* peak_inner* lanes * 2};

}  // namespace chorus
