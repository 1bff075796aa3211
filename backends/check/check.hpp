#pragma once

#include <memory>

#include "chorus/backend.hpp"

namespace chorus {

/// Runs every op on both backends with the same inputs. Throws Error at the first op whose results
/// disagree, with the figures. The results of `subject` are kept.
std::shared_ptr<Backend> make_check_backend(std::shared_ptr<Backend> subject,
                                            std::shared_ptr<Backend> judge);

}  // namespace chorus
