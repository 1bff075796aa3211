#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/version.hpp"

// Exported: the room training, in another shared library, uses it.
namespace CHORUS_API chorus {

/// How a file holds the elements of a tensor. In memory they are 32-bit floats all the same.
enum class StoredType {
  f32,
  f16,  ///< IEEE 754 binary16; writing rounds to the nearest
  i8,   ///< whole numbers from -128 to 127
  u8,   ///< whole numbers from 0 to 255
};

/// A named array, row-major.
struct StoredTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
  StoredType type = StoredType::f32;

  bool operator==(const StoredTensor&) const = default;
};

/// The content of a safetensors file (https://github.com/huggingface/safetensors): 8 bytes of
/// header length (little-endian), a JSON header, and raw data. Tensors are F32, F16, I8 or U8.
struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, StoredTensor> tensors;

  bool operator==(const TensorFile&) const = default;
};

/// Writes atomically (see files.hpp); the same content gives the same bytes. Adds a metadata entry
/// `"checksum":"crc32:xxxxxxxx"`: the CRC-32 (as in zlib and PNG, lower-case hex) of all bytes of
/// the file, with zeros in place of these eight digits. Throws Error for content that could not be
/// read back: text that is not UTF-8, values that are not finite or beyond the range of their type,
/// or too much in the header. Throws std::invalid_argument if a shape and its values disagree, and
/// for reserved names: a tensor `__metadata__`, a metadata key `checksum`, and metadata values that
/// begin with `crc32:`.
void write_safetensors(const std::filesystem::path& file, const TensorFile& content);

/// Checks everything before use: header length, JSON, dtypes, shapes, offsets (in range, without
/// gaps or overlaps), file size, finite values, and the checksum. A file of chorus (its metadata
/// `format` begins with "chorus ") must have a checksum; files of other tools may lack it. The
/// checksum is not part of the metadata returned. A header has at most 16 MiB, and names at most
/// 4,096 tensors. Throws Error, which names the file, what was found and what was expected. Never
/// allocates more than the size of the file justifies.
TensorFile read_safetensors(const std::filesystem::path& file);
/// The same for the bytes of a file; `origin` names them in messages.
TensorFile parse_safetensors(std::string_view bytes, const std::string& origin);

/// The size of the file that write_safetensors() would write. Throws what it throws.
std::size_t safetensors_bytes(const TensorFile& content);

}  // namespace chorus
