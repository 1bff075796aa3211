#include "available_cpus.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace chorus {

namespace {

namespace fs = std::filesystem;

/// One line of /proc/self/cgroup, "ID:CONTROLLERS:PATH".
struct Membership {
  std::string controllers;  ///< empty for version 2
  fs::path path;            ///< below the place where the hierarchy is mounted
};

std::vector<Membership> memberships(const fs::path& root) {
  std::ifstream in(root / "proc/self/cgroup");
  std::vector<Membership> found;
  std::string id, controllers, path;
  while (std::getline(in, id, ':') && std::getline(in, controllers, ':') && std::getline(in, path))
    found.push_back({controllers, fs::path(path).relative_path()});
  return found;
}

bool has_cpu(const std::string& controllers) {
  std::istringstream in(controllers);
  for (std::string each; std::getline(in, each, ',');)
    if (each == "cpu") return true;
  return false;
}

std::optional<double> ratio(double quota, double period) {
  return quota > 0 && period > 0 ? std::optional(quota / period) : std::nullopt;
}

/// The limit that one folder sets: "50000 100000" are microseconds of a period, "max" is no limit.
std::optional<double> limit_of(const fs::path& folder) {
  double quota = 0, period = 0;
  if (std::ifstream in(folder / "cpu.max"); in >> quota >> period) return ratio(quota, period);
  std::ifstream quota_in(folder / "cpu.cfs_quota_us"), period_in(folder / "cpu.cfs_period_us");
  if (quota_in >> quota && period_in >> period) return ratio(quota, period);  // -1 is no limit
  return {};
}

/// Where the hierarchy may be mounted.
std::vector<fs::path> mounts(const fs::path& root, const std::string& controllers) {
  const fs::path all = root / "sys/fs/cgroup";
  if (controllers.empty()) return {all, all / "unified"};
  return {all / controllers, all / "cpu"};
}

}  // namespace

std::optional<double> control_group_quota(const fs::path& root) {
  std::optional<double> least;
  const auto consider = [&](const fs::path& folder) {
    if (const auto limit = limit_of(folder)) least = std::min(least.value_or(*limit), *limit);
  };
  for (const Membership& group : memberships(root)) {
    if (!group.controllers.empty() && !has_cpu(group.controllers)) continue;
    for (const fs::path& mount : mounts(root, group.controllers)) {
      // In a container the path may be that of the host, and only its end, "/", exists here.
      fs::path folder = mount;
      consider(folder);
      for (const fs::path& part : group.path) consider(folder /= part);
    }
  }
  return least;
}

std::size_t AvailableCpus::threads() const {
  if (!quota || *quota >= static_cast<double>(cores)) return cores;
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(*quota)));
}

const AvailableCpus& available_cpus() {
  static const AvailableCpus found{static_cast<std::size_t>(omp_get_num_procs()),
                                   control_group_quota()};
  return found;
}

}  // namespace chorus
