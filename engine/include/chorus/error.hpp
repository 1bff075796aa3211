#pragma once

#include <stdexcept>

#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// A failure the user can act on. The message is one line that says what was found and what was
/// expected; programs print it as it is and exit with status 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace chorus
