#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chorus/version.hpp"
#include "communicator.hpp"

namespace CHORUS_API chorus {

/// The sum of one vector for each worker of all processes, added in the order of the workers. Its
/// bits are therefore the same in all processes, and do not depend on how the workers are divided
/// among them. (MPI_Allreduce promises neither.)
///
/// The vector is cut into a part for each process. Every process sends the parts of its workers to
/// those that own them; the owner adds them up, and everyone gathers the sums.
class OrderedSum {
 public:
  /// For `workers` workers of this process, and vectors of `length` numbers.
  OrderedSum(Communicator& processes, std::size_t workers, std::size_t length);

  /// Takes the numbers of a worker's vector from place `first` on.
  void put(std::size_t worker, std::size_t first, std::span<const float> values);
  /// Begins to send what was put. Until finish() nothing may be put, but other work goes on.
  void begin();
  /// The sum, valid until the next finish().
  std::span<const float> finish();

 private:
  Communicator& processes_;
  std::size_t workers_, length_;
  std::size_t part_;            ///< numbers of a process's part; that of the last is padded
  std::vector<float> sent_;     ///< by part, then by worker
  std::vector<float> arrived_;  ///< of the own part, by worker of all processes
  std::vector<float> sum_;
  std::vector<std::size_t> send_bytes_, receive_bytes_;
};

}  // namespace chorus
