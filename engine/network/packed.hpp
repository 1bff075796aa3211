#pragma once

#include <map>
#include <string>
#include <vector>

#include "chorus/version.hpp"
#include "safetensors.hpp"

// A model file that is as small as it can be made: whole numbers in steps of rows and columns,
// coded by how often they occur, together with the metadata. docs/file_format.md describes the
// format.

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The steps of a matrix in quarters of an octave: those of its rows and those of its columns,
/// which are added.
struct MatrixSteps {
  std::vector<int> rows, cols;
};

/// The distances between the values that the numbers of a file may take.
struct PackedSteps {
  int fine = 0;                                 ///< 0 to 15: of an octave, in 1 / 64
  std::map<std::string, MatrixSteps> matrices;  ///< of each tensor

  /// 2^((16 q + fine) / 64) for each number of a matrix, where q is the sum of its quarters.
  std::vector<float> of(const std::string& tensor) const;
};

/// The numbers that the file will give back, as floats.
TensorFile rounded_to(TensorFile file, const PackedSteps& steps);

/// From matrices in fp32: a file with one tensor, and no metadata but the format and its version.
/// Every matrix must have steps. Throws Error if a number is more than 32,767 steps.
TensorFile packed(const TensorFile& file, const PackedSteps& steps);
bool is_packed(const TensorFile& file);
/// The file of which packed() was made, rounded. Throws Error, without the name of the file, if it
/// is damaged.
TensorFile unpacked(const TensorFile& file);

/// The format version of packed files.
constexpr int packed_version = 3;

}  // namespace chorus
