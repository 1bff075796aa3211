#pragma once

namespace chorus {

/// Adds `cuda-emulated`, `avx512bf16-emulated` and `amx-emulated` to the list of backends, for
/// tests. They have the kernels of cuda, cpu:avx512bf16 and cpu:amx, run on machines without these
/// devices and instructions, and are very slow.
void add_emulated_backends();

}  // namespace chorus
