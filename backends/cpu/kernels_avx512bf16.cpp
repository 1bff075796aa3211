#include "cpu/avx512.hpp"

#define CHORUS_KERNELS kernels_avx512bf16
#define CHORUS_KERNELS_NAME "cpu:avx512bf16"
#define CHORUS_KERNELS_BF16
#include "cpu/kernels.ipp"
