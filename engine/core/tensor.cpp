#include "chorus/tensor.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "dtype.hpp"
#include "round_up.hpp"

namespace chorus {

namespace {

constexpr std::size_t floats_per_line = 16;
constexpr std::size_t halves_together = 8;  ///< 16-bit numbers that are moved as one

/// The number of floats that take as much memory.
std::size_t floats_of(std::size_t numbers, DType dtype) {
  return dtype == DType::fp32 ? numbers : (numbers + 1) / 2;
}

/// A view without padding between rows is one long row, which needs a single copy.
View as_few_rows(const View& view) {
  if (view.stride != view.cols) return view;
  return {view.data, 1, view.rows * view.cols, view.rows * view.cols};
}

}  // namespace

std::size_t padded_stride(std::size_t cols) {
  if (cols < floats_per_line) return cols;
  return round_up(cols, floats_per_line) + floats_per_line;
}

Tensor Tensor::row_range(std::size_t first, std::size_t count) const {
  if (first + count > view_.rows)
    throw std::invalid_argument("row_range: the range ends after the last row");
  View part = view_;
  part.data += floats_of(first * view_.stride, view_.dtype);
  part.rows = count;
  return {owner_, part, *backend_};
}

Tensor Tensor::col_range(std::size_t first, std::size_t count) const {
  if (first + count > view_.cols)
    throw std::invalid_argument("col_range: the range ends after the last column");
  if (view_.dtype != DType::fp32)
    throw std::invalid_argument("col_range: expected 32-bit elements");
  View part = view_;
  part.data += first;
  part.cols = count;
  return {owner_, part, *backend_};
}

/// Free blocks by size. Shared by the Memory and all tensors that it has handed out.
struct Memory::Pool {
  explicit Pool(std::shared_ptr<Backend> b) : backend(std::move(b)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (auto& [floats, blocks] : free_blocks)
      for (float* block : blocks) backend->release(block);
  }

  std::vector<float*>& blocks_of(std::size_t floats) {
    const auto found = std::find_if(free_blocks.begin(), free_blocks.end(),
                                    [&](const auto& entry) { return entry.first == floats; });
    if (found != free_blocks.end()) return found->second;
    return free_blocks.emplace_back(floats, std::vector<float*>{}).second;
  }

  float* take(std::size_t floats) {
    std::vector<float*>& blocks = blocks_of(floats);
    if (blocks.empty()) return static_cast<float*>(backend->allocate(floats * sizeof(float)));
    float* block = blocks.back();
    blocks.pop_back();
    return block;
  }

