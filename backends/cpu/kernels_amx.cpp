#define CHORUS_KERNELS kernels_amx
#define CHORUS_KERNELS_NAME "cpu:amx"
#define CHORUS_KERNELS_AMX
#include "cpu/kernels_bf16.ipp"
