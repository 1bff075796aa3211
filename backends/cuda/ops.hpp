#pragma once

#include "chorus/call.hpp"
#include "cuda/device.hpp"

// The host side of the kernels: each function queues the kernels of some ops.

namespace chorus::CHORUS_DEVICE {

/// matmul, sine_linear, and sine_linear_gradient with a product; large ones in the given precision.
/// `numbers` are the types of packed copies.
void run_product(Device& device, const Call& call, Precision precision, ActivationTypes numbers);
/// pack: copies of weights in 16 bits, as they are and transposed, if products take them.
void run_pack(Device& device, const Call& call, ActivationTypes numbers);
std::size_t packed_floats(std::size_t rows, std::size_t cols, ActivationTypes numbers);
/// sum_rows, squared_error, sine_linear_gradient (only the sums if it has a product), and the
/// palettes' part of palette_colors_gradient.
void run_columns(Device& device, const Call& call);
/// out row g += the sum of the rows of group g, of which there should be a few hundred at most.
void add_short_columns(Device& device, const ConstView& in, const View& out);
/// palette_colors, palette_colors_gradient, mixture_loss, mean_samples.
void run_palette(Device& device, const Call& call);
/// Ops that compute each element separately.
void run_elements(Device& device, const Call& call);
/// draw_pixels, adam.
void run_training(Device& device, const Call& call);

}  // namespace chorus::CHORUS_DEVICE
