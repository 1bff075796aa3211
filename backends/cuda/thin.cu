#include <algorithm>

#include "cuda/product_launch.cuh"
#include "cuda/sums.cuh"

// Products with one extent of at most 16: colours or logits from the last sines, and the gradients
// of the last and the first layer's weights. A tile of product.cuh would be mostly empty; these
// read their wide operand once and are bound by that. In single precision; operands of 16 bits are
// widened.

namespace chorus::CHORUS_DEVICE {

namespace {

// --- rows x few: out = left right^T + bias
// --------------------------------------------------------

constexpr int row_lanes = 8;      ///< threads that share a row
constexpr int rows_together = 4;  ///< of a thread, so that it reads a weight once for all of them
constexpr int row_threads = 128;
constexpr int rows_of_block = row_threads / row_lanes * rows_together;

/// Lane j of a row adds up columns 8 j to 8 j + 7 of each 64, and the sums of the lanes are added
/// in a fixed order.
template <class Left, int columns>
__global__ void __launch_bounds__(row_threads)
    few_columns_kernel(MatrixOf<const Left> left, ConstMatrix right, StoreProduct store) {
  const int thread = static_cast<int>(threadIdx.x), lane = thread % row_lanes;
  const int first =
      static_cast<int>(blockIdx.x) * rows_of_block + thread / row_lanes * rows_together;
  float sums[rows_together][columns] = {};
  for (int col = 8 * lane; col < left.cols; col += 8 * row_lanes) {
    float values[rows_together][8];
    CHORUS_UNROLL
    for (int r = 0; r < rows_together; ++r)
      load_run(left, min(first + r, left.rows - 1), col, values[r]);
    CHORUS_UNROLL
    for (int k = 0; k < columns; ++k) {
      if (k >= right.rows) break;
      float weights[8];
      load_run(right, k, col, weights);
      CHORUS_UNROLL
      for (int r = 0; r < rows_together; ++r) CHORUS_UNROLL
      for (int e = 0; e < 8; ++e) sums[r][k] = fma(values[r][e], weights[e], sums[r][k]);
    }
  }
  CHORUS_UNROLL
  for (int r = 0; r < rows_together; ++r) {
    CHORUS_UNROLL
    for (int k = 0; k < columns; ++k) {
      CHORUS_UNROLL
      for (int distance = 1; distance < row_lanes; distance *= 2)
        sums[r][k] += of_lane_across(sums[r][k], distance);
      // Lane k % 8 stores column k.
      const float value[1] = {sums[r][k]};
      if (k % row_lanes == lane && k < right.rows && first + r < store.rows)
        store(first + r, k, value);
    }
  }
}

template <class Left, int columns>
void few_columns(Device& device, const Product& p, const StoreProduct& store) {
  launch(device, few_columns_kernel<Left, columns>, {blocks_for(p.rows, rows_of_block)},
         row_threads, matrix_of<Left>(p.left), matrix(p.right), store);
}

template <class Left>
void few_columns_of(Device& device, const Product& p) {
  const StoreProduct store{matrix(p.call.out[0]), matrix(p.call.in[2]), bias_group(p), p.rows,
                           p.call.accumulate};
  if (p.cols <= 4) return few_columns<Left, 4>(device, p, store);
  if (p.cols <= 8) return few_columns<Left, 8>(device, p, store);
  few_columns<Left, 16>(device, p, store);
}

// --- gradients of weights: few x columns, or columns x few ---------------------------------------

constexpr int depth_lanes = 4;  ///< threads that share a column of a block, each with its own rows
constexpr int wide_threads = 64;  ///< of a lane, two columns each
constexpr int wide_columns = 2 * wide_threads;
constexpr int depth_step = 32;  ///< rows of the narrow operand that lie in shared memory

/// partial(share * columns of out + ..) = narrow^T wide over a share of the rows, or its transpose.
template <class Wide>
struct FewRows {
  ConstMatrix narrow;
  MatrixOf<const Wide> wide;
  Matrix partial;
  int rows_of_share;
  bool transposed;  ///< whether the result is wide x narrow
};

/// Blocks: x columns, y shares of the rows.
template <class Wide, int few>
__global__ void __launch_bounds__(depth_lanes* wide_threads) few_rows_kernel(FewRows<Wide> g) {
  __shared__ SharedArray<float, depth_step * few> narrow;
  __shared__ SharedArray<float, depth_lanes * few * wide_columns> of_lanes;
  const int thread = static_cast<int>(threadIdx.x), lane = thread / wide_threads;
  const int of_block = thread % wide_threads * 2;
  const int col = static_cast<int>(blockIdx.x) * wide_columns + of_block;
  const int begin = static_cast<int>(blockIdx.y) * g.rows_of_share;
  const int end = min(begin + g.rows_of_share, g.wide.rows);
  float sums[few][2] = {};
  for (int first = begin; first < end; first += depth_step) {
    for (int i = thread; i < depth_step * few; i += depth_lanes * wide_threads) {
      const int row = first + i / few, k = i % few;
      narrow[i] = row < end && k < g.narrow.cols ? g.narrow.at(row, k) : 0.0F;
    }
    __syncthreads();
    float values[depth_step / depth_lanes][2];
    CHORUS_UNROLL
    for (int i = 0; i < depth_step / depth_lanes; ++i) {
      const int row = first + i * depth_lanes + lane;
      if (row < end && col < g.wide.cols)
        load_run(g.wide, row, col, values[i]);
      else
        values[i][0] = values[i][1] = 0;
    }
    CHORUS_UNROLL
    for (int i = 0; i < depth_step / depth_lanes; ++i) CHORUS_UNROLL
    for (int k = 0; k < few; ++k) {
      const float factor = narrow[(i * depth_lanes + lane) * few + k];
      sums[k][0] = fma(factor, values[i][0], sums[k][0]);
      sums[k][1] = fma(factor, values[i][1], sums[k][1]);
    }
    __syncthreads();
  }
  CHORUS_UNROLL
  for (int k = 0; k < few; ++k) CHORUS_UNROLL
  for (int e = 0; e < 2; ++e) of_lanes[(lane * few + k) * wide_columns + of_block + e] = sums[k][e];
  __syncthreads();
  const int share = static_cast<int>(blockIdx.y);
  for (int i = thread; i < g.narrow.cols * wide_columns; i += depth_lanes * wide_threads) {
    const int k = i / wide_columns, c = i % wide_columns;
    const int to_col = static_cast<int>(blockIdx.x) * wide_columns + c;
    if (to_col >= g.wide.cols) continue;
    float sum = 0;
    for (int l = 0; l < depth_lanes; ++l) sum += of_lanes[(l * few + k) * wide_columns + c];
    if (g.transposed)
      g.partial.at(share * g.wide.cols + to_col, k) = sum;
    else
      g.partial.at(share * g.narrow.cols + k, to_col) = sum;
  }
}

template <class Wide, int few>
void few_rows(Device& device, const Product& p, const ConstView& narrow, const ConstView& wide,
              bool transposed) {
  // Two blocks a multiprocessor, with at least one step each.
  const int across = blocks_for(static_cast<int>(wide.cols), wide_columns);
  const int most = blocks_for(p.depth, depth_step);
  const int wanted = std::clamp(2 * device.multiprocessors() / across, 1, most);
  const int rows_of_share = blocks_for(most, wanted) * depth_step;
  const int shares = blocks_for(p.depth, rows_of_share);
  const auto rows = static_cast<std::size_t>(shares) * static_cast<std::size_t>(p.rows);
  const auto cols = static_cast<std::size_t>(p.cols);
  const Matrix partial = matrix_at(device.scratch(rows * cols), rows, cols, cols);
  launch(device, few_rows_kernel<Wide, few>, {across, shares}, depth_lanes * wide_threads,
         FewRows<Wide>{matrix(narrow), matrix_of<Wide>(wide), partial, rows_of_share, transposed});
  SumJobs jobs = {};
  jobs.job[0] = {as_const(partial), matrix(p.call.out[0]), 0, p.rows, shares, 0, 0,
                 p.call.accumulate};
  jobs.count = 1;
  launch_sums(device, jobs);
}

template <class Wide>
void few_rows_of(Device& device, const Product& p, const ConstView& narrow, const ConstView& wide,
                 bool transposed) {
  if (narrow.cols <= 4) return few_rows<Wide, 4>(device, p, narrow, wide, transposed);
  few_rows<Wide, 16>(device, p, narrow, wide, transposed);
}

/// Calls run(number) with the type of a matrix's elements.
template <class Run>
void with_numbers(DType type, const Run& run) {
  switch (type) {
    case DType::fp32:
      return run(float{});
    case DType::fp16:
      return run(Fp16Number{});
    case DType::bf16:
      return run(Bf16Number{});
  }
}

constexpr int few = 16, least_wide = 32;

bool is_few_columns(const Product& p) {
  return !p.left_transposed && !p.right_transposed && p.cols <= few && p.depth >= least_wide &&
         p.right.dtype == DType::fp32;
}

/// Gradients without a bias, one of whose operands is narrow and in single precision.
bool is_few_rows(const Product& p) {
  if (!p.left_transposed || !p.right_transposed || p.call.in[2].data != nullptr) return false;
  const bool narrow_left = p.rows <= few;
  return (narrow_left || p.cols <= few) && std::max(p.rows, p.cols) >= least_wide &&
         (narrow_left ? p.left : p.right).dtype == DType::fp32;
}

}  // namespace

bool run_thin(Device& device, const Product& p) {
  if (p.call.op != Op::matmul || p.call.out[0].dtype != DType::fp32) return false;
  if (is_few_columns(p)) {
    with_numbers(p.left.dtype, [&](auto number) { few_columns_of<decltype(number)>(device, p); });
    return true;
  }
  if (!is_few_rows(p)) return false;
  const bool transposed = p.rows > few;
  const ConstView &narrow = transposed ? p.right : p.left, &wide = transposed ? p.left : p.right;
  with_numbers(wide.dtype, [&](auto number) {
    few_rows_of<decltype(number)>(device, p, narrow, wide, transposed);
  });
  return true;
}

}  // namespace chorus::CHORUS_DEVICE
