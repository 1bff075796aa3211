#include "cuda/product_launch.cuh"

namespace chorus::CHORUS_DEVICE {

namespace {

template <bool left_transposed, bool right_transposed>
using Rounded = Operands<Tf32, float, float, left_transposed, right_transposed>;

}  // namespace

void run_tf32(Device& device, const Product& p) {
  if (p.call.op == Op::sine_linear)
    return sine_of_product<Rounded<false, false>, float, float>(device, p);
  if (p.call.op == Op::sine_linear_gradient)
    return slope_of_product<Rounded<false, true>, float>(device, p);
  if (p.left_transposed)
    return p.right_transposed ? store_product<Rounded<true, true>>(device, p)
                              : store_product<Rounded<true, false>>(device, p);
  return p.right_transposed ? store_product<Rounded<false, true>>(device, p)
                            : store_product<Rounded<false, false>>(device, p);
}

}  // namespace chorus::CHORUS_DEVICE
