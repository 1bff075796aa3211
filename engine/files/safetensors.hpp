#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "chorus/version.hpp"

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// A named array of 32-bit floats, row-major.
struct StoredTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;

  bool operator==(const StoredTensor&) const = default;
};

/// The content of a safetensors file (https://github.com/huggingface/safetensors): 8 bytes of
/// little-endian header length, a JSON header, raw data. Only F32 tensors are used here.
struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, StoredTensor> tensors;

  bool operator==(const TensorFile&) const = default;
};

/// Writes atomically (see files.hpp); the same content gives the same bytes. A metadata entry
/// `"checksum":"crc32:xxxxxxxx"` is added: the CRC-32 (that of zlib and PNG, lower-case hex) of
/// every byte of the file, taken with zeros for those eight digits.
/// Throws Error for what could not be read back: text that is not UTF-8, values that are not
/// finite. Throws std::invalid_argument if a shape and its values disagree, or for the reserved: a
/// tensor `__metadata__`, a metadata key `checksum` and metadata values that begin with `crc32:`.
void write_safetensors(const std::filesystem::path& file, const TensorFile& content);

/// Reads and checks everything before use: header length, JSON, dtypes, shapes, offsets that are
/// in range, gapless and non-overlapping, file size, finite values, and the checksum, which a
/// file of chorus itself (its metadata `format` begins with "chorus ") must have and one of other
/// tools may lack; it is not part of the metadata returned. Throws Error naming the file, what was
/// found and what was expected; never allocates more than the file's own size calls for.
TensorFile read_safetensors(const std::filesystem::path& file);

}  // namespace chorus
