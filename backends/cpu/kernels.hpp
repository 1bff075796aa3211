#pragma once

#include <cstddef>

#include "chorus/call.hpp"

namespace chorus {

/// The kernels of one instruction set. All sets are compiled from the single template kernels.ipp.
struct KernelSet {
  const char* name;    ///< of the backend
  bool bf16_products;  ///< whether large products multiply 16-bit numbers

  /// Runs the op and returns true, or returns false if the set has no fast kernel for it. `scratch`
  /// has scratch_floats(call) floats and begins on a cache line.
  bool (*run)(const Call& call, float* scratch);
  std::size_t (*scratch_floats)(const Call& call);
  std::size_t (*packed_floats)(std::size_t rows, std::size_t cols);

  /// Runs independent multiply-adds in registers, the most arithmetic that this core can do, and
  /// returns a number that depends on all of them. One round is `peak_flops_per_round` operations.
  float (*peak_rounds)(std::size_t rounds);
  std::size_t peak_flops_per_round;
};

extern const KernelSet kernels_base;
extern const KernelSet kernels_avx2;
extern const KernelSet kernels_avx512;
extern const KernelSet kernels_avx512bf16;
extern const KernelSet kernels_amx;
extern const KernelSet kernels_avx512bf16_emulated;  ///< only where the tests are built
extern const KernelSet kernels_amx_emulated;         ///< only where the tests are built

}  // namespace chorus
