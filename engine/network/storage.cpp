#include "storage.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <utility>

#include "chorus/error.hpp"
#include "dtype.hpp"
#include "formatted.hpp"
#include "siren_names.hpp"

namespace chorus {

namespace {

constexpr std::string_view scale_ending = ".scale";
constexpr std::size_t packed_together = 8;  // numbers: as many bytes as they have bits

float squared_error(std::span<const float> row, float scale, float most) {
  float sum = 0;
  for (const float value : row) {
    const float level = std::clamp(std::nearbyint(value / scale), -most, most);
    sum += (value - level * scale) * (value - level * scale);
  }
  return sum;
}

/// A scale that lets the largest number of the row reach the last level, or is up to a third
/// smaller: with few levels, cutting off the largest numbers costs less than coarse steps for all.
float best_scale(std::span<const float> row, int bits) {
  constexpr int tries = 16;
  constexpr float shrunk_by = 1.0F / 3;
  const auto most = static_cast<float>(largest_level(bits));
  float largest = 0;
  for (const float value : row) largest = std::max(largest, std::abs(value));
  float best = 0, best_error = 0;
  for (int k = 0; k < tries; ++k) {
    const float share = 1 - shrunk_by * static_cast<float>(k) / tries;
    const float scale = fp16_to_float(fp16_of(largest / most * share));
    if (scale == 0) continue;  // all of the row is so small that it is nothing
    const float error = squared_error(row, scale, most);
    if (best == 0 || error < best_error) std::tie(best, best_error) = std::pair(scale, error);
  }
  return best;
}

/// Rows whose every eight numbers, made positive, take as many bytes as they have bits: the first
/// byte holds the lowest bits of all eight, the first number's lowest of all.
StoredTensor packed(const std::vector<float>& levels, std::size_t rows, std::size_t cols,
                    int bits) {
  const auto planes = static_cast<std::size_t>(bits);
  StoredTensor tensor{{rows, cols / packed_together, planes}, {}, StoredType::u8};
  for (std::size_t first = 0; first < levels.size(); first += packed_together)
    for (int bit = 0; bit < bits; ++bit) {
      int byte = 0;
      for (std::size_t k = 0; k < packed_together; ++k) {
        const int level = static_cast<int>(levels[first + k]) + largest_level(bits);
        byte |= (level >> bit & 1) << k;
      }
      tensor.values.push_back(static_cast<float>(byte));
    }
  return tensor;
}

std::vector<float> unpacked(const StoredTensor& tensor) {
  const std::size_t bits = tensor.shape[2];
  std::vector<float> levels(tensor.values.size() / bits * packed_together);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    int level = 0;
    for (std::size_t bit = 0; bit < bits; ++bit) {
      const int byte = static_cast<int>(tensor.values[i / packed_together * bits + bit]);
      level |= (byte >> (i % packed_together) & 1) << bit;
    }
    levels[i] = static_cast<float>(level - largest_level(static_cast<int>(bits)));
  }
  return levels;
}

void store_quantized(TensorFile& file, const std::string& name, const StoredTensor& tensor,
                     int bits) {
  const std::size_t rows = tensor.shape[0], cols = tensor.shape[1];
  QuantizedRows quantized = quantize_rows(tensor.values, rows, bits);
  const bool fits_bytes = bits == 8 || cols % packed_together != 0;
  file.tensors[scale_of(name)] = {{rows, 1}, std::move(quantized.scales), StoredType::f16};
  file.tensors[name] = fits_bytes
                           ? StoredTensor{tensor.shape, std::move(quantized.levels), StoredType::i8}
                           : packed(quantized.levels, rows, cols, bits);
}

StoredTensor scaled(const TensorFile& file, const std::string& name, const StoredTensor& tensor) {
  StoredTensor levels = levels_of(name, tensor);
  const auto scale = file.tensors.find(scale_of(name));
  const std::size_t rows = levels.shape[0];
  if (scale == file.tensors.end())
    throw Error(formatted("tensor \"{}\" is missing", scale_of(name)));
  if (scale->second.shape != std::vector<std::size_t>{rows, 1})
    throw Error(formatted("tensor \"{}\" is [{}]; expected [{} x 1]", scale->first,
                          listed(scale->second.shape, " x "), rows));
  levels.values = dequantized({std::move(levels.values), scale->second.values});
  return levels;
}

}  // namespace

