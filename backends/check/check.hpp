#pragma once

#include <memory>

#include "chorus/backend.hpp"

namespace chorus {

/// Runs every op on both backends with the same inputs. Throws Error at the first op whose results
/// disagree, with the figures. The results of `tested` are kept.
std::shared_ptr<Backend> make_check_backend(std::shared_ptr<Backend> tested,
                                            std::shared_ptr<Backend> trusted);

}  // namespace chorus
