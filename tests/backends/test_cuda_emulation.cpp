#define CHORUS_CUDA_EMULATED
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cuda/parts.cuh"
#include "errors.hpp"

// The emulation runs kernels as CUDA does, and catches the mistakes that it promises to catch.

using namespace chorus;
using namespace chorus::cuda_emulated;
using chorus::test::holds;

namespace {

constexpr int threads = 64;

/// The objection of the emulation when a kernel runs on some blocks; empty if there is none.
std::string objection(void (*kernel)(Matrix), const Matrix& out, unsigned blocks = 1) {
  try {
    simt::launch({blocks}, threads, [&] { kernel(out); });
    return "";
  } catch (const simt::Error& error) {
    return error.what();
  }
}

/// A row of numbers that kernels write to.
struct Row {
  std::vector<float> values = std::vector<float>(2 * threads, -1.0F);
  Matrix view(int cols = threads) { return {values.data(), 1, cols, cols, false, false}; }
};

int me() { return static_cast<int>(threadIdx.x); }
int opposite() { return threads - 1 - me(); }

/// Reverses numbers through shared memory.
__global__ void reverse(Matrix out) {
  __shared__ SharedArray<float, threads> shared;
  shared[me()] = static_cast<float>(me());
  __syncthreads();
  out.at(0, opposite() + static_cast<int>(blockIdx.x) * threads) = shared[me()];
}

__global__ void reverse_without_barrier(Matrix out) {
  __shared__ SharedArray<float, threads> shared;
  shared[me()] = static_cast<float>(me());
  out.at(0, me()) = shared[me() == 0 ? 0 : me() - 1];  // written by a thread that has run already
}

__global__ void overwrite_without_barrier(Matrix out) {
  __shared__ SharedArray<float, threads> shared;
  for (int round = 0; round < 2; ++round) {
    shared[me()] = static_cast<float>(round);
    __syncthreads();
    out.at(0, me()) = shared[opposite()];  // a barrier has to follow
  }
}

__global__ void write_one_place_twice(Matrix) {
  __shared__ SharedArray<float, threads> shared;
  shared[me() / 2] = 1;
}

__global__ void read_what_nobody_wrote(Matrix out) {
  __shared__ SharedArray<float, threads> shared;
  if (me() < threads / 2) shared[me()] = 1;
  __syncthreads();
  out.at(0, me()) = shared[me()];
}

__global__ void divergent_barrier(Matrix) {
  if (me() < 7) __syncthreads();
}

__global__ void two_barriers(Matrix) {
  if (me() < 7)
    __syncthreads();
  else
    __syncthreads();
}

__global__ void part_of_a_warp(Matrix) {
  if (me() < 7) __syncwarp();
}

__global__ void outside_of_shared(Matrix) {
  __shared__ SharedArray<float, threads> shared;
  shared[me() + 1] = 1;
}

__global__ void write_outside(Matrix out) { out.at(0, me() + 1) = 0; }
__global__ void read_outside(Matrix out) {
  if (me() == 0) out.at(0, 0) = as_const(out).at(0, threads);
}

__global__ void number_the_blocks(Matrix out) {
  if (me() == 0) out.at(0, static_cast<int>(blockIdx.x)) = static_cast<float>(gridDim.x);
}

/// Each thread copies a word in the background and reads that of another one.
void copy_in_the_background(Matrix out, bool wait, bool synchronize, bool wait_in_the_end) {
  __shared__ SharedArray<Word, threads> shared;
  const SharedWords places(shared);
  begin_word_copy(places, me(), out.row(0) + me(), 4);
  end_copies();
  if (wait) wait_for_copies<0>();
  if (synchronize) __syncthreads();
  out.at(0, threads + me()) = float_of(places[opposite()]);
  if (wait_in_the_end) wait_for_copies<0>();
}
__global__ void copy(Matrix out) { copy_in_the_background(out, true, true, false); }
__global__ void copy_without_waiting(Matrix out) { copy_in_the_background(out, false, true, true); }
__global__ void copy_without_barrier(Matrix out) {
  copy_in_the_background(out, true, false, false);
}
__global__ void copy_to_the_end(Matrix out) { copy_in_the_background(out, false, true, false); }

/// Counts how many are alive.
struct Counted {
  static inline int alive = 0;
  Counted() { ++alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --alive; }
};

__global__ void fail_while_others_wait(Matrix out) {
  const Counted counted;
  if (me() == 9) out.at(5, 5) = 0;
  __syncthreads();
}

/// The largest number of chunks in the same banks, among those that eight lanes read at once.
int chunks_in_one_bank(const std::function<int(int lane)>& place) {
  int most = 0;
  for (int first = 0; first < 32; first += 8) {
    std::map<int, std::set<int>> places_of_bank;
    for (int lane = first; lane < first + 8; ++lane)
      places_of_bank[place(lane) / 4 % 8].insert(place(lane));
    for (const auto& [bank, places] : places_of_bank)
      most = std::max(most, static_cast<int>(places.size()));
  }
  return most;
}

/// For parts of so many rows (or columns) of the result: the places in turn as the fragments of
/// tensor cores and the squares of single precision are read.
template <int extent>
void check_banks() {
  using Half = PartLayout<Bf16Number, false, extent, 32>;
  using HalfTransposed = PartLayout<Bf16Number, true, extent, 32>;
  using Single = PartLayout<float, false, extent, 16>;
  using SingleTransposed = PartLayout<float, true, extent, 16>;
  const std::vector<std::function<int(int)>> reads = {
      [](int lane) { return Half::place(lane % 16, lane / 16); },
      [](int lane) { return Half::place(lane / 16 * 8 + lane % 8, lane / 8 % 2); },
      [](int lane) { return HalfTransposed::place(lane / 16 * 8 + lane % 8, lane / 8 % 2); },
      [](int lane) { return HalfTransposed::place(lane / 8 % 2 * 8 + lane % 8, lane / 16); },
      [](int lane) { return Single::place(lane % 16, lane / 16); },
      [](int lane) { return Single::place(lane / 4 * 4 + 1, 2); },
      [](int lane) { return Single::place(dealt(lane % 4 * 8 + 3), 1); },
      [](int lane) { return SingleTransposed::place(lane % 4, lane / 4); },
      [](int lane) { return SingleTransposed::place(3, lane / 4); },
      [](int lane) { return SingleTransposed::place(1, lane % 4 * 2); },
  };
  for (std::size_t i = 0; i < reads.size(); ++i)
    BOOST_TEST(chunks_in_one_bank(reads[i]) == 1, "extent " << extent << ", read " << i);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cuda_emulation)

BOOST_AUTO_TEST_CASE(threads_exchange_values_through_shared_memory) {
  Row row;
  BOOST_TEST(objection(reverse, row.view(2 * threads), 2) == "");
  for (int i = 0; i < 2 * threads; ++i)
    BOOST_TEST(row.values[static_cast<std::size_t>(i)] == threads - 1 - i % threads);
}

BOOST_AUTO_TEST_CASE(all_blocks_run) {
  Row row;
  BOOST_TEST(objection(number_the_blocks, row.view(), 5) == "");
  for (std::size_t i = 0; i < 6; ++i) BOOST_TEST(row.values[i] == (i < 5 ? 5 : -1));
}

BOOST_AUTO_TEST_CASE(a_missing_barrier_is_caught) {
  Row row;
  // Both run in an order that gives the right values, and are caught nevertheless.
  for (const auto kernel : {reverse_without_barrier, overwrite_without_barrier})
    BOOST_TEST(holds(objection(kernel, row.view()), "missing barrier"));
  BOOST_TEST(holds(objection(write_one_place_twice, row.view()),
                   "element 0 is written by thread 0 and written by thread 1"));
}

BOOST_AUTO_TEST_CASE(reading_what_nobody_wrote_is_caught_in_each_block) {
  Row row;
  simt::launch({1}, threads, [&] { reverse(row.view()); });
  BOOST_TEST(holds(objection(read_what_nobody_wrote, row.view()), "element 32 is read by thread"));
}

BOOST_AUTO_TEST_CASE(a_divergent_barrier_is_caught) {
  Row row;
  BOOST_TEST(holds(objection(divergent_barrier, row.view()), "7 of 64 threads wait at test_cuda"));
  BOOST_TEST(holds(objection(two_barriers, row.view()), "wait in different places"));
  BOOST_TEST(holds(objection(part_of_a_warp, row.view()), "only a part of a warp"));
}

BOOST_AUTO_TEST_CASE(an_access_outside_is_caught) {
  Row row;
  BOOST_TEST(
      holds(objection(outside_of_shared, row.view()), "element 64 is outside an array of 64"));
  BOOST_TEST(holds(objection(write_outside, row.view()),
                   "row 0, column 64 is outside a matrix of 1 x 64"));
  BOOST_TEST(row.values[threads] == -1);
  BOOST_TEST(holds(objection(read_outside, row.view()), "column 64 is outside"));
}

BOOST_AUTO_TEST_CASE(parts_are_read_without_bank_conflicts) {
  check_banks<128>();
  check_banks<64>();
  check_banks<32>();
  const auto straight = [](int lane) { return lane % 8 * 16; };  // rows of 64 bytes
  BOOST_TEST(chunks_in_one_bank(straight) == 4);
}

BOOST_AUTO_TEST_CASE(columns_are_dealt_in_runs_of_eight) {
  for (int column = 0; column < 64; ++column) {
    const int row = dealt(column);
    BOOST_TEST(undealt(row) == column);
    BOOST_TEST(row % 8 / 2 == column % 32 / 8);  // the lane that gets it
  }
}

BOOST_AUTO_TEST_CASE(copies_arrive_when_a_thread_waits_for_them) {
  Row row;
  for (int i = 0; i < threads; ++i) row.values[static_cast<std::size_t>(i)] = static_cast<float>(i);
  BOOST_TEST(objection(copy, row.view(2 * threads)) == "");
  BOOST_TEST(row.values[threads] == threads - 1);
  BOOST_TEST(row.values.back() == 0);
  BOOST_TEST(holds(objection(copy_without_waiting, row.view(2 * threads)), "missing barrier"));
  BOOST_TEST(holds(objection(copy_without_barrier, row.view(2 * threads)), "before any thread"));
  BOOST_TEST(holds(objection(copy_to_the_end, row.view(2 * threads)), "without waiting"));
}

BOOST_AUTO_TEST_CASE(sizes_beyond_32_bits_are_refused_or_counted) {
  constexpr std::size_t most = 2147483647;
  float* const none = nullptr;
  BOOST_TEST(matrix_at(none, most, 3, 3).rows == 2147483647);
  BOOST_CHECK_THROW(matrix_at(none, most + 1, 3, 3), Error);
  BOOST_CHECK_THROW(matrix_at(none, 1, most + 1, most + 1), Error);
  // The pixels of a collection: where they are, not what they are.
  const LongMatrix pixels{nullptr, 2 * most, 3, 3};
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(pixels.row(most + 7)) ==
             (most + 7) * 3 * sizeof(float));
  BOOST_CHECK_THROW(pixels.row(2 * most), simt::Error);
}

BOOST_AUTO_TEST_CASE(a_failure_ends_all_threads) {
  Row row;
  BOOST_TEST(holds(objection(fail_while_others_wait, row.view()), "row 5, column 5"));
  BOOST_TEST(Counted::alive == 0);
  BOOST_TEST(objection(reverse, row.view()) == "");  // the next kernel runs
}

BOOST_AUTO_TEST_CASE(impossible_launches_are_refused) {
  const auto launch = [](simt::Dim3 grid, unsigned block) { simt::launch(grid, block, [] {}); };
  BOOST_CHECK_THROW(launch({1}, 0), simt::Error);
  BOOST_CHECK_THROW(launch({1}, 1025), simt::Error);
  BOOST_CHECK_THROW(launch({0}, 32), simt::Error);
  BOOST_CHECK_THROW(launch({1, 65536}, 32), simt::Error);
  BOOST_CHECK_THROW(simt::thread_index(), simt::Error);
}

BOOST_AUTO_TEST_SUITE_END()
