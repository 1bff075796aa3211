#pragma once

#include <functional>
#include <memory>
#include <string>

#include "chorus/backend.hpp"
#include "cpu/kernels.hpp"

namespace chorus {

/// One entry of the list of backends.
struct BackendEntry {
  const char* name;
  const char* description;
  std::function<std::string()> unavailable;  ///< the reason why it is not available here, or empty
  std::function<std::shared_ptr<Backend>(const BackendOptions&)> make;
  const char* precisions = "fp32";  ///< for people: the precisions that may be requested
};

inline constexpr const char* cuda_precisions = "fp32, tf32, fp16, bf16";

/// The entry of a kernel set. `needed` is the set that this machine must be able to run; it differs
/// where instructions are emulated.
BackendEntry cpu_backend_entry(const char* name, const char* description, const KernelSet& kernels,
                               const KernelSet& needed);

/// Adds a backend to the end of the list. Must be called before any other thread uses the list. For
/// backends outside this library: those of the tests, or an application's own.
void add_backend(BackendEntry entry);

}  // namespace chorus
