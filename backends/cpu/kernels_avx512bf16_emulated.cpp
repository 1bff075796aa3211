#include <xsimd/xsimd.hpp>

namespace chorus {
namespace {
using Arch = xsimd::avx512dq;
constexpr unsigned long block_rows = 12;
}  // namespace
}  // namespace chorus
#define CHORUS_KERNELS kernels_avx512bf16_emulated
#define CHORUS_KERNELS_NAME "avx512bf16-emulated"
#define CHORUS_KERNELS_BF16
#include "cpu/kernels.ipp"
