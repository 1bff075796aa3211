#pragma once

#include <memory>

#include "chorus/backend.hpp"

namespace chorus {

/// Every op as the plainest loop that states its meaning, with sums in double. It is the definition
/// of correct results, with which the other backends are compared. Has one worker.
std::shared_ptr<Backend> make_reference_backend();

/// The reference implementation of one op on host memory. Other host backends use it for ops whose
/// speed does not matter.
void run_reference(const Call& call);
/// sine_network and its gradient, layer by layer.
void run_reference_network(const Call& call);

}  // namespace chorus
