#pragma once

#include <memory>
#include <string>

#include "chorus/backend.hpp"
#include "cpu/kernels.hpp"

namespace chorus {

/// SIMD kernels on OpenMP workers.
std::shared_ptr<Backend> make_cpu_backend(const KernelSet& kernels, const BackendOptions& options);

/// The reason why this processor or operating system cannot run the set; empty if it can.
std::string why_unavailable(const KernelSet& kernels);

/// The best single-precision set that this processor runs.
const KernelSet& best_kernels();

}  // namespace chorus
