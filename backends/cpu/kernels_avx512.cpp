#include "cpu/avx512.hpp"

#define CHORUS_KERNELS kernels_avx512
#define CHORUS_KERNELS_NAME "cpu:avx512"
#include "cpu/kernels.ipp"
