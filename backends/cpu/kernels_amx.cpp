#include "cpu/avx512.hpp"

#define CHORUS_KERNELS kernels_amx
#define CHORUS_KERNELS_NAME "cpu:amx"
#define CHORUS_KERNELS_BF16
#define CHORUS_KERNELS_AMX
#include "cpu/kernels.ipp"
