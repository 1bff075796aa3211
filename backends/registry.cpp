#include "registry.hpp"

#include <charconv>
#include <cstdlib>
#include <utility>
#include <vector>

#include "check/check.hpp"
#include "chorus/error.hpp"
#include "cpu/cpu_backend.hpp"
#include "cuda/entries.hpp"
#include "formatted.hpp"
#include "reference/reference.hpp"

namespace chorus {

namespace {

BackendEntry cpu_entry(const char* name, const char* description, const KernelSet& kernels) {
  return cpu_backend_entry(name, description, kernels, kernels);
}

std::shared_ptr<Backend> make_best_cpu(const BackendOptions& options) {
  if (options.precision != Precision::bf16) return make_cpu_backend(best_kernels(), options);
  for (const KernelSet* kernels : {&kernels_amx, &kernels_avx512bf16})
    if (why_unavailable(*kernels).empty()) return make_cpu_backend(*kernels, options);
  throw Error(
      formatted("backend 'cpu' has no precision bf16 here: {}; expected fp32, or a processor "
                "with AMX-BF16 or AVX512-BF16",
                why_unavailable(kernels_avx512bf16)));
}

BackendEntry cuda_entry() {
#ifdef CHORUS_HAS_CUDA
  return {"cuda", "NVIDIA GPU", cuda::device_unavailable,
          [](const BackendOptions& options) { return cuda::make_backend("cuda", options); },
          cuda_precisions};
#else
  return {"cuda", "NVIDIA GPU", [] { return std::string("this build has no CUDA backend"); },
          [](const BackendOptions&) { return std::shared_ptr<Backend>(); }, cuda_precisions};
#endif
}

/// All backends, best first: "auto" takes the first one that is available. The table is explicit
/// because the linker would drop objects that register themselves from a static library.
std::vector<BackendEntry>& table() {
  static std::vector<BackendEntry> entries = {
      cuda_entry(),
      {"cpu", "the best instruction set of this processor", [] { return std::string(); },
       make_best_cpu, "fp32, bf16"},
      cpu_entry("cpu:avx512", "16 floats at a time", kernels_avx512),
      cpu_entry("cpu:avx2", "8 floats at a time, fused multiply-add", kernels_avx2),
      cpu_entry("cpu:base", "the architecture's common denominator", kernels_base),
      cpu_entry("cpu:amx", "what cpu is with --precision bf16: large products by AMX", kernels_amx),
      cpu_entry("cpu:avx512bf16", "the same where there is no AMX", kernels_avx512bf16),
      {"reference", "plain loops with sums in double: slow, the definition of correct results",
       [] { return std::string(); },
       [](const BackendOptions&) { return make_reference_backend(); }},
  };
  return entries;
}

std::string available_names() {
  std::string names = "auto";
  for (const BackendEntry& entry : table())
    if (entry.unavailable().empty()) names += formatted(", {}", entry.name);
  return names + ", check:A,B";
}

std::shared_ptr<Backend> make_entry(const BackendEntry& entry, const BackendOptions& options) {
  const std::string reason = entry.unavailable();
  if (!reason.empty())
    throw Error(formatted("backend '{}' is not available: {}; available: {}", entry.name, reason,
                          available_names()));
  // fp32 is the default, which requests no particular precision.
  const bool asks = options.precision != Precision::fp32;
  if (asks && std::string_view(entry.precisions).find(name(options.precision)) == std::string::npos)
    throw Error(formatted("backend '{}' has no precision {}; expected {}, or a CUDA backend",
                          entry.name, name(options.precision), entry.precisions));
  return entry.make(options);
}

/// Splits "cuda:1" or "cuda-emulated:1" into the backend's name and the number of its device.
/// Other names stay as they are.
void split_device(std::string_view& name, std::size_t& device) {
  const std::size_t colon = name.find(':');
  if (!name.starts_with("cuda") || colon == std::string_view::npos) return;
  const std::string_view digits = name.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), device);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw Error(
        formatted("backend '{}': '{}' is not the number of a device; expected {}:0 for "
                  "the first one, {}:1 for the second",
                  name, digits, name.substr(0, colon), name.substr(0, colon)));
  name = name.substr(0, colon);
}

/// "check:A,B"; names contain colons but no commas.
std::shared_ptr<Backend> make_check(std::string_view pair, const BackendOptions& options) {
  const std::size_t comma = pair.find(',');
  if (comma == std::string_view::npos)
    throw Error(formatted("backend 'check:{}' names one backend; expected two: check:A,B", pair));
  const std::string_view tested = pair.substr(0, comma), trusted = pair.substr(comma + 1);
  for (const std::string_view side : {tested, trusted})
    if (side.empty() || side.starts_with("check:"))
      throw Error(formatted("backend 'check:{}': expected two plain backends, check:A,B", pair));
  return make_check_backend(make_backend(tested, options),
                            make_backend(trusted, {.threads = options.threads}));
}

}  // namespace

BackendEntry cpu_backend_entry(const char* name, const char* description, const KernelSet& kernels,
                               const KernelSet& needed) {
  return {name, description, [&needed] { return why_unavailable(needed); },
          [&kernels](const BackendOptions& options) { return make_cpu_backend(kernels, options); },
          kernels.bf16_products ? "bf16" : "fp32"};
}

void add_backend(BackendEntry entry) { table().push_back(std::move(entry)); }

std::shared_ptr<Backend> make_backend(std::string_view name, const BackendOptions& asked) {
  BackendOptions options = asked;
  const char* from_environment = std::getenv("CHORUS_BACKEND");
  if (name.empty() && from_environment != nullptr) name = from_environment;
  if (name.starts_with("check:")) return make_check(name.substr(6), options);
  split_device(name, options.device);
  const bool any = name.empty() || name == "auto";
  for (const BackendEntry& entry : table())
    if (any ? entry.unavailable().empty() : name == entry.name) return make_entry(entry, options);
  throw Error(formatted("unknown backend '{}'; available: {}", name, available_names()));
}

std::vector<BackendInfo> list_backends() {
  std::vector<BackendInfo> list;
  for (const BackendEntry& entry : table())
    list.push_back({entry.name, entry.description, entry.unavailable()});
  return list;
}

}  // namespace chorus
