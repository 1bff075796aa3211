#include "cpu/avx512.hpp"

#define CHORUS_KERNELS kernels_amx_emulated
#define CHORUS_KERNELS_NAME "amx-emulated"
#define CHORUS_KERNELS_BF16
#define CHORUS_KERNELS_AMX
#include "cpu/kernels.ipp"
