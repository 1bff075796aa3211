#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// The features of CUDA C++ that C++ lacks, so that a host compiler can build the kernels. Each CUDA
// thread is a fiber. The fibers of a block take turns on one host thread, and switch only where
// they wait for each other. The emulation is stricter than a GPU, so that mistakes show on every
// run and not only now and then. These are errors:
//  * a barrier that only some threads of a block reach, or that they reach in different places;
//  * two threads that touch the same element of shared memory, one of them writing, without a
//    __syncthreads() between them, whatever the order in which they happened to run;
//  * reading shared memory that the block has not written;
//  * accessing an element outside a matrix, whose shape is known (language.cuh).
// Data that is copied in the background arrives when the thread waits for it, no earlier.

namespace chorus::simt {

/// A mistake that the emulation has found, with the place.
class Error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

inline constexpr unsigned warp_threads = 32;

struct Dim3 {
  unsigned x = 1, y = 1, z = 1;
};

/// A line of source in which threads wait for each other.
struct Place {
  const char* file = nullptr;
  int line = 0;
  bool operator==(const Place& other) const { return line == other.line && file == other.file; }
};

// Indices of the CUDA thread that is running.
const Dim3& thread_index();
const Dim3& block_index();
const Dim3& block_size();
const Dim3& grid_size();
unsigned lane();

void block_barrier(Place place);
void warp_barrier(Place place);

/// Memory that the threads of a warp share, for instructions that exchange registers.
inline constexpr unsigned warp_memory_words = 512;
std::uint32_t* warp_memory();

/// Actions that a thread starts now and whose effects are visible later. They form groups, and
/// happen when the thread waits for all groups but the last few. No action may be left at the end.
void defer(std::function<void()> action);
void end_deferred();
void wait_for_deferred(int last_groups);

/// Throws Error unless the address is a multiple of `bytes`.
void check_alignment(const void* address, std::size_t bytes);

/// Runs all blocks of a kernel, one after another. Throws Error.
void launch(const Dim3& grid, unsigned threads, const std::function<void()>& kernel);

/// The threads that touched one element of shared memory since the last barrier.
class Shadow {
 public:
  void read(int element) const;
  void write(int element);

 private:
  std::uint64_t write_time_ = 0;
  mutable std::uint64_t read_time_ = 0;
  unsigned writer_ = 0;
  mutable unsigned reader_ = 0;
  mutable bool several_readers_ = false;
};

[[noreturn]] void outside(int element, int count);

/// An array in shared memory, each access checked.
template <class T, int count>
class SharedArray {
 public:
  class Reference {
   public:
    Reference(SharedArray& array, int element) : array_(array), element_(element) {}
    operator T() const { return std::as_const(array_)[element_]; }  // reads like a T
    Reference& operator=(T value) {
      array_.shadow_[element_].write(element_);
      array_.items_[element_] = value;
      return *this;
    }

   private:
    SharedArray& array_;
    int element_;
  };

  Reference operator[](int element) {
    check(element);
    return {*this, element};
  }
  T operator[](int element) const {
    check(element);
    shadow_[element].read(element);
    return items_[element];
  }

 private:
  static void check(int element) {
    if (element < 0 || element >= count) outside(element, count);
  }
  // Not in the array itself, because thread-local memory of the host is small.
  std::vector<T> items_ = std::vector<T>(count);
  std::vector<Shadow> shadow_ = std::vector<Shadow>(count);
};

}  // namespace chorus::simt

#define __global__
#define __device__
#define __forceinline__
#define __grid_constant__
#define __launch_bounds__(...)
#define __shared__ static thread_local
#define threadIdx (::chorus::simt::thread_index())
#define blockIdx (::chorus::simt::block_index())
#define blockDim (::chorus::simt::block_size())
#define gridDim (::chorus::simt::grid_size())
#define __syncthreads() ::chorus::simt::block_barrier({__FILE__, __LINE__})
#define __syncwarp() ::chorus::simt::warp_barrier({__FILE__, __LINE__})
