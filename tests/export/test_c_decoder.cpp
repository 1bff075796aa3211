#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "c_source.hpp"
#include "c_text.hpp"
#include "chorus/render.hpp"
#include "errors.hpp"
#include "exported.hpp"
#include "files.hpp"
#include "temporary_folder.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

namespace fs = std::filesystem;

/// A computer: how to compile for it, and how to run what was compiled.
struct Target {
  const char* name;
  const char* compiler;
  std::string flags;
  std::string runner;  ///< its first word is a program; empty: this computer
};

const std::string sources = CHORUS_EXPORT_TESTS;

Target this_computer() { return {"this computer", "cc", "-O2", ""}; }

std::vector<Target> other_computers() {
  return {{"arm", "arm-linux-gnueabihf-gcc", "-O2 -static", "qemu-arm"},
          {"riscv64", "riscv64-linux-gnu-gcc", "-O2 -static", "qemu-riscv64"},
          {"cortex-m4f", "arm-none-eabi-gcc",
           "-Os -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard -mthumb --specs=rdimon.specs " +
               sources + "/cortex_m4.c -T " + sources + "/cortex_m4.ld",
           "qemu-system-arm -M mps2-an386 -nographic "
           "-semihosting-config enable=on,target=native -kernel"}};
}

/// The status of a shell command.
int status_of(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool is_there(const std::string& program) {
  return status_of("command -v " + program.substr(0, program.find(' ')) + " > /dev/null") == 0;
}

/// Whether the tools of a target are there. Where CHORUS_REQUIRE_CROSS is set they have to be.
bool can_run(const Target& target) {
  const bool can = is_there(target.compiler) && is_there(target.runner);
  if (!can)
    BOOST_TEST_MESSAGE("not run for " << target.name << ": " << target.compiler << " or "
                                      << target.runner << " is missing");
  BOOST_TEST((can || std::getenv("CHORUS_REQUIRE_CROSS") == nullptr), target.name);
  return can;
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

struct Drawing {
  int image = 0, other = -1;
  double t = 0;
  int width = 0, height = 0;
};

/// The bytes that tests/export/draw.c writes with this decoder on a target, without the header.
std::vector<unsigned char> drawn(const CSource& decoder, const Target& target,
                                 const Drawing& what) {
  const TemporaryFolder folder;
  write(folder.path() / "sample.c", decoder.source);
  write(folder.path() / "sample.h", decoder.header);
  const std::string compile = fmt::format(
      "cd '{}' && {} -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -DIMAGE={} -DOTHER={} "
      "-DT={:.9g}f -DW={} -DH={} -I. {}/draw.c sample.c {} -o draw",
      folder.path().string(), target.compiler, what.image, what.other, what.t + 1e-30, what.width,
      what.height, sources, target.flags);
  BOOST_TEST_REQUIRE(status_of(compile) == 0, compile);
  const std::string run = fmt::format("cd '{}' && timeout 100 {} ./draw > out.pam < /dev/null",
                                      folder.path().string(), target.runner);
  BOOST_TEST_REQUIRE(status_of(run) == 0, run);
  const std::string bytes = read_file(folder.path() / "out.pam");
  const std::size_t start = bytes.find("ENDHDR\n");
  BOOST_TEST_REQUIRE(start != std::string::npos);
  return {bytes.begin() + static_cast<std::ptrdiff_t>(start) + 7, bytes.end()};
}

/// The same from the library.
std::vector<unsigned char> expected(Memory& memory, const Model& model, const Drawing& what) {
  Renderer renderer(memory, model);
  const auto image = static_cast<std::size_t>(what.image);
  std::size_t side = model.images[image].size().longer_side();
  ImageCode code = image_code(model, image);
  if (what.other >= 0) {
    const auto other = static_cast<std::size_t>(what.other);
    side = std::max(side, model.images[other].size().longer_side());
    code = lerp(code, image_code(model, other), static_cast<float>(what.t));
  }
  const PixelSize size{static_cast<std::size_t>(what.width), static_cast<std::size_t>(what.height)};
  const Image picture =
      renderer.render(code, {size, usual_samples(model, side, size.longer_side())});
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i < picture.pixels(); ++i) {
    Color color = color_at(picture, i);
    if (!picture.has_alpha()) color[3] = 1;
    for (const unsigned char byte : straight_bytes(color)) bytes.push_back(byte);
  }
  return bytes;
}

/// Most bytes are equal, and none is more than a level away, where alpha is not so small that a
/// level of it is many of the colour.
void check_same(const std::vector<unsigned char>& found, const std::vector<unsigned char>& wanted) {
  BOOST_TEST_REQUIRE(found.size() == wanted.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const int alpha = wanted[i / 4 * 4 + 3];
    const int allowed = alpha > 16 || i % 4 == 3 ? 1 : 16;
    if (found[i] != wanted[i]) ++different;
    BOOST_TEST(std::abs(found[i] - wanted[i]) <= allowed,
               "byte " << i << ": " << int{found[i]} << ", expected " << int{wanted[i]});
  }
  BOOST_TEST(different <= 1 + found.size() / 100);
}

void check_on(const Target& target, const NamedConfig& kind, Storage storage, Drawing what) {
  BOOST_TEST_CONTEXT(kind.name << ", " << name(storage) << ", on " << target.name) {
    Memory memory(make_backend("reference"));
    const Model model = model_of(memory, kind);
    const Model stored = as_stored(memory, model, storage);
    const CSource decoder = c_source(model, storage, "sample", "a test");
    check_same(drawn(decoder, target, what), expected(memory, stored, what));
  }
}

constexpr Drawing enlarged{.image = 1, .width = 23, .height = 15};
constexpr Drawing reduced{.image = 2, .width = 4, .height = 3};
constexpr Drawing between{.image = 0, .other = 2, .t = 0.3F, .width = 11, .height = 12};

/// The bytes of code, without the numbers, of a decoder compiled for its size.
std::size_t text_bytes(const CSource& decoder) {
  const TemporaryFolder folder;
  write(folder.path() / "sample.c", decoder.source);
  // Compilers may call the functions of memory where the source does not.
  BOOST_TEST_REQUIRE(
      status_of(fmt::format("cd '{}' && cc -std=c99 -ffreestanding -Os -c sample.c && "
                            "size -A sample.o | awk '$1 == \".text\" {{ print $2 }}' > size && "
                            "nm -u sample.o | sed -E '/ "
                            "(mem(cpy|set|move)|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail)$/d' "
                            "> undefined",
                            folder.path().string())) == 0);
  BOOST_TEST(read_file(folder.path() / "undefined") == "");
  return std::stoul(read_file(folder.path() / "size"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(c_decoder)

BOOST_AUTO_TEST_CASE(every_kind_of_model_is_drawn_as_the_library_draws_it) {
  const auto kinds = configs_of_every_kind();
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    constexpr Storage storages[] = {Storage::int8, Storage::fp16, Storage::fp32, Storage::int5};
    check_on(this_computer(), kinds[k], storages[k % 4], enlarged);
    check_on(this_computer(), kinds[k], storages[(k + 1) % 4], between);
  }
}

BOOST_AUTO_TEST_CASE(smaller_pictures_take_more_samples) {
  for (const NamedConfig& kind : configs_of_every_kind())
    check_on(this_computer(), kind, Storage::fp16, reduced);
}

BOOST_AUTO_TEST_CASE(other_computers_draw_the_same) {
  const auto kinds = configs_of_every_kind();
  for (const Target& target : other_computers())
    if (can_run(target)) {
      check_on(target, kinds[1], Storage::int8, enlarged);
      check_on(target, kinds[2], Storage::fp32, between);
    }
}

BOOST_AUTO_TEST_CASE(it_compiles_as_cpp_and_needs_nothing) {
  Memory memory(make_backend("reference"));
  for (const NamedConfig& kind : configs_of_every_kind()) BOOST_TEST_CONTEXT(kind.name) {
      const CSource decoder =
          c_source(model_of(memory, kind), Storage::int8, "sample", "a */ test");
      BOOST_TEST(text_bytes(decoder) <= 16384U);
      const TemporaryFolder folder;
      write(folder.path() / "sample.c", decoder.source);
      write(folder.path() / "main.c", "#include \"sample.h\"\nint main() { return 0; }\n");
      write(folder.path() / "sample.h", decoder.header);
      for (const char* compile :
           {"c++ -std=c++20 -x c++", "cc -std=c99 -ffreestanding -Dsample_NO_MIX",
            "cc -std=c99 -Dsample_BLOCK=4"})
        BOOST_TEST(
            status_of(fmt::format("cd '{}' && {} -Wall -Wextra -pedantic -Wconversion -Wshadow "
                                  "-Werror -O1 -c sample.c main.c",
                                  folder.path().string(), compile)) == 0,
            compile);
    }
}

BOOST_AUTO_TEST_CASE(arguments_of_sines_that_are_huge_are_no_undefined_behaviour) {
  Memory memory(make_backend("reference"));
  Model model = model_of(memory, configs_of_every_kind()[0]);
  BOOST_TEST(holds(c_source(model, Storage::fp32, "sample", "").source, "#define CLAMPED 0\n"));
  from_host(std::vector<float>(model.latents.size(), 1e8F), model.latents);
  const CSource decoder = c_source(model, Storage::fp32, "sample", "");
  BOOST_TEST(holds(decoder.source, "#define CLAMPED 1\n"));
  Target sanitized = this_computer();
  sanitized.flags = "-O1 -fsanitize=undefined,float-cast-overflow -fno-sanitize-recover=all";
  BOOST_TEST(drawn(decoder, sanitized, reduced).size() == 4U * 4 * 3);
}

BOOST_AUTO_TEST_CASE(one_image_and_many_images_are_models_too) {
  Memory memory(make_backend("reference"));
  const NamedConfig kind = configs_of_every_kind()[3];
  for (const std::size_t count : {1, 3000}) {
    const Model model = model_of(memory, kind, count);
    const Drawing last{.image = static_cast<int>(count) - 1, .width = 8, .height = 8};
    check_same(drawn(c_source(model, Storage::fp32, "sample", ""), this_computer(), last),
               expected(memory, model, last));
  }
}

BOOST_AUTO_TEST_CASE(names_become_names_of_c) {
  BOOST_TEST(c_identifier("my icons-2") == "my_icons_2");
  BOOST_TEST(c_identifier("48") == "images_48");
  BOOST_TEST(c_identifier("") == "images_");
  BOOST_TEST(c_string("a\"\\\n?é-b") == "\"a\\042\\134\\012\\077\\303\\251-b\"");
}

BOOST_AUTO_TEST_CASE(an_image_too_large_for_its_integers_is_refused) {
  Memory memory(make_backend("reference"));
  Model model = model_of(memory, configs_of_every_kind()[0]);
  model.images[1].width = 30000;
  model.samples_per_axis = 2;
  check_holds(error_of([&] { c_source(model, Storage::fp32, "sample", ""); }),
              {"an image of 30000 px, sampled 2 times, is too large for a decoder in C"});
}

BOOST_AUTO_TEST_SUITE_END()
