#include "cpu/avx512.hpp"

#define CHORUS_KERNELS kernels_avx512bf16_emulated
#define CHORUS_KERNELS_NAME "avx512bf16-emulated"
#define CHORUS_KERNELS_BF16
#include "cpu/kernels.ipp"
