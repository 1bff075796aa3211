#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "workplace.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// A workplace with a small model, m.safetensors.
struct Exporting : Workplace {
  Exporting() { must("train icons" + small + "--steps 30 -o m.safetensors"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_export)

BOOST_AUTO_TEST_CASE(every_command_reads_smaller_numbers) {
  const Exporting place;
  for (const char* precision : {"fp16", "int8", "int5"}) {
    const std::string file = std::string(precision) + ".safetensors";
    const std::string said =
        place.must("export m.safetensors --precision " + std::string(precision) + " -o " + file);
    BOOST_TEST(said.find(std::to_string(fs::file_size(place.path(file))) + " bytes") !=
               std::string::npos);
    BOOST_TEST(fs::file_size(place.path(file)) < fs::file_size(place.path("m.safetensors")));
    BOOST_TEST(place.must("info " + file).find(precision) != std::string::npos);
    place.must("upsample " + file + " --size 30 --overwrite -o out");
    place.must("evaluate " + file + " icons --size 24");
    place.must("fit " + file + " icons --all --latent-steps 2 --size 24 -o fitted.safetensors");
  }
}

BOOST_AUTO_TEST_CASE(the_ending_chooses_the_kind_of_file) {
  const Exporting place;
  place.must("export m.safetensors -o icons.c --precision int8");
  BOOST_TEST(read_file(place.path("icons.c")).find("icons_decode(") != std::string::npos);
  BOOST_TEST(read_file(place.path("icons.h")).find("#define icons_IMAGES 4") != std::string::npos);
  place.must("export m.safetensors -o icons.c --prefix app");  // its own files may be replaced
  BOOST_TEST(read_file(place.path("icons.h")).find("#define app_IMAGES 4") != std::string::npos);
  place.must("export m.safetensors -o icons.onnx");
  place.must("export m.safetensors -o icons.onnx --precision int8");
  place.must("export m.safetensors -o net.bin --format onnx --precision int8");
  BOOST_TEST(place.same_bytes("icons.onnx", "net.bin"));
}

BOOST_AUTO_TEST_CASE(tuning_is_repeatable) {
  const Exporting place;
  const std::string command = "export m.safetensors --precision int4 --tune 3 --workers 2 -o ";
  place.must(command + "a.safetensors");
  place.must(command + "b.safetensors");
  place.must("export m.safetensors --precision int4 -o c.safetensors");
  BOOST_TEST(place.same_bytes("a.safetensors", "b.safetensors"));
  BOOST_TEST(!place.same_bytes("a.safetensors", "c.safetensors"));
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_in_one_line) {
  const Exporting place;
  place.must_fail(1, "export m.safetensors -o icons.txt", "ends in none of .safetensors, .c and");
  place.must_fail(1, "export m.safetensors -o m.safetensors", "is the model itself");
  place.must_fail(1, "export nothing.safetensors -o a.c", "nothing.safetensors");
  place.must_fail(2, "export m.safetensors -o a.c --prefix 1x", "expected letters, digits");
  place.must_fail(2, "export m.safetensors -o a.c --precision int3", "int3");
  place.must_fail(1, "export m.safetensors -o a.h --format c", "the name of the header");
  std::ofstream(place.path("mine.c")) << "int mine;\n";
  place.must_fail(1, "export m.safetensors -o mine.c", "chorus did not write it");
  BOOST_TEST(read_file(place.path("mine.c")) == "int mine;\n");
  place.must("export m.safetensors --overwrite -o mine.c");
  place.must_fail(1, "export m.safetensors -o no/where.onnx", "no/where.onnx");
}

BOOST_AUTO_TEST_CASE(small_files_that_are_cut_off_or_damaged_are_refused) {
  const Exporting place;
  place.must("export m.safetensors --precision int6 -o small.safetensors");
  const std::string whole = read_file(place.path("small.safetensors"));
  for (const std::size_t kept :
       {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 1}) {
    std::ofstream(place.path("cut.safetensors"), std::ios::binary) << whole.substr(0, kept);
    place.must_fail(1, "info cut.safetensors", "cut.safetensors");
  }
  std::string damaged = whole;
  damaged[damaged.size() - 5] ^= 4;
  std::ofstream(place.path("cut.safetensors"), std::ios::binary) << damaged;
  place.must_fail(1, "upsample cut.safetensors -o out", "checksum");
}

BOOST_AUTO_TEST_SUITE_END()
