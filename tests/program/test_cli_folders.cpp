#include <boost/test/unit_test.hpp>
#include <string>

#include "chorus/pictures.hpp"
#include "workplace.hpp"

// Folders as they are found: with broken files and with other things than PNGs.

using namespace chorus::test;

namespace {

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  chorus::write_atomically(file, [&](std::ostream& stream) { stream << text; });
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_folders)

BOOST_AUTO_TEST_CASE(every_command_goes_on_without_broken_files_and_names_them) {
  const Workplace place;
  write(place.path("icons/24/broken.png"), "no picture");
  write(place.path("icons/48/broken.png"), "");
  fs::create_directories(place.path("others/24"));
  fs::copy_file(place.path("icons/24/key.png"), place.path("others/24/lock.png"));
  write(place.path("others/24/broken.png"), "no picture");
  const std::string train = "train icons -o m.safetensors --steps 20" + small;
  place.must_fail(1, train, "24/broken.png: is not a PNG");
  for (const std::string& command :
       {train, std::string("evaluate m.safetensors icons --threads 2"),
        std::string("upsample m.safetensors --size 48 --data icons -o up --threads 2"),
        std::string("fit m.safetensors icons --all --size 24 --latent-steps 2 -o f.safetensors"),
        std::string("add m.safetensors others --size 24 --steps 2 --threads 1 -o g.safetensors")}) {
    const Outcome outcome = place.run(command + " --skip-unreadable");
    BOOST_TEST(outcome.status == 0, command << "\n" << outcome.err);
    BOOST_TEST(count(outcome.err, "left out 1 file that cannot be read: 24/broken.png") == 1U,
               command << "\n"
                       << outcome.err);
  }
}

BOOST_AUTO_TEST_CASE(pictures_that_are_no_pngs_are_named_once) {
  const Workplace place;
  write(place.path("icons/24/photo.gif"), "GIF89a");
  write(place.path("icons/old/key.png"), "");
  const Outcome outcome = place.run("train icons -o m.safetensors --steps 20" + small);
  BOOST_TEST(outcome.status == 0, outcome.err);
  BOOST_TEST(count(outcome.err, "24/photo.gif is no PNG") == 1U, outcome.err);
  BOOST_TEST(count(outcome.err, "not named by size: old") == 1U, outcome.err);
  BOOST_TEST(count(place.run("evaluate m.safetensors icons").err, "24/photo.gif is no PNG") == 1U);
}

BOOST_AUTO_TEST_CASE(images_that_no_model_file_can_state_are_refused_before_training) {
  const Workplace place;
  fs::create_directory(place.path("long"));
  chorus::write_png(place.path("long/line.png"), chorus::Image(1'100'000, 1, 0.5F));
  place.must_fail(1, "train long -o m.safetensors --steps 2 --threads 2",
                  "the image line has 1100000 x 1 pixels; a side may have at most 1048576");
  BOOST_TEST(!fs::exists(place.path("m.safetensors")));
}

BOOST_AUTO_TEST_CASE(what_viewers_show_otherwise_is_noted_once) {
  const Workplace place;
  const std::string png = chorus::read_file(place.path("icons/24/key.png"));
  write(place.path("icons/24/key.png"), png.substr(0, png.size() - 12));
  const std::string train = "train icons -o m.safetensors --steps 20" + small;
  const Outcome outcome = place.run(train);
  BOOST_TEST(outcome.status == 0, outcome.err);
  BOOST_TEST(count(outcome.err, "1 file with no end marker") == 1U, outcome.err);
}

BOOST_AUTO_TEST_SUITE_END()
