#include "available_cpus.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "parallel.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using chorus::AvailableCpus;

namespace {

/// The quota that is found where the system has these files.
std::optional<double> quota_of(const std::map<std::string, std::string>& files) {
  const TemporaryFolder root;
  for (const auto& [name, text] : files) {
    fs::create_directories((root.path() / name).parent_path());
    std::ofstream(root.path() / name) << text;
  }
  return chorus::control_group_quota(root.path());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(available_cpus)

BOOST_AUTO_TEST_CASE(a_quota_of_version_2_is_found) {
  BOOST_TEST(
      (quota_of({{"proc/self/cgroup", "0::/user/app\n"},
                 {"sys/fs/cgroup/user/app/cpu.max", "150000 100000\n"}}) == std::optional(1.5)));
  // In a container the path may be that of the host.
  BOOST_TEST((quota_of({{"proc/self/cgroup", "0::/docker/1234\n"},
                        {"sys/fs/cgroup/cpu.max", "50000 100000\n"}}) == std::optional(0.5)));
  BOOST_TEST(
      (quota_of({{"proc/self/cgroup", "1:name=systemd:/\n0::/a\n"},
                 {"sys/fs/cgroup/unified/a/cpu.max", "20000 10000\n"}}) == std::optional(2.0)));
}

BOOST_AUTO_TEST_CASE(the_tightest_group_above_counts) {
  BOOST_TEST((quota_of({{"proc/self/cgroup", "0::/a/b/c\n"},
                        {"sys/fs/cgroup/a/cpu.max", "300000 100000\n"},
                        {"sys/fs/cgroup/a/b/cpu.max", "100000 100000\n"},
                        {"sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n"},
                        {"sys/fs/cgroup/other/cpu.max", "1000 100000\n"}}) == std::optional(1.0)));
}

BOOST_AUTO_TEST_CASE(a_quota_of_version_1_is_found) {
  const std::string groups = "5:memory:/m\n4:cpu,cpuacct:/a\n3:cpuset:/s\n";
  BOOST_TEST((quota_of({{"proc/self/cgroup", groups},
                        {"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "250000\n"},
                        {"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n"}}) ==
              std::optional(2.5)));
  BOOST_TEST((quota_of({{"proc/self/cgroup", groups},
                        {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n"},
                        {"sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"}}) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(without_a_quota_there_is_none) {
  BOOST_TEST((quota_of({}) == std::nullopt));
  BOOST_TEST((quota_of({{"proc/self/cgroup", "nonsense"}}) == std::nullopt));
  BOOST_TEST((quota_of({{"proc/self/cgroup", "0::/\n"},
                        {"sys/fs/cgroup/cpu.max", "max 100000\n"}}) == std::nullopt));
  BOOST_TEST((quota_of({{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "0 0\n"}}) ==
              std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_quota_is_rounded_up_and_never_beyond_the_cores) {
  BOOST_TEST((AvailableCpus{4, {}}.threads()) == 4U);
  BOOST_TEST((AvailableCpus{4, 0.1}.threads()) == 1U);
  BOOST_TEST((AvailableCpus{4, 1.0}.threads()) == 1U);
  BOOST_TEST((AvailableCpus{4, 1.5}.threads()) == 2U);
  BOOST_TEST((AvailableCpus{4, 64.0}.threads()) == 4U);
  BOOST_TEST(chorus::usable_threads(0) <= chorus::available_cpus().threads());
}

BOOST_AUTO_TEST_SUITE_END()
