#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "coded_levels.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "model_file.hpp"
#include "packed.hpp"
#include "random.hpp"
#include "temporary_folder.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// Numbers as of weights, rows and columns of different size.
LevelMatrix sample(std::size_t rows, std::size_t cols, float size) {
  RandomStream random(rows * cols, Stream::test_matrices);
  LevelMatrix matrix{rows, cols, {}, {}, {}};
  for (std::size_t r = 0; r < rows; ++r)
    matrix.row_quarters.push_back(static_cast<int>(r % 7) - 30);
  for (std::size_t c = 0; c < cols; ++c) matrix.col_quarters.push_back(static_cast<int>(c % 3));
  for (std::size_t i = 0; i < rows * cols; ++i)
    matrix.levels.push_back(static_cast<int>(
        std::lround(random.normal() * size * std::exp2(static_cast<float>(i / cols % 4)))));
  return matrix;
}

std::string coded(const std::vector<LevelMatrix>& matrices) {
  RangeEncoder coder;
  LevelModels models;
  for (const LevelMatrix& each : matrices) models.encode(each, coder);
  return coder.finish();
}

TensorFile one_tensor(const std::string& bytes) {
  StoredTensor tensor{{bytes.size()}, {}, StoredType::u8};
  for (const char byte : bytes) tensor.values.push_back(static_cast<unsigned char>(byte));
  return {{{"format", "chorus model"}, {"format_version", "3"}}, {{"packed", std::move(tensor)}}};
}

/// The file that a description would begin, and then zeros.
TensorFile described(const std::string& json) {
  RangeEncoder coder;
  TextModel().encode(json, coder);
  return one_tensor(coder.finish() + std::string(50, '\0'));
}

Model model_of(Memory& memory, Head head = Head::palette) {
  return make_model(memory,
                    {.width = 24,
                     .hidden_layers = 2,
                     .latent = 16,
                     .channels = 4,
                     .conditioning = Conditioning::film,
                     .head = head,
                     .palette_size = 4,
                     .palette_source = PaletteSource::predicted,
                     .palette_fields = PaletteFields::affine},
                    {{"clock", 9, 6}, {"key", 9, 6}, {"ünï", 9, 6}}, 5);
}

/// The same step for all numbers.
PackedSteps even_steps(const TensorFile& file, int quarters, int fine) {
  PackedSteps steps{fine, {}};
  for (const auto& [name, tensor] : file.tensors)
    steps.matrices[name] = {std::vector<int>(tensor.shape[0], quarters),
                            std::vector<int>(tensor.shape[1], 0)};
  return steps;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packed)

BOOST_AUTO_TEST_CASE(matrices_come_back_as_they_were) {
  const std::vector<LevelMatrix> matrices = {sample(40, 30, 3), sample(1, 1, 0),
                                             sample(1, 200, 900), sample(200, 1, 0.2F),
                                             sample(3, 5, 0)};
  const std::string bytes = coded(matrices);
  RangeDecoder coder(bytes);
  LevelModels models;
  for (const LevelMatrix& each : matrices) {
    const LevelMatrix back = models.decode(each.rows, each.cols, coder);
    BOOST_TEST(back.levels == each.levels, boost::test_tools::per_element());
    BOOST_TEST(back.row_quarters == each.row_quarters, boost::test_tools::per_element());
    BOOST_TEST(back.col_quarters == each.col_quarters, boost::test_tools::per_element());
  }
  BOOST_TEST(coder.is_at_end());
}

/// A normal number of deviation s, rounded to whole ones, has log2(s sqrt(2 pi e)) bits.
BOOST_AUTO_TEST_CASE(numbers_take_little_more_than_their_entropy) {
  LevelMatrix matrix = sample(300, 100, 6);
  double bits = 0;
  for (std::size_t r = 0; r < 300; ++r)
    bits += 100 * (std::log2(6 * 4.1327) + static_cast<double>(r % 4));
  const double bytes = static_cast<double>(coded({matrix}).size());
  BOOST_TEST(bytes > bits / 8 * 0.99);
  BOOST_TEST(bytes < bits / 8 * 1.05);
}

