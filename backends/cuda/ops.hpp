#pragma once

#include <vector>

#include "chorus/call.hpp"
#include "cuda/device.hpp"

// The host side of the kernels: each function queues the kernels of some ops.

namespace chorus::CHORUS_DEVICE {

/// matmul, sine_linear, and sine_linear_gradient with a product; large ones in the given precision.
/// `numbers` are the types of packed copies.
void run_product(Device& device, const Call& call, Precision precision, ActivationTypes numbers);
/// pack: copies of weights in 16 bits, as they are and transposed, if products take them. All calls
/// in one launch.
void run_packs(Device& device, const std::vector<Call>& calls, ActivationTypes numbers);
std::size_t packed_floats(std::size_t rows, std::size_t cols, ActivationTypes numbers);
/// The copy of weights that `packed` holds as they are, and the transposed one.
ConstView copy_of_weights(const float* packed, const ConstView& weights, bool transposed,
                          ActivationTypes numbers);
/// sine_network, sine_network_gradient, of widths for which there is a kernel.
void run_network(Device& device, const Call& call, Precision precision, ActivationTypes numbers);
bool has_network_kernel(const Device& device, Precision precision, std::size_t width);
/// sum_rows, squared_error, sine_linear_gradient (only the sums if it has a product), and the
/// palettes' part of palette_colors_gradient.
void run_columns(Device& device, const Call& call);
/// out row g += the sum of the rows of group g, of which there should be a few hundred at most.
void add_short_columns(Device& device, const ConstView& in, const View& out);
/// palette_colors, palette_colors_gradient, mixture_loss, mean_samples.
void run_palette(Device& device, const Call& call);
/// Ops that compute each element separately.
void run_elements(Device& device, const Call& call);
void run_draw(Device& device, const Call& call);
/// adam of several parameters, in one launch for each `most_together`. Call::adam points to
/// settings that are still there.
void run_updates(Device& device, const std::vector<Call>& calls);
inline constexpr std::size_t most_together = 16;

}  // namespace chorus::CHORUS_DEVICE
