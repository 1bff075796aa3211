#define CHORUS_KERNELS kernels_amx_emulated
#define CHORUS_KERNELS_NAME "amx-emulated"
#define CHORUS_KERNELS_AMX
#include "cpu/kernels_bf16.ipp"
