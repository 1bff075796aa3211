#include "cuda/product_launch.cuh"

namespace chorus::CHORUS_DEVICE {

namespace {

using OfSines = Operands<Fp16, Fp16Number, Fp16Number, false, false>;
using OfBf16 = Operands<Bf16, Bf16Number, Bf16Number, false, false>;
using OfSlopes = Operands<Bf16, Bf16Number, Bf16Number, true, true>;
using OfSlopesAndSines = Operands<Bf16OfFp16, Bf16Number, Fp16Number, true, true>;

/// Products of fp16 sines and fp16 weights.
void run_sines(Device& device, const Product& p) {
  if (p.call.op == Op::sine_linear)
    return sine_of_product<OfSines, Fp16Number, Bf16Number>(device, p);
  if (p.call.op != Op::matmul) unknown_product(p);
  store_product<OfSines>(device, p);
}

/// Products of bf16 sines or slopes and bf16 weights.
void run_bf16(Device& device, const Product& p) {
  if (p.call.op == Op::sine_linear)
    return sine_of_product<OfBf16, Bf16Number, Bf16Number>(device, p);
  if (p.call.op == Op::sine_linear_gradient) return slope_of_product<OfBf16, Bf16Number>(device, p);
  store_product<OfBf16>(device, p);
}

}  // namespace

void run_16_bits(Device& device, const Product& p) {
  const DType left = p.left.dtype, right = p.right.dtype;
  if (p.left_transposed != p.right_transposed) unknown_product(p);
  if (p.left_transposed) {
    if (p.call.op != Op::matmul || left != DType::bf16) unknown_product(p);
    return right == DType::fp16 ? store_product<OfSlopesAndSines>(device, p)
                                : store_product<OfSlopes>(device, p);
  }
  if (left != right) unknown_product(p);
  return left == DType::fp16 ? run_sines(device, p) : run_bf16(device, p);
}

}  // namespace chorus::CHORUS_DEVICE
