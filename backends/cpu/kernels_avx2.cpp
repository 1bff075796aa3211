#include <xsimd/xsimd.hpp>

namespace chorus {
namespace {
using Arch = xsimd::fma3<xsimd::avx2>;
constexpr unsigned long block_rows = 6;
}  // namespace
}  // namespace chorus
#define CHORUS_KERNELS kernels_avx2
#define CHORUS_KERNELS_NAME "cpu:avx2"
#include "cpu/kernels.ipp"
