#include "emulated.hpp"

#include <string>

#include "cuda/entries.hpp"
#include "registry.hpp"

namespace chorus {

void add_emulated_backends() {
  add_backend({"cuda-emulated", "the CUDA kernels without a GPU: very slow, for tests",
               [] { return std::string(); },
               [](const BackendOptions& options) {
                 return cuda_emulated::make_backend("cuda-emulated", options);
               },
               cuda_precisions});
  add_backend(cpu_backend_entry("avx512bf16-emulated",
                                "cpu:avx512bf16 with AVX-512 alone: slow, for tests",
                                kernels_avx512bf16_emulated, kernels_avx512));
  add_backend(cpu_backend_entry("amx-emulated", "cpu:amx with AVX-512 alone: slow, for tests",
                                kernels_amx_emulated, kernels_avx512));
}

}  // namespace chorus
