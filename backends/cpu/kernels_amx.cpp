#include <xsimd/xsimd.hpp>

namespace chorus {
namespace {
using Arch = xsimd::avx512dq;
constexpr unsigned long block_rows = 12;
}  // namespace
}  // namespace chorus
#define CHORUS_KERNELS kernels_amx
#define CHORUS_KERNELS_NAME "cpu:amx"
#define CHORUS_KERNELS_BF16
#define CHORUS_KERNELS_AMX
#include "cpu/kernels.ipp"
