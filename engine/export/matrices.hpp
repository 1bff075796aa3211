#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "safetensors.hpp"

// The numbers of a model as a model file of some precision would hold them.

namespace chorus {

/// A matrix of floats in 32 or 16 bits, or of whole numbers of at most 8 bits with a scale a row.
struct StoredMatrix {
  std::size_t rows = 0, cols = 0;
  StoredType type = StoredType::f32;  ///< f32, f16 or i8
  std::vector<float> values;          ///< [rows x cols]; levels if the type is i8
  std::vector<float> scales;          ///< [rows] if the type is i8, else empty; exact in binary16
};

/// All matrices by their names in the model file. Throws Error if the storage cannot hold a number.
std::map<std::string, StoredMatrix> stored_matrices(const Model& model, Storage storage);

}  // namespace chorus
