#pragma once

#include <functional>
#include <memory>
#include <string>

#include "chorus/backend.hpp"
#include "cpu/kernels.hpp"

namespace chorus {

/// A line in the list of backends.
struct BackendEntry {
  const char* name;
  const char* description;
  std::function<std::string()> unavailable;  ///< why not on this machine; empty if it is available
  std::function<std::shared_ptr<Backend>(const BackendOptions&)> make;
  const char* precisions = "fp32";  ///< for people; those that may be asked for
};

inline constexpr const char* cuda_precisions = "fp32, tf32, fp16, bf16";

/// The backend of a kernel set. `needed` has to run on this machine; it is another set where
/// instructions are emulated.
BackendEntry cpu_backend_entry(const char* name, const char* description, const KernelSet& kernels,
                               const KernelSet& needed);

/// Adds a backend to the end of the list, before any other thread uses the list. For backends
/// outside this library: those of the tests, or an application's own.
void add_backend(BackendEntry entry);

}  // namespace chorus
