#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "chorus/chorus.h"
#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "temporary_folder.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

constexpr chorus_options reference = {sizeof(chorus_options), "reference", 1};

/// A model file, and the same model opened by the library for C++.
struct Fixture {
  explicit Fixture(std::size_t channels = 4, Head head = Head::palette)
      : memory(make_backend("reference")),
        model(make_model(memory,
                         {.width = 12,
                          .hidden_layers = 1,
                          .latent = 5,
                          .channels = channels,
                          .head = head,
                          .palette_size = 3},
                         {{"clock", 9, 6}, {"key", 4, 8}}, 7)) {
    if (model.palettes) {
      std::vector<float> colors(model.palettes.size());
      for (std::size_t i = 0; i < colors.size(); ++i) colors[i] = static_cast<float>(i % 7) / 6;
      from_host(colors, model.palettes);
    }
    model.samples_per_axis = 2;
    file = (folder.path() / "model.safetensors").string();
    save_model(model, file);
    BOOST_REQUIRE(chorus_open_file(file.c_str(), &reference, &handle) == CHORUS_OK);
  }
  ~Fixture() { chorus_close(handle); }

  TemporaryFolder folder;
  Memory memory;
  Model model;
  std::string file;
  chorus_model* handle = nullptr;
};

/// A picture with its pixels, between bytes that must stay as they are.
struct Target {
  Target(std::size_t width, std::size_t height, std::size_t stride, std::size_t rows)
      : bytes(stride * rows, untouched) {
    picture.struct_size = sizeof picture;
    picture.width = width;
    picture.height = height;
    picture.stride = stride;
    picture.pixels = bytes.data();
  }
  static constexpr unsigned char untouched = 0xA5;
  std::vector<unsigned char> bytes;
  chorus_picture picture{};
};

std::vector<unsigned char> straight(const Image& image) {
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    Color color = color_at(image, i);
    if (!image.has_alpha()) color[3] = 1;
    for (const unsigned char byte : straight_bytes(color)) bytes.push_back(byte);
  }
  return bytes;
}

void check_fails(chorus_status status, chorus_status expected, const chorus_model* model,
                 const std::string& reason) {
  BOOST_TEST(status == expected);
  check_holds(chorus_error(model), {reason});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(c_api)

BOOST_AUTO_TEST_CASE(a_model_says_what_it_holds) {
  Fixture f;
  BOOST_TEST(std::string(chorus_version()) == CHORUS_VERSION);
  BOOST_TEST(chorus_abi_version() == CHORUS_ABI_VERSION);
  BOOST_TEST(chorus_image_count(f.handle) == 2U);
  BOOST_TEST(std::string(chorus_image_name(f.handle, 1)) == "key");
  BOOST_TEST((chorus_image_name(f.handle, 2) == nullptr));
  BOOST_TEST(chorus_find_image(f.handle, "key") == 1U);
  BOOST_TEST(chorus_find_image(f.handle, "ke") == 2U);
  BOOST_TEST(chorus_has_alpha(f.handle) == 1);
  std::size_t width = 0, height = 0;
  BOOST_TEST(chorus_image_size(f.handle, 0, &width, &height) == CHORUS_OK);
  BOOST_TEST(width == 9U);
  BOOST_TEST(height == 6U);
  BOOST_TEST(chorus_code_size(f.handle) == 5U + 3 * 4);
}

BOOST_AUTO_TEST_CASE(pixels_are_those_of_the_renderer) {
  for (const std::size_t channels : {3, 4})
    for (const Head head : {Head::rgb, Head::palette}) {
      Fixture f(channels, head);
      Renderer renderer(f.memory, f.model);
      Target target(18, 12, 4 * 18, 12);
      BOOST_TEST(chorus_decode(f.handle, 0, &target.picture) == CHORUS_OK);
      // Twice as large as in training, and trained on areas: two samples per axis.
      BOOST_TEST((target.bytes == straight(renderer.render(0, {{18, 12}, 2}))));
      target.picture.samples = 1;
      BOOST_TEST(chorus_decode(f.handle, 0, &target.picture) == CHORUS_OK);
      BOOST_TEST((target.bytes == straight(renderer.render(0, {{18, 12}, 1}))));
    }
}

BOOST_AUTO_TEST_CASE(a_region_is_written_between_other_bytes) {
  Fixture f;
  Target all(20, 14, 4 * 20, 14), part(20, 14, 4 * 20, 14);
  BOOST_TEST(chorus_decode(f.handle, 1, &all.picture) == CHORUS_OK);
  chorus_picture& region = part.picture;
  region.x = 3;
  region.y = 5;
  region.columns = 6;
  region.rows = 4;
  region.pixels = &part.bytes[4 * (20 * 5 + 3)];
  BOOST_TEST(chorus_decode(f.handle, 1, &region) == CHORUS_OK);
  for (std::size_t i = 0; i < part.bytes.size(); ++i) {
    const std::size_t x = i / 4 % 20, y = i / 4 / 20;
    const bool inside = x >= 3 && x < 9 && y >= 5 && y < 9;
    BOOST_TEST_REQUIRE(part.bytes[i] == (inside ? all.bytes[i] : Target::untouched));
  }
}

BOOST_AUTO_TEST_CASE(pictures_of_many_bands_have_no_seams) {
  Fixture f;
  constexpr std::size_t width = 700, height = 400;  // more than two bands
  Target target(width, height, 4 * width, height);
  BOOST_TEST(chorus_decode(f.handle, 0, &target.picture) == CHORUS_OK);
  Renderer renderer(f.memory, f.model);
  BOOST_TEST((target.bytes == straight(renderer.render(0, {{width, height}, 2}))));
}

BOOST_AUTO_TEST_CASE(formats_differ_in_what_they_do_with_alpha) {
  Fixture f;
  Renderer renderer(f.memory, f.model);
  const Image image = renderer.render(0, {{9, 6}, 2});
  Target rgb(9, 6, 3 * 9, 6), premultiplied(9, 6, 4 * 9, 6);
  rgb.picture.format = CHORUS_RGB;
  rgb.picture.background[0] = 255;
  premultiplied.picture.format = CHORUS_RGBA_PREMULTIPLIED;
  BOOST_TEST(chorus_decode(f.handle, 0, &rgb.picture) == CHORUS_OK);
  BOOST_TEST(chorus_decode(f.handle, 0, &premultiplied.picture) == CHORUS_OK);
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    const auto [r, g, b, a] = color_at(image, i);
    BOOST_TEST(rgb.bytes[3 * i] == to_byte(r + (1 - a)));
    BOOST_TEST(rgb.bytes[3 * i + 1] == to_byte(g));
    BOOST_TEST(premultiplied.bytes[4 * i + 2] == to_byte(b));
    BOOST_TEST(premultiplied.bytes[4 * i + 3] == to_byte(a));
  }
}

