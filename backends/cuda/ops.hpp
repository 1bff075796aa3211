#pragma once

#include "chorus/call.hpp"
#include "cuda/device.hpp"

// The host's side of the kernels: each function queues the kernels of some ops.

namespace chorus::CHORUS_DEVICE {

/// matmul, sine_linear, the product of sine_linear_gradient; large ones in the precision given.
void run_product(Device& device, const Call& call, Precision precision);
/// sum_rows, sine_linear_gradient (the sums alone if it has a product), squared_error; of
/// palette_colors_gradient the palettes' part.
void run_columns(Device& device, const Call& call);
/// palette_colors, palette_colors_gradient, mixture_loss, mean_samples.
void run_palette(Device& device, const Call& call);
/// Ops that compute each element by itself.
void run_elements(Device& device, const Call& call);
/// draw_pixels, adam.
void run_training(Device& device, const Call& call);

}  // namespace chorus::CHORUS_DEVICE
