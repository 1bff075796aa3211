#include <sys/syscall.h>
#include <unistd.h>

#include "cpu/cpu_backend.hpp"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace chorus {

namespace {

/// The reason why the registers of AMX cannot be used; empty if they can. Linux saves them only for
/// processes that have requested it, as this function does.
std::string why_amx_is_unavailable() {
#if defined(__x86_64__) && defined(__linux__)
  constexpr unsigned amx_bf16 = 1U << 22U, amx_tile = 1U << 24U;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & amx_bf16) == 0 || (d & amx_tile) == 0)
    return "this processor has no AMX-BF16";
  constexpr long ask_permission = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XTILEDATA
  if (syscall(SYS_arch_prctl, ask_permission, tile_data) != 0)
    return "this system does not let programs use AMX";
  return {};
#else
  return "this build has no AMX";
#endif
}

}  // namespace

// __builtin_cpu_supports() also checks that the operating system saves the registers; the detection
// of xsimd 8.1 does not.
std::string why_unavailable(const KernelSet& kernels) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_cpu_init();
  if (&kernels == &kernels_avx2 &&
      !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")))
    return "this processor has no AVX2 with FMA";
  const bool needs_bf16 = &kernels == &kernels_avx512bf16 || &kernels == &kernels_amx;
  const bool needs_avx512 = &kernels == &kernels_avx512 || needs_bf16;
  if (needs_avx512 && !(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("fma")))
    return "this processor has no AVX-512 (F, CD, BW, DQ, VL)";
  if (needs_bf16 && !__builtin_cpu_supports("avx512bf16"))
    return "this processor has AVX-512, but no AVX512-BF16";
  if (&kernels == &kernels_amx) return why_amx_is_unavailable();
#endif
  return {};
}

const KernelSet& best_kernels() {
  for (const KernelSet* kernels : {&kernels_avx512, &kernels_avx2})
    if (why_unavailable(*kernels).empty()) return *kernels;
  return kernels_base;
}

}  // namespace chorus
