#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/version.hpp"
#include "safetensors.hpp"

// How the numbers of a model become those of a file, and back: docs/file_format.md.

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// The rows of a matrix as whole numbers times one scale a row.
struct QuantizedRows {
  std::vector<float> levels;  ///< [rows x cols], from -largest_level(bits) to largest_level(bits)
  std::vector<float> scales;  ///< [rows], numbers that binary16 holds exactly
};

/// 127 for 8 bits, 7 for 4 bits.
int largest_level(int bits);

/// Chooses for each row the scale of least squared error among a few.
QuantizedRows quantize_rows(const std::vector<float>& values, std::size_t rows, int bits);
/// The same with scales that are known.
QuantizedRows rounded_rows(std::vector<float> values, std::vector<float> scales, int bits);
std::vector<float> dequantized(const QuantizedRows& rows);
/// Numbers rounded to binary16.
std::vector<float> in_16_bits(std::vector<float> values);

/// The name of the tensor that holds the scales of this one.
std::string scale_of(const std::string& tensor);
/// Whether the type is one of whole numbers.
bool is_whole(StoredType type);
/// Whether this is the scale of a tensor of whole numbers.
bool is_scale(const TensorFile& file, const std::string& name);
/// The levels of a tensor of whole numbers as a matrix, not packed. Throws Error if its shape is
/// that of none.
StoredTensor levels_of(const std::string& name, const StoredTensor& tensor);

/// The bits of a whole number of this storage; 0 if its numbers are floats.
int bits_of(Storage storage);

/// Whether a tensor of this name stays in binary16 where the others become whole numbers: biases,
/// the weights at both ends of the network, and palettes are few numbers that many pixels feel.
bool is_sensitive(const std::string& tensor);

/// All tensors as `storage` says, from tensors in fp32. Throws Error if binary16 cannot hold one.
TensorFile stored_as(TensorFile file, Storage storage);

/// All tensors in fp32, whatever the file's storage. Throws Error, without the name of the file, if
/// a scale is missing, has another shape or belongs to nothing.
TensorFile in_fp32(TensorFile file);

}  // namespace chorus
