#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "chorus/backend.hpp"
#include "emulated.hpp"

namespace {

constexpr int skipped = 77;  // SKIP_RETURN_CODE in CMakeLists.txt

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Whether a list such as "cuda,cpu:avx512" holds `name`.
bool holds(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == name) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

/// Why the backend that the tests are to run on cannot be used on this machine; empty if it can,
/// or if none is asked for. Names that nothing is known of are left to the tests, which fail.
std::string why_unavailable(std::string_view backend) {
  const auto backends = chorus::list_backends();
  const auto info = std::ranges::find(backends, backend, &chorus::BackendInfo::name);
  return info == backends.end() ? "" : info->unavailable;
}

}  // namespace

// Tests run on the backend that CHORUS_TEST_BACKEND names. Where the machine lacks it they are
// skipped, or fail if CHORUS_REQUIRED_BACKENDS (names with commas between) has it.
int main(int argc, char* argv[]) {
  chorus::add_emulated_backends();
  const std::string backend = variable("CHORUS_TEST_BACKEND");
  if (const auto reason = why_unavailable(backend); !reason.empty()) {
    const bool required = holds(variable("CHORUS_REQUIRED_BACKENDS"), backend);
    fmt::print("{}: backend {} cannot be used here: {}\n", required ? "failed" : "skipped", backend,
               reason);
    return required ? EXIT_FAILURE : skipped;
  }
  return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
