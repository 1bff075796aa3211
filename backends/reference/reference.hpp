#pragma once

#include <memory>

#include "chorus/backend.hpp"

namespace chorus {

/// Every op as the plainest loop that says what it means, with sums in double: the definition of
/// right, which the other backends are compared with. One worker.
std::shared_ptr<Backend> make_reference_backend();

/// The reference's version of one op on host memory; other host backends use it for ops where
/// speed does not matter.
void run_reference(const Call& call);

}  // namespace chorus
