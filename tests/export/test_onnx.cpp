#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/render.hpp"
#include "exported.hpp"
#include "onnx.hpp"
#include "protobuf.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// The fields of a message in the wire format: numbers, or bytes.
struct Fields {
  std::multimap<std::uint64_t, std::string_view> bytes;
  std::multimap<std::uint64_t, std::uint64_t> integers;

  std::string text(std::uint64_t field) const {
    const auto found = bytes.find(field);
    return found == bytes.end() ? "" : std::string(found->second);
  }
  std::vector<std::string> texts(std::uint64_t field) const {
    std::vector<std::string> list;
    for (auto [at, end] = bytes.equal_range(field); at != end; ++at) list.emplace_back(at->second);
    return list;
  }
  std::vector<std::uint64_t> numbers(std::uint64_t field) const {
    std::vector<std::uint64_t> list;
    for (auto [at, end] = integers.equal_range(field); at != end; ++at) list.push_back(at->second);
    return list;
  }
};

std::uint64_t take_varint(std::string_view& text) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (text.empty() || shift > 63) throw std::runtime_error("a varint is cut off");
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    value |= std::uint64_t{byte & 127U} << shift;
    if (byte < 128) return value;
  }
}

Fields parsed(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::uint64_t key = take_varint(text), value = take_varint(text);
    if ((key & 7) == 0) {
      fields.integers.emplace(key >> 3, value);
      continue;
    }
    if ((key & 7) != 2 || value > text.size()) throw std::runtime_error("a field is cut off");
    fields.bytes.emplace(key >> 3, text.substr(0, value));
    text.remove_prefix(value);
  }
  return fields;
}

std::size_t element_bytes(std::uint64_t type) {
  const std::map<std::uint64_t, std::size_t> bytes = {{1, 4}, {3, 1}, {7, 8}, {10, 2}};
  return bytes.at(type);
}

/// Every value is made once, before it is used, and every constant has the bytes of its shape.
void check_graph(const Fields& graph) {
  std::set<std::string> known;
  for (const std::string& each : graph.texts(5)) {
    const Fields tensor = parsed(each);
    std::size_t bytes = element_bytes(tensor.numbers(2).at(0));
    for (const std::uint64_t size : tensor.numbers(1)) bytes *= size;
    BOOST_TEST(tensor.text(9).size() == bytes, tensor.text(8));
    BOOST_TEST(known.insert(tensor.text(8)).second, tensor.text(8) << " is there twice");
  }
  for (const std::string& each : graph.texts(11)) known.insert(parsed(each).text(1));
  for (const std::string& each : graph.texts(1)) {
    const Fields node = parsed(each);
    for (const std::string& input : node.texts(1))
      BOOST_TEST(known.contains(input), input << " of " << node.text(4) << " is not known");
    BOOST_TEST(known.insert(node.text(2)).second, node.text(2) << " is there twice");
  }
  for (const std::string& each : graph.texts(12)) BOOST_TEST(known.contains(parsed(each).text(1)));
}

std::vector<float> centres(PixelSize size) {
  std::vector<float> points;
  for (std::size_t y = 0; y < size.height; ++y)
    for (std::size_t x = 0; x < size.width; ++x)
      points.insert(points.end(), {pixel_centre(x, size.width), pixel_centre(y, size.height)});
  return points;
}

/// Writes a file and what a runtime has to compute from it, for tests/export/onnx.mjs.
void write_sample(const std::filesystem::path& folder, const std::string& file_name,
                  const NamedConfig& kind, Storage storage) {
  Memory memory(make_backend("reference"));
  const Model model = model_of(memory, kind), stored = as_stored(memory, model, storage);
  constexpr PixelSize size{7, 5};
  constexpr float t = 0.25F;
  Renderer renderer(memory, stored);
  const Image alone = renderer.render(1, {size});
  const Image mixed =
      renderer.render(lerp(image_code(stored, 0), image_code(stored, 2), t), {size});
  std::ofstream(folder / (file_name + ".onnx"), std::ios::binary) << onnx_model(model, storage);
  std::ofstream(folder / (file_name + ".json")) << fmt::format(
      R"({{"kind": "{}, {}", "channels": {}, "coordinates": [{}],
"alone": {{"image": 1, "other": 1, "t": 0, "colors": [{}]}},
"mixed": {{"image": 0, "other": 2, "t": {}, "colors": [{}]}}}})",
      kind.name, name(storage), alone.channels, fmt::join(centres(size), ", "),
      fmt::join(alone.values, ", "), t, fmt::join(mixed.values, ", "));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(onnx)

BOOST_AUTO_TEST_CASE(numbers_and_texts_are_written_in_the_wire_format) {
  ProtobufMessage message;
  message.integer(1, 150).bytes(2, "testing").integer(3, -1);
  const std::string examples(
      "\x08\x96\x01\x12\x07testing\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 23);
  BOOST_TEST(message.content() == examples);  // the first two from the page that defines the format
  BOOST_TEST(ProtobufMessage().message(3, ProtobufMessage().integer(1, 150)).content() ==
             "\x1a\x03\x08\x96\x01");
}

BOOST_AUTO_TEST_CASE(graphs_of_every_kind_are_complete) {
  Memory memory(make_backend("reference"));
  for (const NamedConfig& kind : configs_of_every_kind())
    for (const Storage storage : {Storage::fp32, Storage::fp16, Storage::int8, Storage::int4})
      BOOST_TEST_CONTEXT(kind.name << ", " << name(storage)) {
        const std::string file = onnx_model(model_of(memory, kind), storage);
        const Fields model = parsed(file);
        BOOST_TEST(model.numbers(1).at(0) == 8U);  // version of the format
        BOOST_TEST(model.text(2) == "chorus");
        const std::string opset = model.text(8), graph = model.text(7);
        BOOST_TEST(parsed(opset).numbers(2).at(0) == 17U);
        check_graph(parsed(graph));
        BOOST_TEST(parsed(graph).texts(11).size() == 4U);
        // A file that is cut off is none.
        BOOST_CHECK_THROW(parsed(std::string_view(file).substr(0, file.size() - 1)),
                          std::runtime_error);
      }
}

/// Without a folder, which onnx.sh names, this only tests that samples can be made.
BOOST_AUTO_TEST_CASE(samples_for_a_runtime) {
  const char* folder = std::getenv("CHORUS_ONNX_SAMPLES");
  const std::filesystem::path out =
      folder != nullptr ? folder : std::filesystem::temp_directory_path();
  std::size_t number = 0;
  for (const NamedConfig& kind : configs_of_every_kind())
    for (const Storage storage : {Storage::fp32, Storage::fp16, Storage::int8}) {
      const std::string file = fmt::format("chorus_sample_{}", ++number);
      write_sample(out, file, kind, storage);
      BOOST_TEST(std::filesystem::file_size(out / (file + ".onnx")) > 1000U);
      if (folder != nullptr) continue;
      for (const char* ending : {".onnx", ".json"}) std::filesystem::remove(out / (file + ending));
    }
}

BOOST_AUTO_TEST_SUITE_END()
