#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace chorus {

/// A named array of 32-bit floats, row-major.
struct StoredTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

/// The content of a safetensors file (https://github.com/huggingface/safetensors): 8 bytes of
/// little-endian header length, a JSON header, raw data. Only F32 tensors are used here.
struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, StoredTensor> tensors;
};

/// Writes atomically (see files.hpp); the same content gives the same bytes. The metadata entry
/// "checksum" is added: a CRC-32 (hex) over the tensor data and the other metadata.
void write_safetensors(const std::filesystem::path& file, const TensorFile& content);

/// Reads and checks everything before use: header length, JSON, dtypes, shapes, offsets that are
/// in range, gapless and non-overlapping, file size, finite values, and the checksum where there
/// is one. Throws Error naming the file, what was found and what was expected; never allocates
/// more than the file's own size calls for.
TensorFile read_safetensors(const std::filesystem::path& file);

}  // namespace chorus
