#pragma once

#include "chorus/call.hpp"
#include "cuda/device.hpp"

// The host's side of the kernels: each function queues the kernels of some ops.

namespace chorus::CHORUS_DEVICE {

/// matmul, sine_linear, sine_linear_gradient with a product; large ones in the precision given.
/// `numbers` are those of packed copies.
void run_product(Device& device, const Call& call, Precision precision, ActivationTypes numbers);
/// pack: copies of weights in 16 bits, as they are and transposed, where products take such.
void run_pack(Device& device, const Call& call, ActivationTypes numbers);
std::size_t packed_floats(std::size_t rows, std::size_t cols, ActivationTypes numbers);
/// sum_rows, sine_linear_gradient (the sums alone if it has a product), squared_error; of
/// palette_colors_gradient the palettes' part.
void run_columns(Device& device, const Call& call);
/// out row g += the sum of the rows of group g, which should be some hundred at most.
void add_short_columns(Device& device, const ConstView& in, const View& out);
/// palette_colors, palette_colors_gradient, mixture_loss, mean_samples.
void run_palette(Device& device, const Call& call);
/// Ops that compute each element by itself.
void run_elements(Device& device, const Call& call);
/// draw_pixels, adam.
void run_training(Device& device, const Call& call);

}  // namespace chorus::CHORUS_DEVICE