BOOST_AUTO_TEST_CASE(mixtures_and_codes_are_drawn) {
  Fixture f;
  Target mix(16, 16, 64, 16), code(16, 16, 64, 16), end(16, 16, 64, 16);
  std::vector<float> a(chorus_code_size(f.handle)), b(a.size());
  BOOST_TEST(chorus_get_code(f.handle, 0, a.data()) == CHORUS_OK);
  BOOST_TEST(chorus_get_code(f.handle, 1, b.data()) == CHORUS_OK);
  for (const float t : {0.25F, -0.5F, 1.75F}) {
    std::vector<float> between(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) between[i] = (1 - t) * a[i] + t * b[i];
    BOOST_TEST(chorus_decode_mix(f.handle, 0, 1, t, &mix.picture) == CHORUS_OK);
    BOOST_TEST(chorus_decode_code(f.handle, between.data(), &code.picture) == CHORUS_OK);
    BOOST_TEST((mix.bytes == code.bytes), "t = " << t);
  }
  BOOST_TEST(chorus_decode_mix(f.handle, 0, 1, 1, &mix.picture) == CHORUS_OK);
  mix.picture.samples = end.picture.samples = 1;
  BOOST_TEST(chorus_decode_mix(f.handle, 0, 1, 1, &mix.picture) == CHORUS_OK);
  BOOST_TEST(chorus_decode(f.handle, 1, &end.picture) == CHORUS_OK);
  BOOST_TEST((mix.bytes == end.bytes));
}

BOOST_AUTO_TEST_CASE(many_threads_decode_at_once_and_see_their_own_errors) {
  Fixture f;
  Target expected(24, 24, 96, 24);
  BOOST_REQUIRE(chorus_decode(f.handle, 0, &expected.picture) == CHORUS_OK);
  constexpr std::size_t count = 8;
  std::vector<int> wrong(count);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < count; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 5; ++i) {
        Target own(24, 24, 96, 24);
        if (chorus_decode(f.handle, 0, &own.picture) != CHORUS_OK || own.bytes != expected.bytes)
          ++wrong[t];
        const std::size_t none = 100 + t;
        chorus_decode(f.handle, none, &own.picture);
        if (!holds(chorus_error(f.handle), "there is no image " + std::to_string(none))) ++wrong[t];
      }
    });
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(wrong == std::vector<int>(count), boost::test_tools::per_element());
  BOOST_TEST(std::string(chorus_error(f.handle)).empty());
}

BOOST_AUTO_TEST_CASE(a_file_in_memory_is_a_model) {
  Fixture f;
  std::string bytes = read_file(f.file);
  chorus_model* model = nullptr;
  BOOST_TEST(chorus_open_memory(bytes.data(), bytes.size(), &reference, &model) == CHORUS_OK);
  bytes.assign(bytes.size(), 'x');  // not needed any more
  Target a(9, 6, 36, 6), b(9, 6, 36, 6);
  BOOST_TEST(chorus_decode(model, 1, &a.picture) == CHORUS_OK);
  BOOST_TEST(chorus_decode(f.handle, 1, &b.picture) == CHORUS_OK);
  BOOST_TEST((a.bytes == b.bytes));
  chorus_close(model);
}

