#define CHORUS_KERNELS kernels_avx512bf16
#define CHORUS_KERNELS_NAME "cpu:avx512bf16"
#include "cpu/kernels_bf16.ipp"
