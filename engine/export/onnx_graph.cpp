#include "onnx_graph.hpp"

#include "formatted.hpp"
#include "stored_types.hpp"

namespace chorus {

namespace {

// Numbers of fields in onnx.proto.
namespace tensor_field {
constexpr std::uint32_t dims = 1, data_type = 2, name = 8, raw_data = 9;
}
namespace node_field {
constexpr std::uint32_t input = 1, output = 2, name = 3, op_type = 4, attribute = 5;
}
namespace graph_field {
constexpr std::uint32_t node = 1, name = 2, initializer = 5, input = 11, output = 12;
}
namespace model_field {
constexpr std::uint32_t ir_version = 1, producer_name = 2, producer_version = 3, doc_string = 6,
                        graph = 7, opset_import = 8, metadata_props = 14;
}

constexpr std::int64_t ir_version = 8, opset = 17;

ProtobufMessage type_and_shape(OnnxGraph::Type type, const std::vector<std::int64_t>& shape) {
  ProtobufMessage dims;
  for (const std::int64_t size : shape) {
    ProtobufMessage dim;
    size < 0 ? dim.bytes(2, "N") : dim.integer(1, size);
    dims.message(1, dim);
  }
  ProtobufMessage tensor;
  tensor.integer(1, static_cast<std::int64_t>(type)).message(2, dims);
  return ProtobufMessage().message(1, tensor);
}

ProtobufMessage value_info(const std::string& name, OnnxGraph::Type type,
                           const std::vector<std::int64_t>& shape) {
  return ProtobufMessage().bytes(1, name).message(2, type_and_shape(type, shape));
}

ProtobufMessage attribute(const OnnxGraph::Attribute& each) {
  constexpr std::int64_t integer_type = 2;
  return ProtobufMessage().bytes(1, each.first).integer(3, each.second).integer(20, integer_type);
}

ProtobufMessage pair(const std::string& key, const std::string& value) {
  return ProtobufMessage().bytes(1, key).bytes(2, value);
}

std::int64_t size_of(const std::vector<float>& values) {
  return static_cast<std::int64_t>(values.size());
}

std::string bytes_of(const std::vector<std::int64_t>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::int64_t)};
}

}  // namespace

std::string OnnxGraph::input(const std::string& name, Type type,
                             const std::vector<std::int64_t>& shape) {
  inputs_.push_back(value_info(name, type, shape));
  return name;
}

void OnnxGraph::output(const std::string& value, const std::vector<std::int64_t>& shape) {
  outputs_.push_back(value_info(value, Type::float32, shape));
}

std::string OnnxGraph::constant(const std::string& name, Type type,
                                const std::vector<std::int64_t>& shape, const std::string& bytes) {
  ProtobufMessage tensor;
  for (const std::int64_t size : shape) tensor.integer(tensor_field::dims, size);
  tensor.integer(tensor_field::data_type, static_cast<std::int64_t>(type))
      .bytes(tensor_field::name, name)
      .bytes(tensor_field::raw_data, bytes);
  constants_.push_back(tensor);
  return name;
}

std::string OnnxGraph::floats(const std::string& name, const std::vector<std::int64_t>& shape,
                              const std::vector<float>& values) {
  return constant(name, Type::float32, shape, encoded({{}, values, StoredType::f32}));
}

std::string OnnxGraph::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  return constant(name, Type::int64, {static_cast<std::int64_t>(values.size())}, bytes_of(values));
}

std::string OnnxGraph::matrix(const std::string& name, const StoredMatrix& matrix) {
  return stored(name, matrix, 0);
}

std::string OnnxGraph::transposed(const std::string& name, const StoredMatrix& matrix) {
  StoredMatrix other = matrix;
  std::swap(other.rows, other.cols);
  for (std::size_t row = 0; row < matrix.rows; ++row)
    for (std::size_t col = 0; col < matrix.cols; ++col)
      other.values[col * matrix.rows + row] = matrix.values[row * matrix.cols + col];
  return stored(name, other, 1);
}

std::string OnnxGraph::stored(const std::string& name, const StoredMatrix& matrix,
                              std::int64_t axis) {
  const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(matrix.rows),
                                           static_cast<std::int64_t>(matrix.cols)};
  const std::string bytes = encoded({{}, matrix.values, matrix.type});
  switch (matrix.type) {
    case StoredType::f32:
      return constant(name, Type::float32, shape, bytes);
    case StoredType::f16:
      return node("Cast", {constant(name, Type::float16, shape, bytes)}, {{"to", 1}});
    case StoredType::i8:
    case StoredType::u8:
      break;
  }
  const std::string levels = constant(name, Type::int8, shape, bytes);
  const std::int64_t count = size_of(matrix.scales);
  const std::string scales =
      floats(name + ".scale",
             axis == 0 ? std::vector{count, std::int64_t{1}} : std::vector{std::int64_t{1}, count},
             matrix.scales);
  // Not DequantizeLinear, which some runtimes fuse with a product and then compute less exactly.
  return node("Mul", {node("Cast", {levels}, {{"to", 1}}), scales});
}

std::string OnnxGraph::node(const std::string& op, const std::vector<std::string>& inputs,
                            const std::vector<Attribute>& attributes, const std::string& name) {
  std::string output = name.empty() ? formatted("{}_{}", op, ++made_) : name;
  ProtobufMessage node;
  for (const std::string& each : inputs) node.bytes(node_field::input, each);
  node.bytes(node_field::output, output)
      .bytes(node_field::name, output)
      .bytes(node_field::op_type, op);
  for (const Attribute& each : attributes) node.message(node_field::attribute, attribute(each));
  nodes_.push_back(node);
  return output;
}

std::string OnnxGraph::model(const std::string& name, const std::string& producer_version,
                             const std::string& description,
                             const std::vector<std::pair<std::string, std::string>>& notes) const {
  ProtobufMessage graph;
  for (const ProtobufMessage& each : nodes_) graph.message(graph_field::node, each);
  graph.bytes(graph_field::name, name);
  for (const ProtobufMessage& each : constants_) graph.message(graph_field::initializer, each);
  for (const ProtobufMessage& each : inputs_) graph.message(graph_field::input, each);
  for (const ProtobufMessage& each : outputs_) graph.message(graph_field::output, each);
  ProtobufMessage model;
  model.integer(model_field::ir_version, ir_version)
      .bytes(model_field::producer_name, "chorus")
      .bytes(model_field::producer_version, producer_version)
      .bytes(model_field::doc_string, description)
      .message(model_field::graph, graph)
      .message(model_field::opset_import, ProtobufMessage().bytes(1, "").integer(2, opset));
  for (const auto& [key, text] : notes) model.message(model_field::metadata_props, pair(key, text));
  return model.content();
}

}  // namespace chorus
