#pragma once

#include <string>

#include "chorus/model.hpp"

namespace chorus {

/// A decoder in C99 for the pictures of one model: needs no library, heap, file or thread, and has
/// no variables that change.
struct CSource {
  std::string source;  ///< one translation unit that includes nothing
  std::string header;  ///< its functions, and how much scratch memory they need
};

/// The decoder of a model with its numbers in `storage` (those of fewer than 8 bits take 8). Its
/// functions begin with `prefix`, an identifier; `command` says how it was made. Throws Error for a
/// model that is too large for it.
CSource c_source(const Model& model, Storage storage, const std::string& prefix,
                 const std::string& command);

}  // namespace chorus
