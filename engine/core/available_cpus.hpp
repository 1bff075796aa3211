#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "chorus/version.hpp"

// Exported: programs say what was found.
namespace CHORUS_API chorus {

/// The CPU time that the system grants this process.
struct AvailableCpus {
  std::size_t cores = 1;        ///< cores that it may run on (its affinity mask)
  std::optional<double> quota;  ///< CPU time per second of its control groups, in cores

  /// The number of threads that can run at the same time: the quota is rounded up.
  std::size_t threads() const;
};

/// Looked up once. (Other programs that use the same cores are not considered.)
const AvailableCpus& available_cpus();

/// The smallest CPU quota of this process's control groups and of those above them, in cores:
/// cpu.max of version 2, cpu.cfs_quota_us of version 1. Nothing if there is none. Tests give
/// another root of the file system.
std::optional<double> control_group_quota(const std::filesystem::path& root = "/");

}  // namespace chorus
