#include "cuda/product_launch.cuh"

namespace chorus::CHORUS_DEVICE {

namespace {

template <class Left, class Right, bool left_transposed, bool right_transposed>
using Single = Operands<Fp32, Left, Right, left_transposed, right_transposed>;

void store_single(Device& device, const Product& p) {
  if (p.left_transposed)
    return p.right_transposed ? store_product<Single<float, float, true, true>>(device, p)
                              : store_product<Single<float, float, true, false>>(device, p);
  return p.right_transposed ? store_product<Single<float, float, false, true>>(device, p)
                            : store_product<Single<float, float, false, false>>(device, p);
}

/// Products of sines and weights in single precision, and of derivatives with weights or
/// coordinates.
template <class Left>
void store_16_bits_on_the_left(Device& device, const Product& p) {
  if (!p.left_transposed)
    return p.right_transposed ? store_product<Single<Left, float, false, true>>(device, p)
                              : store_product<Single<Left, float, false, false>>(device, p);
  if (!p.right_transposed) unknown_product(p);
  store_product<Single<Left, float, true, true>>(device, p);
}

/// Products of derivatives in single precision and sines: the gradients of weights.
template <class Right>
void store_16_bits_on_the_right(Device& device, const Product& p) {
  if (!p.left_transposed || !p.right_transposed) unknown_product(p);
  store_product<Single<float, Right, true, true>>(device, p);
}

void store(Device& device, const Product& p) {
  const DType left = p.left.dtype, right = p.right.dtype;
  if (left == DType::fp32 && right == DType::fp32) return store_single(device, p);
  if (left == DType::fp16) return store_16_bits_on_the_left<Fp16Number>(device, p);
  if (left == DType::bf16) return store_16_bits_on_the_left<Bf16Number>(device, p);
  if (right == DType::fp16) return store_16_bits_on_the_right<Fp16Number>(device, p);
  store_16_bits_on_the_right<Bf16Number>(device, p);
}

template <class Left>
void sine(Device& device, const Product& p) {
  using Forward = Single<Left, float, false, false>;
  switch (p.call.out[0].dtype) {
    case DType::fp32:
      return sine_of_product<Forward, float, float>(device, p);
    case DType::fp16:
      return sine_of_product<Forward, Fp16Number, Bf16Number>(device, p);
    case DType::bf16:
      return sine_of_product<Forward, Bf16Number, Bf16Number>(device, p);
  }
}

}  // namespace

void run_fp32(Device& device, const Product& p) {
  const DType left = p.left.dtype;
  if (p.call.op == Op::matmul) return store(device, p);
  if (p.right.dtype != DType::fp32) unknown_product(p);
  if (p.call.op == Op::sine_linear) {
    if (left == DType::fp32) return sine<float>(device, p);
    if (left == DType::fp16) return sine<Fp16Number>(device, p);
    return sine<Bf16Number>(device, p);
  }
  const bool in_16_bits = p.call.out[0].dtype != DType::fp32;
  if (left == DType::bf16 && in_16_bits)
    return slope_of_product<Single<Bf16Number, float, false, true>, Bf16Number>(device, p);
  if (left != DType::fp32) unknown_product(p);
  if (in_16_bits) return slope_of_product<Single<float, float, false, true>, Bf16Number>(device, p);
  slope_of_product<Single<float, float, false, true>, float>(device, p);
}

}  // namespace chorus::CHORUS_DEVICE
