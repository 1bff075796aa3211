#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "matrices.hpp"
#include "protobuf.hpp"

namespace chorus {

/// Puts an ONNX graph together (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), for
/// opset 17. Values are known by names, which the functions make and return.
class OnnxGraph {
 public:
  /// Element types, by their numbers in ONNX.
  enum class Type : std::int64_t { float32 = 1, int8 = 3, int64 = 7, float16 = 10 };

  /// An input of the graph; -1 stands for a dimension of any size. (Inputs with defaults are in the
  /// standard, but runtimes exist that ignore what they are given for them.)
  std::string input(const std::string& name, Type type, const std::vector<std::int64_t>& shape);
  void output(const std::string& value, const std::vector<std::int64_t>& shape);

  std::string floats(const std::string& name, const std::vector<std::int64_t>& shape,
                     const std::vector<float>& values);
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  /// A matrix as it is stored, which becomes one of floats where it is used.
  std::string matrix(const std::string& name, const StoredMatrix& matrix);
  /// The same with columns for rows.
  std::string transposed(const std::string& name, const StoredMatrix& matrix);

  using Attribute = std::pair<std::string, std::int64_t>;
  std::string node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<Attribute>& attributes = {}, const std::string& name = {});

  /// The file. `notes` are pairs of key and text.
  std::string model(const std::string& name, const std::string& producer_version,
                    const std::string& description,
                    const std::vector<std::pair<std::string, std::string>>& notes) const;

 private:
  std::string constant(const std::string& name, Type type, const std::vector<std::int64_t>& shape,
                       const std::string& bytes);
  /// Scales belong to the indices of that axis.
  std::string stored(const std::string& name, const StoredMatrix& matrix, std::int64_t axis);

  std::vector<ProtobufMessage> nodes_, constants_, inputs_, outputs_;
  std::size_t made_ = 0;  ///< nodes without a name of their own
};

}  // namespace chorus
