#pragma once

// The architecture of all kernels on AVX-512: see kernels.ipp.

#include <xsimd/xsimd.hpp>

namespace chorus {
namespace {
using Arch = xsimd::avx512dq;
constexpr unsigned long block_rows = 12;
}  // namespace
}  // namespace chorus
