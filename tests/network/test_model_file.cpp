#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "backends_under_test.hpp"
#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "model_file.hpp"
#include "temporary_folder.hpp"

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

namespace {

SirenConfig sample_config() {
  return {.width = 18,
          .hidden_layers = 2,
          .latent = 5,
          .channels = 3,
          .conditioning = Conditioning::film,
          .omega_first = 12.3F,
          .omega_hidden = 0.1F};
}

Model sample_model(Memory& memory) {
  Model model = make_model(memory, sample_config(),
                           {{"alarm_clock", 24, 24}, {"clock", 7, 300}, {"ünï \"x\"\n", 1, 1}}, 3);
  model.notes = {{"steps", "1200"}, {"how", "by \"hand\"\n"}};
  return model;
}

Memory reference_memory() { return Memory(make_backend("reference")); }

/// The sample as a file's content.
TensorFile sample_file() {
  Memory memory = reference_memory();
  return to_tensor_file(sample_model(memory));
}

/// The same with alpha, which has a fourth channel.
TensorFile sample_with_alpha() {
  Memory memory = reference_memory();
  SirenConfig config = sample_config();
  config.channels = 4;
  return to_tensor_file(make_model(memory, config, {{"clock", 7, 9}}, 3));
}

/// The error of loading the sample after `spoil` has changed it; empty if it succeeds.
std::string failure(const std::function<void(TensorFile&)>& spoil) {
  const TemporaryFolder folder;
  TensorFile content = sample_file();
  spoil(content);
  write_safetensors(folder.path() / "spoilt.chorus", content);
  Memory memory = reference_memory();
  return error_of([&] { load_model(memory, folder.path() / "spoilt.chorus"); });
}

/// The message is one line that names the file and holds `parts`.
void check_refused(const std::string& message, const std::vector<std::string>& parts) {
  check_holds(message, {"spoilt.chorus: "});
  check_holds(message, parts);
}

/// The same with another text for one of the metadata.
std::string failure_with(const std::string& key, const std::string& text) {
  return failure([&](TensorFile& file) { file.metadata.at(key) = text; });
}

/// The same after a change of one of the metadata that are JSON.
std::string failure_of_json(const std::string& key, const std::function<void(json&)>& spoil) {
  return failure([&](TensorFile& file) {
    json content = json::parse(file.metadata.at(key));
    spoil(content);
    file.metadata[key] = content.dump();
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_file)

BOOST_AUTO_TEST_CASE(a_loaded_model_is_the_saved_one_bit_for_bit) {
  for (const std::string& name : backends_under_test()) {
    const TemporaryFolder folder;
    Memory memory(make_backend(name));
    const Model model = sample_model(memory);
    save_model(model, folder.path() / "model");
    const Model loaded = load_model(memory, folder.path() / "model");
    BOOST_TEST((to_tensor_file(loaded) == to_tensor_file(model)));
    BOOST_TEST((loaded.notes == model.notes));
    save_model(loaded, folder.path() / "again");
    BOOST_TEST(read_file(folder.path() / "again") == read_file(folder.path() / "model"));
    for (std::size_t i = 0; i < model.images.size(); ++i) {
      BOOST_TEST(loaded.images[i].name == model.images[i].name);
      BOOST_TEST(loaded.images[i].width == model.images[i].width);
      BOOST_TEST(loaded.images[i].height == model.images[i].height);
      BOOST_TEST((Renderer(memory, loaded).render(i, {{9, 6}, 2}).values ==
                  Renderer(memory, model).render(i, {{9, 6}, 2}).values));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_configuration_survives) {
  Memory memory = reference_memory();
  const Model model = from_tensor_file(memory, sample_file(), "sample");
  const SirenConfig &found = model.siren.config(), expected = sample_config();
  BOOST_TEST(found.width == expected.width);
  BOOST_TEST(found.hidden_layers == expected.hidden_layers);
  BOOST_TEST(found.latent == expected.latent);
  BOOST_TEST(found.channels == expected.channels);
  BOOST_TEST((found.conditioning == expected.conditioning));
  BOOST_TEST(found.omega_first == expected.omega_first);
  BOOST_TEST(found.omega_hidden == expected.omega_hidden);
}

BOOST_AUTO_TEST_CASE(tensors_of_a_training_state_are_passed_over) {
  BOOST_TEST(failure([](TensorFile& file) { file.tensors["adam.x"] = {{1}, {0}}; }) == "");
}

// --- files that are refused ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(files_of_another_format_or_version_are_refused) {
  check_refused(failure_with("format_version", "4"), {"version is 4", "reads versions 1 to 3"});
  check_refused(failure_with("format", "pt"), {"\"pt\"", "\"chorus model\""});
  check_refused(failure([](TensorFile& file) { file.metadata.clear(); }),
                {"no \"format\"", "expected a chorus model"});
  for (const char* key : {"format", "format_version", "configuration", "images", "notes"})
    check_refused(failure([&](TensorFile& file) { file.metadata.erase(key); }), {key});
}

BOOST_AUTO_TEST_CASE(files_without_the_right_tensors_are_refused) {
  for (const auto& [name, tensor] : sample_file().tensors) {
    const auto& key = name;
    check_refused(failure([&](TensorFile& file) { file.tensors.erase(key); }), {key, "missing"});
    check_refused(failure([&](TensorFile& file) {
                    file.tensors[key] = {{2, 2}, {1, 2, 3, 4}};
                  }),
                  {key});
    // The same values as one row: only the shape is wrong.
    check_refused(failure([&](TensorFile& file) {
                    file.tensors[key].shape = {1, 1, file.tensors[key].values.size()};
                  }),
                  {key});
  }
}

BOOST_AUTO_TEST_CASE(numbers_that_no_training_reaches_are_refused) {
  for (const char* name : {"hidden.1.weight", "latents", "output.bias"})
    for (const float value : {3e38F, -1e30F, 2e8F})
      check_refused(failure([&](TensorFile& file) { file.tensors.at(name).values[1] = value; }),
                    {name, "at index 1", "expected at most 100000000"});
  BOOST_TEST(failure([](TensorFile& file) { file.tensors.at("latents").values[1] = 1e6F; }) == "");

  Memory memory = reference_memory();
  Model model = sample_model(memory);
  std::vector<float> latents = to_host(model.latents);
  latents[2] = 1e30F;
  from_host(latents, model.latents);
  const TemporaryFolder folder;
  BOOST_CHECK_EXCEPTION(save_model(model, folder.path() / "m"), Error, [](const Error& error) {
    return holds(error.what(), "cannot write") && holds(error.what(), "latents");
  });
}

BOOST_AUTO_TEST_CASE(configurations_out_of_range_are_refused) {
  for (const char* key : {"width", "hidden_layers", "latent", "channels"})
    for (const json& value :
         {json(0), json(-1), json(1000000000), json(17.5), json("18"), json(true), json(nullptr),
          json(18446744073709551615ULL), json::array(), json(1e300)}) {
      const auto set = [&](json& content) { content[key] = value; };
      check_refused(failure_of_json("configuration", set), {key});
    }
  for (const char* key : {"omega_first", "omega_hidden"})
    for (const json& value : {json(0), json(-3.5), json(1e300), json("30"), json(nullptr)}) {
      const auto set = [&](json& content) { content[key] = value; };
      check_refused(failure_of_json("configuration", set), {key});
    }
  check_refused(failure_of_json("configuration", [](json& c) { c["conditioning"] = "concat"; }),
                {"'concat'", "input, shift or film"});
}

BOOST_AUTO_TEST_CASE(configurations_that_the_tensors_do_not_bear_out_are_refused) {
  for (const auto& [name, number] : std::vector<std::pair<const char*, int>>{
           {"width", 19}, {"width", 8192}, {"hidden_layers", 3}, {"latent", 6}, {"channels", 4}}) {
    const auto set = [&, key = name, value = number](json& content) { content[key] = value; };
    check_refused(failure_of_json("configuration", set), {"tensor"});
  }
}

BOOST_AUTO_TEST_CASE(tensors_that_the_configuration_does_not_call_for_are_refused) {
  check_refused(failure([](TensorFile& file) {
                  file.tensors["extra"] = {{1}, {0}};
                }),
                {"unexpected tensor \"extra\""});
  check_refused(failure_of_json("configuration", [](json& c) { c["hidden_layers"] = 1; }),
                {"tensor \"hidden.1."});
  check_refused(failure_of_json("configuration", [](json& c) { c["conditioning"] = "shift"; }),
                {"gain\": the configuration has none"});
  check_refused(failure([](TensorFile& file) {
                  json content = json::parse(file.metadata.at("configuration"));
                  content["conditioning"] = "input";
                  file.metadata["configuration"] = content.dump();
                  std::erase_if(file.tensors,
                                [](const auto& entry) { return entry.first.ends_with(".gain"); });
                }),
                {"hidden.0.modulation\": the configuration has none"});
}

BOOST_AUTO_TEST_CASE(configurations_without_a_field_are_refused) {
  const json whole = json::parse(sample_file().metadata.at("configuration"));
  for (const auto& [key, value] : whole.items()) {
    const auto erase = [&, k = key](json& content) { content.erase(k); };
    check_refused(failure_of_json("configuration", erase), {key});
  }
}

BOOST_AUTO_TEST_CASE(lists_of_images_that_make_no_sense_are_refused) {
  const std::vector<std::function<void(json&)>> spoils = {
      [](json& list) { list = json::array(); },
      [](json& list) { list = 3; },
      [](json& list) { list.erase(1); },
      [](json& list) { list.push_back(list[0]); },
      [](json& list) { list[1]["width"] = 0; },
      [](json& list) { list[1]["height"] = -5; },
      [](json& list) { list[1]["height"] = 1000000000; },
      [](json& list) { list[1]["name"] = 7; },
      [](json& list) { list[1]["name"] = ""; },
      [](json& list) { list[1]["name"] = "../clock"; },
      [](json& list) { list[1]["name"] = "/clock"; },
      [](json& list) { list[1]["name"] = std::string("clock\0", 6); },
      [](json& list) { list[1]["name"] = list[0]["name"]; },
      [](json& list) { list[1].erase("name"); },
      [](json& list) { list[1] = "clock"; },
  };
  for (const auto& spoil : spoils) check_refused(failure_of_json("images", spoil), {});
}

BOOST_AUTO_TEST_CASE(metadata_that_are_no_json_are_refused) {
  for (const char* key : {"configuration", "images", "notes"})
    for (const char* text : {"", "{", "[1", "nonsense", "[]]", "null", "[[[[", "{\"a\":1}"})
      check_refused(failure_with(key, text), {});
  for (const char* key : {"configuration", "images", "notes"}) {
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    check_refused(failure_with(key, deep), {"nested deeper than 64 levels"});
  }
}

BOOST_AUTO_TEST_CASE(the_seed_of_a_split_is_a_whole_number) {
  for (const char* seed : {"-1", "0.5", "1e38", "\"1\"", "18446744073709551616"}) {
    const auto message = failure([&](TensorFile& file) {
      file.metadata["split"] = fmt::format(R"({{"seed":{},"held_out_pixels":0.5}})", seed);
    });
    check_refused(message, {"seed is", "expected a whole number"});
  }
}

BOOST_AUTO_TEST_CASE(files_that_are_no_safetensors_are_refused) {
  const TemporaryFolder folder;
  Memory memory = reference_memory();
  const auto refused = [&](const std::string& name) {
    return [&, name](const Error& error) { return holds(error.what(), name); };
  };
  write_atomically(folder.path() / "text", [](std::ostream& out) { out << "no model, only text"; });
  BOOST_CHECK_EXCEPTION(load_model(memory, folder.path() / "text"), Error, refused("text"));
  BOOST_CHECK_EXCEPTION(load_model(memory, folder.path() / "none"), Error, refused("none"));
  BOOST_CHECK_EXCEPTION(load_model(memory, folder.path()), Error, refused(folder.path()));
}

// --- names --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(images_are_found_by_name) {
  Memory memory = reference_memory();
  const Model model = sample_model(memory);
  BOOST_TEST(find_image(model, "alarm_clock") == 0U);
  BOOST_TEST(find_image(model, "clock") == 1U);
  BOOST_TEST(find_image(model, "ünï \"x\"\n") == 2U);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_there_is_answered_with_close_ones) {
  Memory memory = reference_memory();
  const Model model = sample_model(memory);
  const auto message = [&](const std::string& name) {
    return error_of([&] { find_image(model, name); });
  };
  BOOST_TEST(holds(message("cloc"), "'cloc'"));
  BOOST_TEST(holds(message("cloc"), "alarm_clock, clock"));
  BOOST_TEST(holds(message("alarm"), "close: alarm_clock"));
  BOOST_TEST(!holds(message("alarm"), ", clock"));
  BOOST_TEST(holds(message("zebra"), "'zebra'"));
  BOOST_TEST(!holds(message("zebra"), "close"));
}

BOOST_AUTO_TEST_CASE(models_with_alpha_are_of_a_version_of_their_own) {
  const TensorFile opaque = sample_file(), alpha = sample_with_alpha();
  BOOST_TEST(opaque.metadata.at("format_version") == "1");
  BOOST_TEST(alpha.metadata.at("format_version") == "2");
  Memory memory = reference_memory();
  const Model model = from_tensor_file(memory, alpha, "sample");
  BOOST_TEST(model.siren.config().channels == 4U);
  const Image image = Renderer(memory, model).render(0, {{5, 5}});
  BOOST_TEST(image.values.size() == 5U * 5 * 4);
}

BOOST_AUTO_TEST_CASE(a_background_is_kept) {
  TensorFile file = sample_file();
  Memory memory = reference_memory();
  Model model = from_tensor_file(memory, file, "sample");
  BOOST_TEST(!model.background);
  model.background = Rgb{0, 0.5F, 1};
  file = to_tensor_file(model);
  const Rgb expected = {0, 0.5F, 1};
  BOOST_TEST((from_tensor_file(memory, file, "sample").background == expected));
  for (const char* damaged : {"[0, 1]", "[0, 1, 2]", "7", "[0, 1, \"x\"]"}) {
    file.metadata["background"] = damaged;
    BOOST_CHECK_THROW(from_tensor_file(memory, file, "sample"), Error);
  }
}

BOOST_AUTO_TEST_CASE(pairs_whose_paths_were_taught_are_kept) {
  TensorFile file = sample_file();
  Memory memory = reference_memory();
  Model model = from_tensor_file(memory, file, "sample");
  BOOST_TEST(model.paths.trained.empty());
  BOOST_TEST(!file.metadata.contains("paths"));
  model.paths = {{{0, 2}, {1, 2}}, {{0, 1}}, 7};
  file = to_tensor_file(model);
  const TaughtPairs kept = from_tensor_file(memory, file, "sample").paths;
  BOOST_TEST((kept.trained == model.paths.trained));
  BOOST_TEST((kept.held_out == model.paths.held_out));
  BOOST_TEST(kept.frames == 7U);
  for (const char* damaged :
       {"7", "{}", R"({"frames":0,"trained":[],"held_out":[]})",
        R"({"frames":7,"trained":[[0,3]],"held_out":[]})",
        R"({"frames":7,"trained":[[0,1]],"held_out":[[1]]})",
        R"({"frames":7,"trained":[[1,1]],"held_out":[]})",
        R"({"frames":7,"trained":[[0,-1]],"held_out":[]})", R"({"frames":7,"trained":[[0,1]]})"}) {
    file.metadata["paths"] = damaged;
    BOOST_CHECK_THROW(from_tensor_file(memory, file, "sample"), Error);
  }
}

BOOST_AUTO_TEST_CASE(images_are_as_large_as_a_file_may_state) {
  constexpr std::size_t most = std::size_t{1} << 20U;
  BOOST_TEST(encoded({{"line", Image(1, most)}}).front().height == most);
  BOOST_CHECK_EXCEPTION(encoded({{"line", Image(most + 1, 1)}}), Error, [](const Error& error) {
    return std::string(error.what()) ==
           "the image line has 1048577 x 1 pixels; a side may have at most 1048576";
  });
}

BOOST_AUTO_TEST_SUITE_END()
