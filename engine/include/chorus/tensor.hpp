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

/// A matrix in a backend's memory: a cheap handle, whose copies share the elements. It knows its
/// backend, which must live as long as it; tensors that own their elements see to that themselves.
class Tensor {
 public:
  Tensor() = default;
  /// A view of part of some storage; `owner` keeps the memory alive.
  Tensor(std::shared_ptr<float> owner, const View& view, Backend& backend)
      : owner_(std::move(owner)), view_(view), backend_(&backend) {}

  std::size_t rows() const { return view_.rows; }
  std::size_t cols() const { return view_.cols; }
  std::size_t size() const { return view_.rows * view_.cols; }
  explicit operator bool() const { return view_.data != nullptr; }
  Backend& backend() const { return *backend_; }  ///< only of a tensor that is not empty

  View view() const { return view_; }
  ConstView const_view() const { return as_const(view_); }

  /// The copy of a weight in the order that products like, as pack() left it; null if there is
  /// none: see Memory::weight().
  const float* packed() const { return packed_; }

  /// The same elements without a share in them: cheaper to copy, and valid as long as this tensor.
  Tensor non_owning() const {
    Tensor same;
    same.view_ = view_;
    same.backend_ = backend_;
    same.packed_ = packed_;
    return same;
  }

  /// `count` rows from `first` on, or as many columns; they share the elements.
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

/// Allocates tensors of one backend and takes their memory back when the last handle is gone, to
/// hand it out again: a training step allocates nothing once the first tile has run, and memory
/// that was just used (and is in the cache) is reused first.
/// Not safe for concurrent use: every worker has its own. Tensors may outlive their Memory.
class Memory {
 public:
  explicit Memory(std::shared_ptr<Backend> backend);

  Backend& backend() const;
  const std::shared_ptr<Backend>& shared_backend() const;

  /// Contents undefined.
  Tensor empty(std::size_t rows, std::size_t cols, DType dtype = DType::fp32);
  Tensor full(std::size_t rows, std::size_t cols, float value);
  Tensor zeros(std::size_t rows, std::size_t cols);
  Tensor from(std::span<const float> values, std::size_t rows, std::size_t cols);
  /// A matrix that is often the right operand of products. Where they prefer weights in an order of
  /// their own, it has room for such a copy, which pack() fills. Contents undefined.
  Tensor weight(std::size_t rows, std::size_t cols);

 private:
  struct Pool;
  std::shared_ptr<Pool> pool_;
};

/// A Memory for each worker of a backend.
std::vector<Memory> worker_memories(const std::shared_ptr<Backend>& backend);

/// Distance between rows, in floats: wide rows start on cache lines and do not fall on the same
/// cache sets; narrow ones (coordinates, colours) are dense.
std::size_t padded_stride(std::size_t cols);

/// Elements to and from the host, row by row without gaps. These two convert between floats and
/// 16-bit elements.
std::vector<float> to_host(const Tensor& tensor);
void from_host(std::span<const float> values, const Tensor& tensor);
float item(const Tensor& tensor);  ///< the element of a 1 x 1 tensor
void fill(const Tensor& tensor, float value);
/// into += factor * a, same shapes: with factor = -rate, a step of gradient descent.
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
  void assign(std::span<const std::uint32_t> values);  ///< same count as before

 private:
  std::shared_ptr<std::uint32_t> data_;
  std::size_t count_ = 0;
  Backend* backend_ = nullptr;
};

}  // namespace chorus