BOOST_AUTO_TEST_CASE(levels_and_steps_that_are_too_large_are_refused) {
  LevelMatrix matrix = sample(2, 2, 1);
  matrix.levels[3] = 32768;
  BOOST_CHECK_THROW(coded({matrix}), std::invalid_argument);
  matrix.levels[3] = -32767;
  BOOST_CHECK_NO_THROW(coded({matrix}));
  matrix.row_quarters[0] = most_quarters + 1;
  BOOST_CHECK_THROW(coded({matrix}), std::invalid_argument);
  matrix.row_quarters = {-60, 60};
  BOOST_CHECK_THROW(coded({matrix}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_model_comes_back_rounded_to_its_steps) {
  Memory memory(make_backend("reference"));
  const TemporaryFolder folder;
  const auto file = folder.path() / "m.safetensors";
  for (const Head head : {Head::palette, Head::rgb}) {
    const Model model = model_of(memory, head);
    const TensorFile content = packable_file(model);
    std::size_t bytes_before = static_cast<std::size_t>(-1);
    for (const int quarters : {-40, -32, -24}) {
      const PackedSteps steps = even_steps(content, quarters, 5);
      write_safetensors(file, chorus::packed(content, steps));
      BOOST_TEST(read_file(file).size() < bytes_before);
      bytes_before = read_file(file).size();
      const Model read = load_model(memory, file);
      BOOST_TEST(read.images[2].name == "ünï");
      BOOST_TEST(read.images[1].height == 6U);
      BOOST_TEST(read.notes.at("stored_as") == "packed");
      const TensorFile again = to_tensor_file(read), rounded = rounded_to(content, steps);
      BOOST_TEST((again.tensors == rounded.tensors));
      const float step = std::exp2(static_cast<float>(16 * quarters + 5) / 64);
      for (const auto& [name, tensor] : content.tensors)
        for (std::size_t i = 0; i < tensor.values.size(); ++i)
          BOOST_TEST_REQUIRE(
              std::abs(tensor.values[i] - again.tensors.at(name).values[i]) <= 0.5001F * step,
              name << " at " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(numbers_beyond_their_steps_are_refused) {
  Memory memory(make_backend("reference"));
  const TensorFile content = packable_file(model_of(memory));
  check_holds(error_of([&] { chorus::packed(content, even_steps(content, -80, 0)); }),
              {"tensor \"", "steps; expected at most 32767"});
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused) {
  Memory memory(make_backend("reference"));
  const TensorFile content = packable_file(model_of(memory));
  const TensorFile good = chorus::packed(content, even_steps(content, -32, 0));
  const auto refused = [&](const TensorFile& file, const std::vector<std::string>& reasons) {
    const std::string message = error_of([&] { from_tensor_file(memory, file, "m"); });
    check_holds(message, reasons);
    check_holds(message, {"m: "});
  };
  TensorFile bad = good;
  bad.tensors["latents"] = {{1, 1}, {0}};
  refused(bad, {"has the tensor \"packed\" of U8, and no other"});
  bad = good;
  bad.tensors["packed"].type = StoredType::i8;
  refused(bad, {"of U8"});
  bad = good;
  bad.tensors["packed"].values.pop_back();
  bad.tensors["packed"].shape[0] -= 1;
  refused(bad, {"end too early"});
  bad = good;
  bad.tensors["packed"].values.push_back(0);
  bad.tensors["packed"].shape[0] += 1;
  refused(bad, {"bytes are left"});
  refused(one_tensor("abc"), {"end too early"});
  refused(one_tensor(std::string(20, '\xff')), {"m: "});
}

/// A few bytes that claim many numbers must not take the memory for them.
BOOST_AUTO_TEST_CASE(descriptions_that_do_not_fit_are_refused) {
  Memory memory(make_backend("reference"));
  const auto refused = [&](const std::string& json, const std::string& reason) {
    check_holds(error_of([&] { from_tensor_file(memory, described(json), "m"); }), {"m: ", reason});
  };
  const std::string start = R"({"metadata":{},"fine":0,"tensors":)";
  refused(start + R"({"latents":[65536,65536]}})", "expected rows x columns, and at most");
  refused(start + R"({"a":[1,4000],"b":[1,4000]}})", "numbers in");
  refused(start + R"({"latents":[0,4]}})", "expected rows x columns");
  refused(start + R"({"latents":[4]}})", "expected rows x columns");
  refused(start + R"({"latents":"x"}})", "not that of a chorus model");
  refused(R"({"metadata":{},"fine":16,"tensors":{}})", "fine is 16; expected less than 16");
  refused(R"({"fine":1,"tensors":{}})", "not that of a chorus model");
  refused("[", "the description of the packed file");
}

BOOST_AUTO_TEST_SUITE_END()