  std::shared_ptr<Backend> backend;
  std::vector<std::pair<std::size_t, std::vector<float*>>> free_blocks;
};

Memory::Memory(std::shared_ptr<Backend> backend)
    : pool_(std::make_shared<Pool>(std::move(backend))) {}

Backend& Memory::backend() const { return *pool_->backend; }
const std::shared_ptr<Backend>& Memory::shared_backend() const { return pool_->backend; }

Tensor Memory::empty(std::size_t rows, std::size_t cols, DType dtype) {
  const std::size_t stride =
      dtype == DType::fp32 ? padded_stride(cols) : round_up(padded_stride(cols), halves_together);
  const std::size_t floats = std::max<std::size_t>(floats_of(rows * stride, dtype), 1);
  std::shared_ptr<float> block(pool_->take(floats), [pool = pool_, floats](float* data) {
    pool->blocks_of(floats).push_back(data);
  });
  float* data = block.get();
  return {std::move(block), View{data, rows, cols, stride, dtype}, backend()};
}

std::vector<Memory> worker_memories(const std::shared_ptr<Backend>& backend) {
  std::vector<Memory> memories;
  for (std::size_t w = 0; w < backend->workers(); ++w) memories.emplace_back(backend);
  return memories;
}

Tensor Memory::full(std::size_t rows, std::size_t cols, float value) {
  Tensor result = empty(rows, cols);
  fill(result, value);
  return result;
}

Tensor Memory::zeros(std::size_t rows, std::size_t cols) { return full(rows, cols, 0); }

Tensor Memory::from(std::span<const float> values, std::size_t rows, std::size_t cols) {
  Tensor result = empty(rows, cols);
  from_host(values, result);
  return result;
}

Tensor Memory::weight(std::size_t rows, std::size_t cols) {
  Tensor weight = empty(rows, cols);
  const std::size_t floats = backend().packed_floats(rows, cols);
  if (floats == 0) return weight;
  // One owner holds both the elements and their copy.
  const auto both = std::make_shared<std::pair<Tensor, Tensor>>(weight, empty(1, floats));
  weight.owner_ = std::shared_ptr<float>(both, weight.view_.data);
  weight.packed_ = both->second.view_.data;
  return weight;
}

namespace {

std::vector<float> halves_to_host(Backend& backend, const View& view) {
  std::vector<std::uint16_t> halves(view.rows * view.stride);
  backend.download(view.data, halves.data(), halves.size() * sizeof(halves.front()));
  std::vector<float> values;
  for (std::size_t r = 0; r < view.rows; ++r)
    for (std::size_t c = 0; c < view.cols; ++c)
      values.push_back(widened(halves[r * view.stride + c], view.dtype));
  return values;
}

void halves_from_host(Backend& backend, std::span<const float> values, const View& view) {
  std::vector<std::uint16_t> halves(view.rows * view.stride);
  for (std::size_t r = 0; r < view.rows; ++r)
    for (std::size_t c = 0; c < view.cols; ++c)
      halves[r * view.stride + c] = narrowed(values[r * view.cols + c], view.dtype);
  backend.upload(halves.data(), view.data, halves.size() * sizeof(halves.front()));
}

}  // namespace

std::vector<float> to_host(const Tensor& tensor) {
  if (!tensor || tensor.size() == 0) return {};
  if (tensor.view().dtype != DType::fp32) return halves_to_host(tensor.backend(), tensor.view());
  // One copy of all rows, with what lies between them: a device is waited for at each copy.
  const View& view = tensor.view();
  std::vector<float> values((view.rows - 1) * view.stride + view.cols);
  tensor.backend().download(view.data, values.data(), values.size() * sizeof(float));
  for (std::size_t r = 1; r < view.rows; ++r)
    std::copy_n(&values[r * view.stride], view.cols, &values[r * view.cols]);
  values.resize(tensor.size());
  return values;
}

void from_host(std::span<const float> values, const Tensor& tensor) {
  if (values.size() != tensor.size())
    throw std::invalid_argument("from_host: the number of values differs from the tensor's size");
  if (tensor.size() == 0) return;
  if (tensor.view().dtype != DType::fp32)
    return halves_from_host(tensor.backend(), values, tensor.view());
  const View view = as_few_rows(tensor.view());
  for (std::size_t r = 0; r < view.rows; ++r)
    tensor.backend().upload(&values[r * view.cols], view.data + r * view.stride,
                            view.cols * sizeof(float));
}

void fill(const Tensor& tensor, float value) {
  if (tensor.size() == 0) return;
  Call call{.op = Op::fill};
  call.out[0] = tensor.view();
  call.scale = value;
  tensor.backend().run(call);
}

float item(const Tensor& tensor) {
  if (tensor.size() != 1) throw std::invalid_argument("item: expected a 1 x 1 tensor");
  return to_host(tensor).front();
}

void add_scaled(const Tensor& into, float factor, const Tensor& a) {
  if (into.rows() != a.rows() || into.cols() != a.cols())
    throw std::invalid_argument("add_scaled: the tensors differ in shape");
  Call call{.op = Op::scale};
  call.in[0] = a.const_view();
  call.out[0] = into.view();
  call.accumulate = true;
  call.scale = factor;
  into.backend().run(call);
}

void pack(const Tensor& weight) {
  if (weight.packed() == nullptr) return;
  const std::size_t floats = weight.backend().packed_floats(weight.rows(), weight.cols());
  Call call{.op = Op::pack};
  call.in[0] = weight.const_view();
  call.out[0] = {weight.packed_, 1, floats, floats};
  weight.backend().run(call);
}

IndexList::IndexList(const std::shared_ptr<Backend>& backend, std::span<const std::uint32_t> values)
    : data_(static_cast<std::uint32_t*>(
                backend->allocate(std::max<std::size_t>(values.size(), 1) * sizeof(std::uint32_t))),
            [backend](std::uint32_t* data) { backend->release(data); }),
      count_(values.size()),
      backend_(backend.get()) {
  assign(values);
}

void IndexList::assign(std::span<const std::uint32_t> values) {
  if (values.size() != count_)
    throw std::invalid_argument("IndexList: expected as many values as before");
  if (count_ > 0) backend_->upload(values.data(), data_.get(), values.size_bytes());
}

}  // namespace chorus
