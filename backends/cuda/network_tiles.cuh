// What both kernels of network.cuh are made of: the weights of all layers as one stream through
// shared memory, and the rows of a block, which stay there.

#pragma once

#include <type_traits>

#include "cuda/product.cuh"
#include "cuda/sums.cuh"

// Weights are too large for shared memory. Parts of them, 32 bytes deep in each row, stream through
// three buffers as in product.cuh. The stream does not stop between layers: the first parts of the
// next layer arrive while sines are computed.

namespace chorus::CHORUS_DEVICE {

constexpr int most_layers = 8;  ///< SineNetwork::most_layers

/// 256 threads, whose warps compute 64 x 32 elements each, of all columns.
template <int width_>
struct NetworkTiling : Tiling<chunk_rows * 256 / width_, width_, chunk_rows, 32> {
  static constexpr int width = width_;
};

template <class Operands, class T>
struct NetworkParts {
  using Number = typename Operands::Left;
  static constexpr int depth = Operands::Format::part_depth;
  static constexpr int words_of_part = depth * static_cast<int>(sizeof(Number)) / 4;
  static constexpr int parts_of_layer = T::width / depth;
  using Left = std::conditional_t<Operands::Format::tensor_cores,
                                  PartLayout<Number, false, T::block_rows, T::width>,
                                  RowsInFours<T::block_rows, T::width>>;
  using Right = PartLayout<Number, Operands::right_transposed, T::width, depth>;
};

template <class Operands, class T>
struct NetworkShared {
  using P = NetworkParts<Operands, T>;
  SharedArray<Word, P::Left::words> kept;
  SharedArray<Word, buffers * P::Right::words> weights;
};

/// Bytes of NetworkShared on a GPU.
template <class Operands, class T>
constexpr std::size_t network_shared_bytes() {
  using P = NetworkParts<Operands, T>;
  return sizeof(Word) * static_cast<std::size_t>(P::Left::words + buffers * P::Right::words);
}

// All matrices of a network are as wide as it is, with rows that begin at multiples of 16 bytes
// (run_network sees to that), so that nothing below asks where a row ends.

/// Copies the parts of one layer's weights, one after the other along the depth, by all threads.
template <class Operands, class T>
class WeightCopier {
 public:
  using P = NetworkParts<Operands, T>;
  using Part = typename P::Right;
  using Weights = MatrixOf<const typename P::Number>;

  __device__ explicit WeightCopier(const Weights& m) : m_(m) {
    const int thread = static_cast<int>(threadIdx.x);
    const int row = thread / Part::chunks, chunk = thread % Part::chunks;
    place_ = Part::place(row, chunk);
    CHORUS_UNROLL
    for (int n = 0; n < units; ++n)
      offset_[n] = place_of_row(row + n * row_step) * m.stride + chunk * Part::per_chunk;
  }

  template <int count>
  __device__ void begin_next(const SharedWords<count>& to, int first_word) {
    CHORUS_UNROLL
    for (int n = 0; n < units; ++n) {
      begin_copy(to, first_word + place_ + n * row_step * Part::row_words, m_.data + offset_[n],
                 false);
      offset_[n] += Part::transposed ? Part::depth * m_.stride : Part::depth;
    }
  }

 private:
  static constexpr int row_step = T::threads / Part::chunks;
  static constexpr int units = Part::rows / row_step;
  static_assert(row_step % Part::twist_period == 0 && units * row_step == Part::rows);

  __device__ static int place_of_row(int row) { return Part::transposed ? row : undealt(row); }

  Weights m_;
  int place_, offset_[units];
};

/// Copies the weights of several layers, and knows which buffers they are in.
template <class Operands, class T, int count>
class WeightStream {
 public:
  using P = NetworkParts<Operands, T>;
  using Weights = MatrixOf<const typename P::Number>;

  __device__ WeightStream(const Weights* layers, int layer_count, const SharedWords<count>& parts)
      : layers_(layers),
        parts_(parts),
        parts_left_(layer_count * P::parts_of_layer),
        copier_(layers[0]) {
    for (int part = 0; part < buffers - 1; ++part) begin_next(part);
  }

