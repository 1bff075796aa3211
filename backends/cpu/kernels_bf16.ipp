// Cannot be compiled alone; begin at kernels_avx512bf16.cpp.

// Large products of 16 bits, by AVX-512's dot product of pairs or, where CHORUS_KERNELS_AMX is
// defined, by AMX. All else is left to the set of AVX-512, which every processor that has one of
// these has, too. What kernels.ipp says of linkage holds here as well.

#include <immintrin.h>
#include <cstddef>
#include <cstdint>

#include "cpu/avx512.hpp"
#include "cpu/kernels.hpp"
#include "op_parameters.hpp"

namespace chorus {
namespace {

#include "cpu/simd.ipp"

#include "cpu/products.ipp"

#include "cpu/sine_layer.ipp"

#include "cpu/bf16.ipp"
#ifdef CHORUS_KERNELS_AMX
#include "cpu/amx.ipp"
using PairProduct = SquareProducts;
#else
using PairProduct = DotProducts;
#endif
#include "cpu/pairs.ipp"

#include "cpu/peak.ipp"

bool is_ours(const Call& call) {
  switch (call.op) {
    case Op::pack:
      return Pairs::is_large(call.in[0].rows, call.in[0].cols);
    case Op::matmul:
    case Op::sine_linear:
    case Op::sine_linear_gradient:  // whose derivative is there already if in[1] is empty
      return call.in[1].data != nullptr && Pairs::is_large(call);
    default:
      return false;
  }
}

std::size_t scratch_floats(const Call& call) {
  if (!is_ours(call)) return kernels_avx512.scratch_floats(call);
  return call.op == Op::pack ? Pairs::pack_scratch(call.in[0]) : Pairs::scratch_floats(call);
}

std::size_t packed_floats(std::size_t rows, std::size_t cols) {
  return Pairs::is_large(rows, cols) ? Pairs::packed_floats(rows, cols)
                                     : kernels_avx512.packed_floats(rows, cols);
}

bool run(const Call& call, float* scratch) {
  if (!is_ours(call)) return kernels_avx512.run(call, scratch);
  if (call.op == Op::pack) {
    Pairs::pack(call.in[0], scratch, call.out[0].data);
  } else if (call.op == Op::sine_linear) {
    Pairs::multiply(call, scratch, Sine{call.out[0], call.out[1], call.in[2]});
  } else if (call.op == Op::sine_linear_gradient) {
    Pairs::multiply(call, scratch, Slope{call.out[0], call.out[1]});
  } else {
    Pairs::multiply(call, scratch, Store{call.out[0], call.accumulate});
    if (call.in[2].data != nullptr) add_bias(call.out[0], call.in[2]);
  }
  return true;
}

}  // namespace

const KernelSet CHORUS_KERNELS = {CHORUS_KERNELS_NAME, true,          run,
                                  scratch_floats,      packed_floats, peak_rounds,
                                  peak_flops_per_round};

}  // namespace chorus
