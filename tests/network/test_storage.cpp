#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "model_file.hpp"
#include "siren_names.hpp"
#include "storage.hpp"
#include "temporary_folder.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

constexpr auto storages = enum_names<Storage>.values();

Model sample(Memory& memory, std::size_t latent = 16) {
  return make_model(memory,
                    {.width = 24,
                     .hidden_layers = 2,
                     .latent = latent,
                     .channels = 4,
                     .conditioning = Conditioning::film,
                     .head = Head::palette,
                     .palette_size = 4,
                     .palette_source = PaletteSource::predicted,
                     .palette_fields = PaletteFields::affine},
                    {{"clock", 9, 6}, {"key", 9, 6}, {"ünï", 9, 6}}, 5);
}

double distance(const Tensor& a, const Tensor& b) {
  const std::vector<float> x = to_host(a), y = to_host(b);
  double sum = 0, all = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += (double{x[i]} - y[i]) * (double{x[i]} - y[i]);
    all += double{x[i]} * x[i];
  }
  return std::sqrt(sum / all);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(storage)

BOOST_AUTO_TEST_CASE(rows_are_levels_times_a_scale) {
  for (int bits = 4; bits <= 8; ++bits) {
    const std::vector<float> values = {1, -0.5F, 0.25F, 0, 0, 0, 100, -3, 7};
    const QuantizedRows rows = quantize_rows(values, 3, bits);
    const std::vector<float> back = dequantized(rows);
    for (std::size_t i = 0; i < values.size(); ++i) {
      BOOST_TEST(std::abs(rows.levels[i]) <= largest_level(bits));
      BOOST_TEST(std::abs(back[i] - values[i]) <= std::abs(rows.scales[i / 3]) * 6,
                 bits << ": " << values[i] << " became " << back[i]);
    }
    BOOST_TEST(back[3] == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_row_of_levels_comes_back_exactly) {
  std::vector<float> values;
  for (int level = -127; level <= 127; ++level) values.push_back(static_cast<float>(level) / 64);
  BOOST_TEST(dequantized(quantize_rows(values, 1, 8)) == values, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_hold_what_as_stored_gives_and_fewer_bits_are_fewer_bytes) {
  Memory memory(make_backend("reference"));
  const Model model = sample(memory);
  const TemporaryFolder folder;
  const auto file = folder.path() / "m.safetensors";
  std::size_t bytes_before = static_cast<std::size_t>(-1);
  double error_before = -1;
  for (const Storage storage : storages) BOOST_TEST_CONTEXT(name(storage)) {
      save_model(model, file, storage);
      const std::size_t bytes = read_file(file).size();
      BOOST_TEST(bytes == model_file_bytes(model, storage));
      BOOST_TEST(bytes < bytes_before);
      const Model read = load_model(memory, file), known = as_stored(memory, model, storage);
      BOOST_TEST(read.images[2].name == "ünï");
      BOOST_TEST(read.images[1].height == 6U);
      BOOST_TEST((to_tensor_file(read).tensors == to_tensor_file(known).tensors));
      const double error = distance(model.latents, read.latents);
      BOOST_TEST(error > error_before);
      bytes_before = bytes;
      error_before = error;
    }
  BOOST_TEST(error_before < 0.15);  // of 4 bits
}

BOOST_AUTO_TEST_CASE(columns_that_do_not_fill_bytes_are_stored_all_the_same) {
  Memory memory(make_backend("reference"));
  const Model model = sample(memory, 5);
  const TensorFile stored = to_tensor_file(model, Storage::int4);
  BOOST_TEST((stored.tensors.at("latents").type == StoredType::i8));
  BOOST_TEST((stored.tensors.at("hidden.0.weight").type == StoredType::u8));
  const Model known = as_stored(memory, model, Storage::int4);
  BOOST_TEST(distance(model.latents, known.latents) < 0.15);
}

BOOST_AUTO_TEST_CASE(small_tensors_on_which_much_depends_keep_16_bits) {
  Memory memory(make_backend("reference"));
  const TensorFile stored = to_tensor_file(sample(memory), Storage::int8);
  for (const char* name : {"first.weight", "first.bias", "hidden.1.bias", "output.weight",
                           "output.bias", "palette.weight", "palette.bias"})
    BOOST_TEST((stored.tensors.at(name).type == StoredType::f16), name);
  for (const char* name : {"first.modulation", "hidden.0.weight", "hidden.1.gain", "latents"}) {
    BOOST_TEST((stored.tensors.at(name).type == StoredType::i8), name);
    BOOST_TEST(stored.tensors.contains(std::string(name) + ".scale"), name);
  }
}

BOOST_AUTO_TEST_CASE(storing_again_changes_nothing) {
  Memory memory(make_backend("reference"));
  const Model once = as_stored(memory, sample(memory), Storage::fp16);
  const Model twice = as_stored(memory, once, Storage::fp16);
  BOOST_TEST((to_tensor_file(once).tensors == to_tensor_file(twice).tensors));
}

BOOST_AUTO_TEST_CASE(numbers_beyond_16_bits_are_refused) {
  Memory memory(make_backend("reference"));
  const Model model = sample(memory);
  const Tensor& bias = model.siren.parameters()[1].value;
  from_host(std::vector<float>(bias.size(), 70000), bias);
  const TemporaryFolder folder;
  check_holds(error_of([&] { save_model(model, folder.path() / "m", Storage::int8); }),
              {"cannot write", "70000 at index 0, which F16 cannot hold"});
}

BOOST_AUTO_TEST_CASE(damaged_scales_and_shapes_are_refused) {
  Memory memory(make_backend("reference"));
  const auto refused = [&](Storage storage, const std::string& reason, auto spoil) {
    TensorFile file = to_tensor_file(sample(memory), storage);
    spoil(file.tensors);
    check_holds(error_of([&] { from_tensor_file(memory, file, "m"); }), {"m: ", reason});
  };
  refused(Storage::int8, "tensor \"latents.scale\" is missing",
          [](auto& tensors) { tensors.erase("latents.scale"); });
  refused(Storage::int8, "tensor \"latents.scale\" is [2 x 1]; expected [3 x 1]",
          [](auto& tensors) {
            tensors["latents.scale"] = {{2, 1}, {1, 1}};
          });
  refused(Storage::fp16, "unexpected tensor \"latents.scale\"", [](auto& tensors) {
    tensors["latents.scale"] = {{3, 1}, {1, 1, 1}};
  });
  refused(Storage::int8, "of whole numbers is [48]",
          [](auto& tensors) { tensors["latents"].shape = {48}; });
  refused(Storage::int5, "of whole numbers is [3 x 1 x 10]; expected", [](auto& tensors) {
    tensors["latents"].shape = {3, 1, 10};
  });
  refused(Storage::int5, "tensor \"latents\" is [3 x 24]; expected [3 x 16]", [](auto& tensors) {
    tensors["latents"] = {{3, 3, 5}, std::vector<float>(45), StoredType::u8};
  });
  refused(Storage::int8, "expected at most 100000000", [](auto& tensors) {
    tensors["latents.scale"] = {{3, 1}, {1, 3e7F, 1}};
    tensors["latents"].values.assign(48, 100);
  });
}

BOOST_AUTO_TEST_SUITE_END()
