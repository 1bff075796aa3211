#pragma once

// The language of the kernels: CUDA C++, or a host compiler with the emulation. Kernels access
// memory only through the declarations here, which the emulation checks and a GPU does not.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "chorus/call.hpp"
#include "chorus/error.hpp"
#include "cuda/device.hpp"

#ifdef CHORUS_CUDA_EMULATED
#include <algorithm>
#include <cmath>
#include <cstring>

#include "cuda/emulation/simt.hpp"
#endif

// Shared memory of a size that launch_sharing() is told: an object of this type, without a
// constructor.
#ifdef CHORUS_CUDA_EMULATED
#define DYNAMIC_SHARED(Type, name) static thread_local Type name
#else
extern __shared__ __align__(16) unsigned char dynamic_shared[];
#define DYNAMIC_SHARED(Type, name) Type& name = *reinterpret_cast<Type*>(dynamic_shared)
#endif

// Unrolls the loop that follows, whose arrays then stay in registers.
#ifdef CHORUS_CUDA_EMULATED
#define CHORUS_UNROLL
#define CHORUS_UNROLL_BY(count)
#else
#define CHORUS_UNROLL _Pragma("unroll")
#define CHORUS_PRAGMA(text) _Pragma(#text)
#define CHORUS_UNROLL_BY(count) CHORUS_PRAGMA(unroll count)
#endif

namespace chorus::CHORUS_DEVICE {

#ifdef CHORUS_CUDA_EMULATED

using simt::SharedArray;
using std::exp;
using std::floor;
using std::fma;
using std::log;
using std::max;
using std::min;
using std::rint;
using std::sqrt;

inline std::uint32_t bits_of(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float float_of(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

[[noreturn]] inline void outside(int row, int col, int rows, int cols) {
  throw simt::Error("CUDA: row " + std::to_string(row) + ", column " + std::to_string(col) +
                    " is outside a matrix of " + std::to_string(rows) + " x " +
                    std::to_string(cols));
}

template <class AnyMatrix>
void check_inside(const AnyMatrix& m, int row, int col) {
  if (row < 0 || row >= m.rows || col < 0 || col >= m.cols) outside(row, col, m.rows, m.cols);
}

#else

template <class T, int count>
struct alignas(16) SharedArray {
  T items[count];
  __device__ T& operator[](int element) { return items[element]; }
  __device__ const T& operator[](int element) const { return items[element]; }
};

__device__ inline std::uint32_t bits_of(float value) { return __float_as_uint(value); }
__device__ inline float float_of(std::uint32_t bits) { return __uint_as_float(bits); }

template <class AnyMatrix>
__device__ void check_inside(const AnyMatrix&, int, int) {}

#endif

struct Pair {
  float of[2];
};

using Word = std::uint32_t;
struct alignas(16) Word4 {
  Word of[4];
};

/// A chorus::View (T = float) or ConstView (T = const float) with sizes of 32 bits.
template <class T>
struct MatrixOf {
  T* data;
  int rows, cols, stride;
  bool aligned;  ///< rows begin at multiples of 16 bytes
  bool whole;    ///< the length of rows is a multiple of 16 bytes

  __device__ T* row(int r) const { return data + static_cast<std::size_t>(r) * stride; }
  __device__ T& at(int r, int c) const {
    check_inside(*this, r, c);
    return row(r)[c];
  }
};
using Matrix = MatrixOf<float>;
using ConstMatrix = MatrixOf<const float>;

/// A matrix that may have more rows than 32 bits count: the pixels of a whole collection.
struct LongMatrix {
  const float* data;
  std::size_t rows;
  int cols;
  std::size_t stride;

  __device__ const float* row(std::size_t r) const {
#ifdef CHORUS_CUDA_EMULATED
    if (r >= rows) outside(static_cast<int>(r), 0, static_cast<int>(rows), cols);
#endif
    return data + r * stride;
  }
};

struct Indices {
  const std::uint32_t* data;
  std::size_t count;
  __device__ std::uint32_t operator[](std::uint32_t i) const {
#ifdef CHORUS_CUDA_EMULATED
    if (i >= count) outside(static_cast<int>(i), 0, static_cast<int>(count), 1);
#endif
    return data[i];
  }
};

/// A size of 32 bits; throws Error if it has more.
inline int size_of_32_bits(std::size_t size) {
  if (size > std::numeric_limits<int>::max())
    throw Error("CUDA: a matrix or a list has " + std::to_string(size) +
                " rows, columns or numbers; expected at most 2147483647");
  return static_cast<int>(size);
}

template <class T>
MatrixOf<T> matrix_at(T* data, std::size_t rows, std::size_t cols, std::size_t stride) {
  constexpr std::size_t alignment = 16;
  const bool aligned = stride * sizeof(T) % alignment == 0 &&
                       reinterpret_cast<std::uintptr_t>(data) % alignment == 0;
  return {data,
          size_of_32_bits(rows),
          size_of_32_bits(cols),
          size_of_32_bits(stride),
          aligned,
          aligned && cols * sizeof(T) % alignment == 0};
}
inline Matrix matrix(const View& v) { return matrix_at(v.data, v.rows, v.cols, v.stride); }
inline ConstMatrix matrix(const ConstView& v) {
  return matrix_at(v.data, v.rows, v.cols, v.stride);
}
template <class T>
constexpr MatrixOf<const T> as_const(const MatrixOf<T>& m) {
  return {m.data, m.rows, m.cols, m.stride, m.aligned, m.whole};
}
inline Indices indices(const IndexView& v) { return {v.data, v.count}; }

struct Grid {
  int x = 1, y = 1, z = 1;
};

constexpr int blocks_for(int items, int per_block) { return (items + per_block - 1) / per_block; }

/// Puts a kernel that uses so many bytes of shared memory (DYNAMIC_SHARED) on the device's queue.
/// The arguments are copied.
template <class... Parameters, class... Arguments>
void launch_sharing(Device& device, void (*kernel)(Parameters...), Grid grid, int threads,
                    std::size_t shared_bytes, const Arguments&... arguments) {
#ifdef CHORUS_CUDA_EMULATED
  if (shared_bytes > device.shared_bytes())
    throw simt::Error("CUDA: a kernel needs " + std::to_string(shared_bytes) +
                      " bytes of shared memory; there are " +
                      std::to_string(device.shared_bytes()));
  device.enqueue([=] {
    simt::launch({unsigned(grid.x), unsigned(grid.y), unsigned(grid.z)}, unsigned(threads),
                 [&] { kernel(arguments...); });
  });
#else
  const dim3 blocks(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y),
                    static_cast<unsigned>(grid.z));
  device.begin_launch(reinterpret_cast<const void*>(kernel), shared_bytes);
  // clang-format off
  kernel<<<blocks, static_cast<unsigned>(threads), shared_bytes, device.stream()>>>(arguments...);
  // clang-format on
  device.end_launch();
#endif
}

/// The same for kernels whose shared memory, if any, has a fixed size.
template <class... Parameters, class... Arguments>
void launch(Device& device, void (*kernel)(Parameters...), Grid grid, int threads,
            const Arguments&... arguments) {
  launch_sharing(device, kernel, grid, threads, 0, arguments...);
}

}  // namespace chorus::CHORUS_DEVICE
