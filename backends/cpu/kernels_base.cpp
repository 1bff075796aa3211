#include <xsimd/xsimd.hpp>

namespace chorus {
namespace {
using Arch = xsimd::sse2;
constexpr unsigned long block_rows = 6;
}  // namespace
}  // namespace chorus
#define CHORUS_KERNELS kernels_base
#define CHORUS_KERNELS_NAME "cpu:base"
#include "cpu/kernels.ipp"
