#include "support/passive_waits.hpp"

#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

namespace chorus::app {

void wait_passively(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  // The name rather than the link itself, which in an emulator would lead to the emulator.
  std::array<char, PATH_MAX> program{};
  const ssize_t length = ::readlink("/proc/self/exe", program.data(), program.size() - 1);
  if (length <= 0 || ::setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
  ::execv(program.data(), argv);
}

}  // namespace chorus::app
