#pragma once

#include <string>
#include <vector>

#include "matrices.hpp"

// C as text: what c_source.cpp puts together.

namespace chorus {

/// The decoder, less the numbers of a model: decoder.c.in.
extern const char* const decoder_text;

/// A name for C from any text: letters, digits and underscores, no digit first.
std::string c_identifier(const std::string& text);

/// A string literal of any bytes.
std::string c_string(const std::string& text);

/// "static const TYPE NAME[COUNT] = { ... };" with lines of at most 100 bytes.
std::string c_array(const std::string& type, const std::string& name,
                    const std::vector<std::string>& elements);

/// The arrays of a matrix, named after it.
std::string c_arrays(const std::string& name, const StoredMatrix& matrix);
/// What a `matrix` of decoder.c.in is initialized with, from arrays of that name; no matrix if
/// null.
std::string c_matrix(const std::string& name, const StoredMatrix* matrix);

}  // namespace chorus