BOOST_AUTO_TEST_CASE(bad_files_are_handles_with_an_error) {
  Fixture f;
  const std::string bytes = read_file(f.file);
  chorus_model* model = nullptr;
  for (std::size_t kept = 0; kept < bytes.size(); kept += 97) {
    BOOST_TEST(chorus_open_memory(bytes.data(), kept, &reference, &model) == CHORUS_BAD_MODEL);
    check_holds(chorus_error(model), {"cannot read the model in memory: "});
    BOOST_TEST(chorus_image_count(model) == 0U);
    BOOST_TEST(chorus_code_size(model) == 0U);
    Target target(4, 4, 16, 4);
    BOOST_TEST(chorus_decode(model, 0, &target.picture) == CHORUS_WRONG_CALL);
    chorus_close(model);
  }
  check_fails(chorus_open_file("/nowhere/at all", &reference, &model), CHORUS_BAD_MODEL, model,
              "/nowhere/at all");
  std::string seen;  // by a thread that has made no call
  std::thread([&] { seen = chorus_error(model); }).join();
  BOOST_TEST(holds(seen, "/nowhere/at all"));
  chorus_close(model);
  chorus_options options = reference;
  options.backend = "abacus";
  check_fails(chorus_open_file(f.file.c_str(), &options, &model), CHORUS_NO_BACKEND, model,
              "unknown backend 'abacus'");
  chorus_close(model);
  BOOST_TEST(chorus_open_file(f.file.c_str(), &reference, nullptr) == CHORUS_WRONG_CALL);
  chorus_close(nullptr);
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_named_and_nothing_is_written) {
  Fixture f;
  const auto refused = [&](const std::string& reason, auto spoil) {
    Target target(8, 8, 32, 8);
    spoil(target.picture);
    check_fails(chorus_decode(f.handle, 0, &target.picture), CHORUS_WRONG_CALL, f.handle, reason);
    BOOST_TEST((target.bytes == std::vector<unsigned char>(32 * 8, Target::untouched)));
  };
  constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();
  refused("struct_size is 0", [](auto& p) { p.struct_size = 0; });
  refused("width is 0; expected 1 to 1048576", [](auto& p) { p.width = 0; });
  refused("height is", [](auto& p) { p.height = huge; });
  refused("begins at 8, 0, outside of 8 x 8", [](auto& p) { p.x = 8; });
  refused("columns is", [](auto& p) { p.columns = huge; });
  refused("rows is 8; expected 1 to 7", [](auto& p) {
    p.y = 1;
    p.rows = 8;
  });
  refused("stride is 31; expected at least 32", [](auto& p) { p.stride = 31; });
  refused("samples is 65", [](auto& p) { p.samples = 65; });
  refused("format is 9", [](auto& p) { p.format = 9; });
  refused("pixels is NULL", [](auto& p) { p.pixels = nullptr; });
  check_fails(chorus_decode(f.handle, 0, nullptr), CHORUS_WRONG_CALL, f.handle, "is NULL");
  Target target(8, 8, 32, 8);
  check_fails(chorus_decode(f.handle, 2, &target.picture), CHORUS_WRONG_CALL, f.handle,
              "there is no image 2; expected at most 1");
  check_fails(chorus_decode_mix(f.handle, 0, 1, std::nanf(""), &target.picture), CHORUS_WRONG_CALL,
              f.handle, "t is nan");
  std::vector<float> code(chorus_code_size(f.handle), 0);
  code[3] = std::numeric_limits<float>::infinity();
  check_fails(chorus_decode_code(f.handle, code.data(), &target.picture), CHORUS_WRONG_CALL,
              f.handle, "code is inf at index 3");
  BOOST_TEST(chorus_decode(nullptr, 0, &target.picture) == CHORUS_WRONG_CALL);
}

BOOST_AUTO_TEST_CASE(fields_that_an_older_program_does_not_know_are_zero) {
  Fixture f;
  Target older(8, 8, 32, 8);
  older.picture.format = CHORUS_RGB;
  older.picture.background[1] = 77;  // behind the end of what it knows
  older.picture.struct_size = offsetof(chorus_picture, background);
  Target plain(8, 8, 32, 8);
  plain.picture.format = CHORUS_RGB;
  BOOST_TEST(chorus_decode(f.handle, 0, &older.picture) == CHORUS_OK);
  BOOST_TEST(chorus_decode(f.handle, 0, &plain.picture) == CHORUS_OK);
  BOOST_TEST((older.bytes == plain.bytes));
}

BOOST_AUTO_TEST_SUITE_END()
