#include "packed.hpp"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "chorus/error.hpp"
#include "coded_levels.hpp"
#include "formatted.hpp"
#include "parse_json.hpp"

namespace chorus {

namespace {

using nlohmann::json;

constexpr const char* tensor_name = "packed";
/// A text that describes the file precedes the numbers.
constexpr const char *metadata_key = "metadata", *tensors_key = "tensors", *fine_key = "fine";
constexpr int fine_steps = 16;  // in a quarter of an octave
/// So many numbers there are at most for each byte: a small file must not fill the memory.
constexpr std::size_t most_numbers_per_byte = 64;
constexpr std::size_t most_text_bytes = std::size_t{16} << 20;
/// These are outside, too, where programs that know nothing of packed files look for them.
constexpr std::string_view format_key = "format", version_key = "format_version";

std::vector<float> steps_of(const std::vector<int>& rows, const std::vector<int>& cols, int fine) {
  constexpr double steps_in_octave = 4.0 * fine_steps;
  std::vector<float> steps;
  steps.reserve(rows.size() * cols.size());
  for (const int row : rows)
    for (const int col : cols)
      steps.push_back(
          static_cast<float>(std::exp2(((row + col) * fine_steps + fine) / steps_in_octave)));
  return steps;
}

LevelMatrix levels_of(const std::string& name, const StoredTensor& tensor, const PackedSteps& all) {
  const auto& [rows, cols] = all.matrices.at(name);
  const std::vector<float> steps = all.of(name);
  LevelMatrix matrix{tensor.shape[0], tensor.shape[1], rows, cols, {}};
  matrix.levels.reserve(tensor.values.size());
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    const float level = std::nearbyint(tensor.values[i] / steps[i]);
    if (!(std::abs(level) <= static_cast<float>(largest_coded_level)))
      throw Error(
          formatted("tensor \"{}\" holds {} at index {}, which is {:.0f} steps; expected at "
                    "most {}",
                    name, tensor.values[i], i, level, largest_coded_level));
    matrix.levels.push_back(static_cast<int>(level));
  }
  return matrix;
}

StoredTensor tensor_of(const LevelMatrix& matrix, int fine) {
  StoredTensor tensor{{matrix.rows, matrix.cols},
                      steps_of(matrix.row_quarters, matrix.col_quarters, fine)};
  for (std::size_t i = 0; i < matrix.levels.size(); ++i)
    tensor.values[i] *= static_cast<float>(matrix.levels[i]);
  return tensor;
}

std::string description_of(const TensorFile& file, const PackedSteps& steps) {
  json tensors = json::object();
  for (const auto& [name, tensor] : file.tensors) tensors[name] = tensor.shape;
  return json{{metadata_key, file.metadata}, {tensors_key, tensors}, {fine_key, steps.fine}}.dump();
}

std::string bytes_of(const StoredTensor& tensor) {
  std::string bytes;
  bytes.reserve(tensor.values.size());
  for (const float value : tensor.values)
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(value)));
  return bytes;
}

struct Shape {
  std::size_t rows, cols;
};

/// Rejects shapes that so few bytes cannot hold before anything is allocated for them.
std::map<std::string, Shape> shapes_from(const json& tensors, std::size_t bytes) {
  std::map<std::string, Shape> shapes;
  std::size_t left = most_numbers_per_byte * bytes;
  for (const auto& [name, shape] : tensors.items()) {
    const auto of = shape.get<std::vector<std::uint32_t>>();
    if (of.size() != 2 || of[0] == 0 || of[1] == 0 || of[1] > left / of[0])
      throw Error(
          formatted("tensor \"{}\" is {}; expected rows x columns, and at most {} numbers "
                    "in {} bytes",
                    name, shape.dump(), most_numbers_per_byte * bytes, bytes));
    left -= std::size_t{of[0]} * of[1];
    shapes[name] = {of[0], of[1]};
  }
  return shapes;
}

TensorFile decoded_from(const std::string& bytes) {
  RangeDecoder coder(bytes);
  const json description =
      parse_json(TextModel().decode(most_text_bytes, coder), "the description of the packed file");
  const auto fine = description.at(fine_key).get<std::uint32_t>();
  if (fine >= fine_steps)
    throw Error(formatted("{} is {}; expected less than {}", fine_key, fine, fine_steps));
  TensorFile content;
  description.at(metadata_key).get_to(content.metadata);
  LevelModels models;
  for (const auto& [name, shape] : shapes_from(description.at(tensors_key), bytes.size()))
    content.tensors[name] =
        tensor_of(models.decode(shape.rows, shape.cols, coder), static_cast<int>(fine));
  if (!coder.is_at_end()) throw Error("bytes are left after the packed numbers");
  return content;
}

}  // namespace

std::vector<float> PackedSteps::of(const std::string& tensor) const {
  const auto& [rows, cols] = matrices.at(tensor);
  return steps_of(rows, cols, fine);
}

TensorFile rounded_to(TensorFile file, const PackedSteps& steps) {
  for (auto& [name, tensor] : file.tensors)
    tensor = tensor_of(levels_of(name, tensor, steps), steps.fine);
  return file;
}

TensorFile packed(const TensorFile& file, const PackedSteps& steps) {
  RangeEncoder coder;
  TextModel().encode(description_of(file, steps), coder);
  LevelModels models;
  std::size_t numbers = 0;
  for (const auto& [name, tensor] : file.tensors) {
    models.encode(levels_of(name, tensor, steps), coder);
    numbers += tensor.values.size();
  }
  const std::string bytes = coder.finish();
  if (numbers > most_numbers_per_byte * bytes.size())
    throw Error(formatted("{} numbers would be packed in {} bytes; expected at most {} in each",
                          numbers, bytes.size(), most_numbers_per_byte));
  StoredTensor tensor{{bytes.size()}, {}, StoredType::u8};
  tensor.values.reserve(bytes.size());
  for (const char byte : bytes) tensor.values.push_back(static_cast<unsigned char>(byte));
  TensorFile result;
  result.metadata = {{std::string(format_key), file.metadata.at(std::string(format_key))},
                     {std::string(version_key), std::to_string(packed_version)}};
  result.tensors[tensor_name] = std::move(tensor);
  return result;
}

bool is_packed(const TensorFile& file) {
  const auto version = file.metadata.find(std::string(version_key));
  return version != file.metadata.end() && version->second == std::to_string(packed_version);
}

TensorFile unpacked(const TensorFile& file) {
  const auto tensor = file.tensors.find(tensor_name);
  if (tensor == file.tensors.end() || tensor->second.type != StoredType::u8 ||
      file.tensors.size() != 1)
    throw Error(formatted("a packed file has the tensor \"{}\" of U8, and no other", tensor_name));
  return decoded_from(bytes_of(tensor->second));
}

}  // namespace chorus
