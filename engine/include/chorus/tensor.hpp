#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "chorus/backend.hpp"
#include "chorus/version.hpp"

namespace CHORUS_API chorus {

constexpr ConstView as_const(const View& view) {
  return {view.data, view.rows, view.cols, view.stride, view.dtype};
}

/// A matrix in a backend's memory: a cheap handle, whose copies share the elements. Its backend
/// must outlive it, which a tensor that owns its elements ensures itself.
class Tensor {
 public:
  Tensor() = default;
  /// A view of part of some storage, which `owner` keeps alive.
  Tensor(std::shared_ptr<float> owner, const View& view, Backend& backend)
      : owner_(std::move(owner)), view_(view), backend_(&backend) {}

  std::size_t rows() const { return view_.rows; }
  std::size_t cols() const { return view_.cols; }
  std::size_t size() const { return view_.rows * view_.cols; }
  explicit operator bool() const { return view_.data != nullptr; }
  Backend& backend() const { return *backend_; }  ///< must not be called on an empty tensor

  View view() const { return view_; }
  ConstView const_view() const { return as_const(view_); }

  /// The copy of a weight in the order that products prefer, filled by pack(); null without one.
  const float* packed() const { return packed_; }

  /// The same elements without ownership: cheaper to copy, and valid as long as this tensor.
  Tensor non_owning() const {
    Tensor same;
    same.view_ = view_;
    same.backend_ = backend_;
    same.packed_ = packed_;
    return same;
  }

  /// `count` rows (or columns) from `first` on, which share the elements of this tensor.
  Tensor row_range(std::size_t first, std::size_t count) const;
  Tensor col_range(std::size_t first, std::size_t count) const;

 private:
  friend class Memory;
  friend void pack(const Tensor& weight);

  std::shared_ptr<float> owner_;
  View view_;
  Backend* backend_ = nullptr;
  float* packed_ = nullptr;
};

/// Allocates tensors on one backend. Memory whose last handle is gone is handed out again, the
/// block used last first, since it is still in the cache: a training step allocates nothing once
/// its first tile has run. Not safe for concurrent use, so every worker has its own. Tensors may
/// outlive it.
class Memory {
 public:
  explicit Memory(std::shared_ptr<Backend> backend);

  Backend& backend() const;
  const std::shared_ptr<Backend>& shared_backend() const;

  /// The elements are undefined.
  Tensor empty(std::size_t rows, std::size_t cols, DType dtype = DType::fp32);
  Tensor full(std::size_t rows, std::size_t cols, float value);
  Tensor zeros(std::size_t rows, std::size_t cols);
  Tensor from(std::span<const float> values, std::size_t rows, std::size_t cols);
  /// A matrix that is often the right operand of products, with room for the packed copy that
  /// pack() fills if the backend wants one. The elements are undefined.
  Tensor weight(std::size_t rows, std::size_t cols);

 private:
  struct Pool;
  std::shared_ptr<Pool> pool_;
};

/// A Memory for each worker of a backend.
std::vector<Memory> worker_memories(const std::shared_ptr<Backend>& backend);

/// Distance between rows, in floats. Wide rows begin on cache lines, but not all on the same cache
/// sets; narrow ones (coordinates, colours) are dense.
std::size_t padded_stride(std::size_t cols);

/// Copies elements from and to the host, row by row without gaps; 16-bit elements are converted.
std::vector<float> to_host(const Tensor& tensor);
void from_host(std::span<const float> values, const Tensor& tensor);
float item(const Tensor& tensor);  ///< the element of a 1 x 1 tensor
void fill(const Tensor& tensor, float value);
/// into += factor * a, both of the same shape.
void add_scaled(const Tensor& into, float factor, const Tensor& a);
/// Refreshes the packed copy of a weight, if it has one. Needed whenever its elements have changed.
void pack(const Tensor& weight);

/// A list of unsigned integers in a backend's memory.
class IndexList {
 public:
  IndexList() = default;
  IndexList(const std::shared_ptr<Backend>& backend, std::span<const std::uint32_t> values);
  IndexView view() const { return {data_.get(), count_}; }
  IndexView range(std::size_t first, std::size_t count) const {
    return {data_.get() + first, count};
  }
  void assign(std::span<const std::uint32_t> values);  ///< as many values as before

 private:
  std::shared_ptr<std::uint32_t> data_;
  std::size_t count_ = 0;
  Backend* backend_ = nullptr;
};

}  // namespace chorus
