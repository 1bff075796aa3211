#include "backends_under_test.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace chorus::test {

namespace {

/// A quiet NaN with a payload that no computation gives.
constexpr std::uint32_t poison = 0x7FC0DEAD;

std::size_t words(std::size_t bytes) { return (bytes + sizeof(poison) - 1) / sizeof(poison); }

}  // namespace

namespace {

/// CHORUS_TEST_BACKEND; empty if there is none.
std::string chosen_backend() {
  const char* name = std::getenv("CHORUS_TEST_BACKEND");
  return name == nullptr ? "" : name;
}

}  // namespace

std::string device_under_test() {
  const std::string chosen = chosen_backend();
  return chosen.empty() ? "cuda-emulated" : chosen;
}

std::vector<std::string> backends_under_test() {
  if (const std::string chosen = chosen_backend(); !chosen.empty()) return {chosen};
  std::vector<std::string> names;
  for (const BackendInfo& info : list_backends())
    if (info.unavailable.empty() && !info.name.ends_with("-emulated") &&
        make_backend(info.name)->precision() == Precision::fp32)
      names.push_back(info.name);
  return names;
}

void* PoisonedBackend::allocate(std::size_t bytes) {
  void* memory = ForwardingBackend::allocate(bytes);
  const std::vector<std::uint32_t> filling(words(bytes) + readable_slack, poison);
  upload(filling.data(), memory, words(bytes) * sizeof(poison) + readable_slack * sizeof(float));
  const std::scoped_lock lock(mutex_);
  bytes_[memory] = bytes;
  return memory;
}

void PoisonedBackend::release(void* memory) noexcept {
  std::vector<std::uint32_t> slack(readable_slack);
  const std::scoped_lock lock(mutex_);
  const auto* end = static_cast<const std::uint32_t*>(memory) + words(bytes_[memory]);
  download(end, slack.data(), readable_slack * sizeof(float));
  const auto intact = [](std::uint32_t word) { return word == poison; };
  if (!std::all_of(slack.begin(), slack.end(), intact)) ++overrun_blocks_;
  bytes_.erase(memory);
  ForwardingBackend::release(memory);
}

}  // namespace chorus::test
