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

BOOST_AUTO_TEST_CASE(every_command_reads_a_packed_file_that_fits_its_budget) {
  const Exporting place;
  for (const char* bytes : {"3000", "6000"}) {
    const std::string said = place.must("export m.safetensors --budget " + std::string(bytes) +
                                        " --tune 3 -o p.safetensors");
    const auto taken = fs::file_size(place.path("p.safetensors"));
    BOOST_TEST(taken <= std::stoul(bytes));
    BOOST_TEST(taken > std::stoul(bytes) * 9 / 10);
    BOOST_TEST(said.find(std::to_string(taken) + " bytes") != std::string::npos);
    BOOST_TEST(place.must("info p.safetensors").find("packed") != std::string::npos);
    place.must("upsample p.safetensors --size 30 --overwrite -o out");
    place.must("evaluate p.safetensors icons --size 24");
    place.must("fit p.safetensors icons --all --latent-steps 2 --size 24 -o fitted.safetensors");
    place.must("export p.safetensors -o icons.c --overwrite");
    place.must("export p.safetensors -o icons.onnx --overwrite");
    place.must("view p.safetensors -o p.html --overwrite");
  }
  place.must_fail(1, "export m.safetensors --budget 200 -o q.safetensors", "bytes at least");
  BOOST_TEST(!fs::exists(place.path("q.safetensors")));
  place.must_fail(1, "export m.safetensors --budget 5000 -o q.c", "--budget is for .safetensors");
  place.must_fail(2, "export m.safetensors --budget 5000 --precision int8 -o q.safetensors",
                  "excludes");
}

BOOST_AUTO_TEST_CASE(a_training_for_a_budget_is_exported_within_it) {
  const Workplace place;
  const std::string train =
      "train icons --size 24 --steps 20 --overwrite -o b.safetensors --budget ";
  for (const char* bytes : {"4000", "9000"}) {
    place.must(train + bytes);
    place.must("export b.safetensors -o small.safetensors");
    BOOST_TEST(fs::file_size(place.path("small.safetensors")) <= std::stoul(bytes));
    // The smallest networks are exact before they fill their bytes.
    BOOST_TEST(fs::file_size(place.path("small.safetensors")) > std::stoul(bytes) / 2);
    place.must("export b.safetensors -o large.safetensors --precision fp16");
    BOOST_TEST(fs::file_size(place.path("large.safetensors")) >
               fs::file_size(place.path("small.safetensors")));
  }
  place.must_fail(1, train + "500", "the narrowest network for these 4 images takes");
  place.must_fail(2, train + "9000 --width 64", "excludes");
}

BOOST_AUTO_TEST_CASE(bytes_are_compared_with_those_of_pngs) {
  const Exporting place;
  const std::string said = place.must("info m.safetensors --data icons --size 24");
  BOOST_TEST(said.find("optimised PNGs of these images") != std::string::npos);
  BOOST_TEST(place.must("info m.safetensors --data icons --size 24 --json").find("optimized_png") !=
             std::string::npos);
  fs::remove(place.path("icons/24/key.png"));
  place.must_fail(1, "info m.safetensors --data icons --size 24",
                  "holds 3 of the model's 4 images");
  place.must_fail(1, "info --data icons", "expected one");
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
