#pragma once

namespace chorus {

/// Adds `cuda-emulated`, `avx512bf16-emulated` and `amx-emulated` to the list of backends: the same
/// kernels as cuda, cpu:avx512bf16 and cpu:amx, for machines without these devices and
/// instructions. Very slow, for tests.
void add_emulated_backends();

}  // namespace chorus
