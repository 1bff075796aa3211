#pragma once

#include "cuda/numbers.cuh"
#include "cuda/ops.hpp"

// Adds partial sums that several blocks have left in memory, in an order that depends on shapes
// only.

namespace chorus::CHORUS_DEVICE {

/// out(r, c) (+)= the sum over k < count of partial(first + r + k * step, c); or, with a group, of
/// the rows of `partial` that hold the pieces of group r (see piece_of).
struct SumJob {
  ConstMatrix partial;
  Matrix out;
  int first, step, count;
  int group, common_multiple;  ///< group 0: none
  bool accumulate;
};

constexpr int most_sum_jobs = 18;

/// Jobs that run in one launch. Block b belongs to the last one whose first block is not behind it.
struct SumJobs {
  SumJob job[most_sum_jobs];
  unsigned first_block[most_sum_jobs];
  int count;
};
void launch_sums(Device& device, SumJobs jobs);

/// Rows of a warp; sums over the rows of groups are made in chunks of so many.
constexpr int chunk_rows = 64;

/// The number of the piece to which a row belongs, where pieces end at the ends of chunks and of
/// groups.
__device__ inline int piece_of(int row, int group, int common_multiple) {
  return row / chunk_rows + row / group - row / common_multiple;
}

}  // namespace chorus::CHORUS_DEVICE
