#include "cuda/sums.cuh"

namespace chorus::CHORUS_DEVICE {

namespace {

constexpr int elements = 32;  ///< neighbours that a block computes
constexpr int strands = 8;    ///< threads that share the sum of one element

/// A strand adds every eighth summand, and the sums of the strands are
/// added in their order.
__global__ void add_shares(const __grid_constant__ SumJobs jobs) {
  __shared__ SharedArray<float, strands * elements> of_strands;
  int j = 0;
  while (j + 1 < jobs.count && blockIdx.x >= jobs.first_block[j + 1]) ++j;
  const SumJob& job = jobs.job[j];
  const int thread = static_cast<int>(threadIdx.x);
  const int lane = thread % elements, strand = thread / elements;
  const int element = static_cast<int>(blockIdx.x - jobs.first_block[j]) * elements + lane;
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

void launch_sums(Device& device, SumJobs jobs) {
  int blocks = 0;
  for (int j = 0; j < jobs.count; ++j) {
    jobs.first_block[j] = static_cast<unsigned>(blocks);
    blocks += blocks_for(jobs.job[j].out.rows * jobs.job[j].out.cols, elements);
  }
  if (blocks > 0) launch(device, add_shares, {blocks}, strands * elements, jobs);
}

}  // namespace chorus::CHORUS_DEVICE
