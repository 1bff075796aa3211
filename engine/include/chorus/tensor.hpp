#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "chorus/backend.hpp"

namespace chorus {

/// A matrix in a backend's memory: a cheap handle, copies share the elements.
class Tensor {
 public:
  Tensor() = default;
  /// A view of part of some storage; `owner` keeps the memory alive.
  Tensor(std::shared_ptr<float> owner, const View& view) : owner_(std::move(owner)), view_(view) {}

  std::size_t rows() const { return view_.rows; }
  std::size_t cols() const { return view_.cols; }
  std::size_t size() const { return view_.rows * view_.cols; }
  explicit operator bool() const { return view_.data != nullptr; }

  View view() const { return view_; }
  ConstView const_view() const {
    return {view_.data, view_.rows, view_.cols, view_.stride, view_.dtype};
  }

  /// The same elements without a share in them: cheaper to copy, for as long as this one lives.
  Tensor non_owning() const { return {nullptr, view_}; }

  /// `count` rows from `first` on; shares the elements.
  Tensor row_range(std::size_t first, std::size_t count) const;

 private:
  std::shared_ptr<float> owner_;
  View view_;
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
  Tensor zeros(std::size_t rows, std::size_t cols);
  Tensor from(std::span<const float> values, std::size_t rows, std::size_t cols);

 private:
  struct Pool;
  std::shared_ptr<Pool> pool_;
};

/// A Memory for each worker of a backend.
std::vector<Memory> worker_memories(const std::shared_ptr<Backend>& backend);

/// Distance between rows, in floats: wide rows start on cache lines and do not fall on the same
/// cache sets; narrow ones (coordinates, colours) are dense.
std::size_t padded_stride(std::size_t cols);

// Between numbers of 16 bits and floats, these two convert.
std::vector<float> to_host(Backend& backend, const Tensor& tensor);  ///< rows x cols, dense
void from_host(Backend& backend, std::span<const float> values, const Tensor& tensor);
void fill(Backend& backend, const Tensor& tensor, float value);

/// A list of unsigned integers in a backend's memory.
class IndexList {
 public:
  IndexList() = default;
  IndexList(const std::shared_ptr<Backend>& backend, std::span<const std::uint32_t> values);
  IndexView view() const { return {data_.get(), count_}; }
  IndexView range(std::size_t first, std::size_t count) const {
    return {data_.get() + first, count};
  }
  void assign(Backend& backend, std::span<const std::uint32_t> values);  ///< same count as before

 private:
  std::shared_ptr<std::uint32_t> data_;
  std::size_t count_ = 0;
};

}  // namespace chorus
