#include "cpu/cpu_backend.hpp"

namespace chorus {

// __builtin_cpu_supports also asks whether the operating system saves the registers; xsimd 8.1's
// own detection does not.
std::string missing_for(const KernelSet& kernels) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_cpu_init();
  if (&kernels == &kernels_avx2 &&
      !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")))
    return "this processor has no AVX2 with FMA";
  const bool needs_avx512 = &kernels == &kernels_avx512 || &kernels == &kernels_avx512bf16;
  if (needs_avx512 && !(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("fma")))
    return "this processor has no AVX-512 (F, CD, BW, DQ, VL)";
  if (&kernels == &kernels_avx512bf16 && !__builtin_cpu_supports("avx512bf16"))
    return "this processor has AVX-512, but no AVX512-BF16";
#endif
  return {};
}

const KernelSet& best_kernels() {
  for (const KernelSet* kernels : {&kernels_avx512, &kernels_avx2})
    if (missing_for(*kernels).empty()) return *kernels;
  return kernels_base;
}

}  // namespace chorus