  /// sums = left W^T of the next layer, for a warp's rows and columns.
  template <int left_count>
  __device__ void multiply(Sums<T>& sums, const SharedWords<left_count>& left, int warp_row,
                           int warp_col) {
    CHORUS_UNROLL
    for (int i = 0; i < T::row_steps; ++i) CHORUS_UNROLL
    for (int j = 0; j < T::col_steps; ++j) sums[i][j] = {};
    for (int part = 0; part < P::parts_of_layer; ++part) {
      wait_for_copies<buffers - 2>();
      __syncthreads();
      begin_next(next_buffer_);
      multiply_part<Operands, T, P>(sums, left, 0, warp_row, part * depth_step, parts_,
                                    buffer_ * P::Right::words, warp_col);
      buffer_ = following(buffer_);
      next_buffer_ = following(next_buffer_);
    }
    __syncthreads();  // all warps have read the left operand, which may now be overwritten
  }

 private:
  /// Tensor cores count the depth in words, ordinary instructions in elements.
  static constexpr int depth_step = Operands::Format::tensor_cores ? P::words_of_part : P::depth;

  __device__ void begin_next(int buffer) {
    if (parts_left_ > 0) {
      if (parts_of_copier_ == 0) {
        copier_ = WeightCopier<Operands, T>(*++layers_);
        parts_of_copier_ = P::parts_of_layer;
      }
      copier_.begin_next(parts_, buffer * P::Right::words);
      --parts_left_;
      --parts_of_copier_;
    }
    end_copies();
  }

  const Weights* layers_;
  const SharedWords<count>& parts_;
  int parts_left_, parts_of_copier_ = P::parts_of_layer, buffer_ = 0, next_buffer_ = buffers - 1;
  WeightCopier<Operands, T> copier_;
};

/// Eight neighbours of a row that is whole.
template <class Number>
__device__ void load_eight(const MatrixOf<const Number>& m, int row, int col, float (&values)[8]) {
  check_inside(m, row, col + 7);
  Word words[words_of_run<Number, 8>];
  read_words(m.row(row) + col, words);
  to_values(words, Number{}, values);
}
template <class Number>
__device__ void store_eight(const float (&values)[8], const MatrixOf<Number>& m, int row, int col) {
  check_inside(m, row, col + 7);
  Word words[words_of_run<Number, 8>];
  to_words(values, Number{}, words);
  write_words(words, m.row(row) + col);
}

/// Where a thread's part of the tile is.
template <class T>
struct Position {
  int first_row = static_cast<int>(blockIdx.x) * T::block_rows;
  int warp_row = static_cast<int>(threadIdx.x) / 32 / T::warps_across * T::warp_rows;
  int warp_col = static_cast<int>(threadIdx.x) / 32 % T::warps_across * T::warp_cols;
  int col = warp_col + static_cast<int>(threadIdx.x) % 4 * 8;  ///< of the thread's eight neighbours
};

/// Eight neighbours of a row to shared memory, as the left operand of the next product.
template <class Operands, class T, int count>
__device__ void keep(const float (&values)[8], const SharedWords<count>& kept, int row, int col) {
  using P = NetworkParts<Operands, T>;
  using Number = typename P::Number;
  constexpr int per_chunk = P::Left::per_chunk;
  CHORUS_UNROLL
  for (int first = 0; first < 8; first += per_chunk) {
    float some[per_chunk];
    CHORUS_UNROLL
    for (int e = 0; e < per_chunk; ++e) some[e] = values[first + e];
    Word words[4];
    to_words(some, Number{}, words);
    if constexpr (std::is_same_v<typename Operands::Format, Tf32OfKept>) CHORUS_UNROLL
    for (Word& word : words) word = Tf32OfKept::kept(word);
    write_shared(words, kept, P::Left::place(row, (col + first) / per_chunk));
  }
}

/// The element of a row and a column that keep() has put there.
template <class Operands, class T, int count>
__device__ float kept_value(const SharedWords<count>& kept, int row, int col) {
  using P = NetworkParts<Operands, T>;
  using Number = typename P::Number;
  constexpr int per_chunk = P::Left::per_chunk, per_word = per_chunk / 4;
  Word words[1];
  read_shared(kept, P::Left::place(row, col / per_chunk) + col % per_chunk / per_word, words);
  if constexpr (per_word == 1)
    return float_of(words[0]);
  else
    return value_of(Number{static_cast<std::uint16_t>(words[0] >> col % 2 * 16)});
}

}  // namespace chorus::CHORUS_DEVICE
