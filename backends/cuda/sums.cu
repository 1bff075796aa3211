#include "cuda/sums.cuh"

#include <algorithm>

namespace chorus::CHORUS_DEVICE {

namespace {

constexpr int elements = 32;  ///< neighbours that a block computes
constexpr int strands = 8;    ///< threads that share the sum of one element

/// Blocks: x elements, y jobs. A strand adds every eighth summand, and the sums of the strands are
/// added in their order.
__global__ void add_shares(const __grid_constant__ SumJobs jobs) {
  __shared__ SharedArray<float, strands * elements> of_strands;
  const SumJob& job = jobs.job[blockIdx.y];
  const int thread = static_cast<int>(threadIdx.x);
  const int lane = thread % elements, strand = thread / elements;
  const int element = static_cast<int>(blockIdx.x) * elements + lane;
  const int row = element / job.out.cols, col = element % job.out.cols;
  float sum = 0;
  if (row < job.out.rows) {
    int from = job.first + row, count = job.count, step = job.step;
    if (job.group > 0) {
      from = piece_of(row * job.group, job.group, job.common_multiple);
      count = piece_of((row + 1) * job.group - 1, job.group, job.common_multiple) + 1 - from;
      step = 1;
    }
    CHORUS_UNROLL_BY(4)
    for (int k = strand; k < count; k += strands) sum += job.partial.at(from + k * step, col);
  }
  of_strands[strand * elements + lane] = sum;
  __syncthreads();
  if (strand > 0 || row >= job.out.rows) return;
  sum = job.accumulate ? job.out.at(row, col) : 0;
  for (int s = 0; s < strands; ++s) sum += of_strands[s * elements + lane];
  job.out.at(row, col) = sum;
}

}  // namespace

void launch_sums(Device& device, const SumJobs& jobs, int count) {
  int most = 0;
  for (int j = 0; j < count; ++j)
    most = std::max(most, jobs.job[j].out.rows * jobs.job[j].out.cols);
  launch(device, add_shares, {blocks_for(most, elements), count}, strands * elements, jobs);
}

}  // namespace chorus::CHORUS_DEVICE