std::string_view name(Storage storage) { return enum_names<Storage>.name(storage); }
Storage parse_storage(std::string_view text) { return enum_names<Storage>.parse(text); }

std::string scale_of(const std::string& tensor) { return tensor + std::string(scale_ending); }

bool is_whole(StoredType type) { return type == StoredType::i8 || type == StoredType::u8; }

bool is_scale(const TensorFile& file, const std::string& name) {
  if (!name.ends_with(scale_ending)) return false;
  const auto of = file.tensors.find(name.substr(0, name.size() - scale_ending.size()));
  return of != file.tensors.end() && is_whole(of->second.type);
}

StoredTensor levels_of(const std::string& name, const StoredTensor& tensor) {
  if (tensor.type == StoredType::i8) {
    if (tensor.shape.size() == 2) return {tensor.shape, tensor.values};
  } else if (tensor.shape.size() == 3 && tensor.shape[2] >= 4 && tensor.shape[2] < 8) {
    return {{tensor.shape[0], packed_together * tensor.shape[1]}, unpacked(tensor)};
  }
  throw Error(
      formatted("tensor \"{}\" of whole numbers is [{}]; expected rows x columns, or "
                "packed in 4 to 7 bits",
                name, listed(tensor.shape, " x ")));
}

int largest_level(int bits) { return (1 << (bits - 1)) - 1; }

int bits_of(Storage storage) {
  switch (storage) {
    case Storage::fp32:
    case Storage::fp16:
      return 0;
    case Storage::int8:
      return 8;
    case Storage::int7:
      return 7;
    case Storage::int6:
      return 6;
    case Storage::int5:
      return 5;
    case Storage::int4:
      return 4;
  }
  return 0;
}

QuantizedRows quantize_rows(const std::vector<float>& values, std::size_t rows, int bits) {
  std::vector<float> scales;
  const std::size_t cols = rows == 0 ? 0 : values.size() / rows;
  for (std::size_t r = 0; r < rows; ++r)
    scales.push_back(best_scale(std::span(values).subspan(r * cols, cols), bits));
  return rounded_rows(values, std::move(scales), bits);
}

QuantizedRows rounded_rows(std::vector<float> values, std::vector<float> scales, int bits) {
  const auto most = static_cast<float>(largest_level(bits));
  const std::size_t cols = scales.empty() ? 1 : values.size() / scales.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float scale = scales[i / cols];
    values[i] = scale == 0 ? 0 : std::clamp(std::nearbyint(values[i] / scale), -most, most);
  }
  return {std::move(values), std::move(scales)};
}

std::vector<float> in_16_bits(std::vector<float> values) {
  for (float& value : values) value = fp16_to_float(fp16_of(value));
  return values;
}

std::vector<float> dequantized(const QuantizedRows& rows) {
  std::vector<float> values = rows.levels;
  const std::size_t cols = rows.scales.empty() ? 1 : values.size() / rows.scales.size();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= rows.scales[i / cols];
  return values;
}

bool is_sensitive(const std::string& tensor) {
  constexpr std::array<std::string_view, 4> whole = {"first.weight", "output.weight", "palettes",
                                                     "palette.weight"};
  return tensor.ends_with(".bias") || std::ranges::find(whole, tensor) != whole.end();
}

TensorFile stored_as(TensorFile file, Storage storage) {
  if (storage == Storage::fp32) return file;
  const int bits = bits_of(storage);
  const std::map<std::string, StoredTensor> tensors = std::exchange(file.tensors, {});
  for (const auto& [name, tensor] : tensors)
    if (bits == 0 || is_sensitive(name))
      file.tensors[name] = {tensor.shape, tensor.values, StoredType::f16};
    else
      store_quantized(file, name, tensor, bits);
  return file;
}

TensorFile in_fp32(TensorFile file) {
  std::map<std::string, StoredTensor> tensors;
  for (auto& [name, tensor] : file.tensors) {
    if (is_scale(file, name)) continue;
    tensors[name] = is_whole(tensor.type) ? scaled(file, name, tensor)
                                          : StoredTensor{tensor.shape, tensor.values};
  }
  file.tensors = std::move(tensors);
  return file;
}

}  // namespace chorus
