#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "safetensors.hpp"

// The types of a safetensors file, in bytes and back.

namespace chorus {

struct StoredTypeInfo {
  StoredType type;
  std::string_view name;
  std::size_t bytes;
};

/// The largest first: tensors lie in this order, so that each is aligned.
inline constexpr std::array<StoredTypeInfo, 4> stored_types = {{{StoredType::f32, "F32", 4},
                                                                {StoredType::f16, "F16", 2},
                                                                {StoredType::i8, "I8", 1},
                                                                {StoredType::u8, "U8", 1}}};

const StoredTypeInfo& info_of(StoredType type);
std::size_t data_bytes(const StoredTensor& tensor);

/// Whether the type can hold a finite number, rounded if it is a float.
bool fits(float value, StoredType type);

/// The elements as a file holds them. They must fit.
std::string encoded(const StoredTensor& tensor);
std::vector<float> decoded(std::string_view bytes, StoredType type);

}  // namespace chorus
