#define CHORUS_KERNELS kernels_avx512bf16_emulated
#define CHORUS_KERNELS_NAME "avx512bf16-emulated"
#include "cpu/kernels_bf16.ipp"
