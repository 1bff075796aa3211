#include <xsimd/xsimd.hpp>

namespace chorus {
namespace {
using Arch = xsimd::avx512dq;
constexpr unsigned long block_rows = 12;
}  // namespace
}  // namespace chorus
#define CHORUS_KERNELS kernels_avx512
#define CHORUS_KERNELS_NAME "cpu:avx512"
#include "cpu/kernels.ipp"
