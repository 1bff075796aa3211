#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "chorus/pictures.hpp"
#include "files.hpp"
#include "workplace.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// The cells of a line of drawings.tsv.
std::vector<std::string> row_of(const std::string& table, const std::string& file) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(file + "\t")) continue;
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(cell);
    return cells;
  }
  BOOST_FAIL(file << " is not in the table");
  return {};
}

Image noise(PixelSize size) {
  Image image(size, 3);
  unsigned state = 1;
  for (float& value : image.values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 24U) / 255;
  }
  return image;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_vectorize)

BOOST_AUTO_TEST_CASE(a_folder_of_icons_is_drawn) {
  const Workplace place;
  const std::string out = place.must("vectorize icons --size 48 -o drawings");
  BOOST_TEST(out.find("4 drawings") != std::string::npos, out);
  const std::string table = read_file(place.path("drawings/drawings.tsv"));
  for (const char* name : {"about", "camera", "folder", "key"}) {
    const std::string file = std::string(name) + ".svg";
    const std::string svg = read_file(place.path("drawings/" + file));
    BOOST_TEST(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\">"));
    const std::vector<std::string> row = row_of(table, file);
    BOOST_TEST(row.at(1) == std::to_string(svg.size()));
    BOOST_TEST(std::stod(row.at(4)) > 45, row.at(4));
    BOOST_TEST(row.size() == 5U, "no remark");
  }
  // The camera's lens.
  BOOST_TEST(read_file(place.path("drawings/camera.svg")).find("<circle") != std::string::npos);
  BOOST_TEST(fs::exists(place.path("drawings/contact_sheet.png")));
  // Once more: the table says that the files are ours. The bytes are the same.
  const std::string before = read_file(place.path("drawings/camera.svg"));
  place.must("vectorize icons --size 48 -o drawings --threads 1");
  BOOST_TEST(read_file(place.path("drawings/camera.svg")) == before);
  place.must("vectorize icons --size 48 -o small --minify --sheet-rows 0");
  BOOST_TEST(read_file(place.path("small/camera.svg")).size() < before.size());
  BOOST_TEST(!fs::exists(place.path("small/contact_sheet.png")));
}

BOOST_AUTO_TEST_CASE(a_walk_is_drawn) {
  const Workplace place;
  place.must("train icons --size 24 --steps 200 --width 32 --latent 8 -o m.safetensors");
  const std::string walk = "interpolate m.safetensors about key --size 24 -o walk ";
  place.must(walk + "--drawings --data icons");
  const std::string svg = read_file(place.path("walk/animation.svg"));
  BOOST_TEST(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\">"));
  BOOST_TEST(read_file(place.path("walk/animation.json")).starts_with("{\"v\":"));
  // Once more, by the network's own line and pixels; the files are ours.
  place.must(walk + "--drawings --path linear");
  BOOST_TEST(read_file(place.path("walk/animation.svg")) != svg);
  // Frames of another walk would not be those of these drawings.
  place.must(walk);
  BOOST_TEST(!fs::exists(place.path("walk/animation.svg")));
  BOOST_TEST(!fs::exists(place.path("walk/animation.json")));
  std::ofstream(place.path("walk/animation.svg")) << "<svg/>";
  place.must_fail(1, walk + "--drawings", "walk/animation.svg exists");
  place.must(walk);
  BOOST_TEST(read_file(place.path("walk/animation.svg")) == "<svg/>");
  place.must_fail(2, walk + "--data icons", "--drawings");
}

BOOST_AUTO_TEST_CASE(a_model_is_drawn_with_and_without_its_images) {
  const Workplace place;
  place.must("train icons -o m.safetensors --steps 200" + small);
  const Outcome own = place.run("vectorize m.safetensors -o own");
  BOOST_TEST(own.status == 0, own.err);
  BOOST_TEST(
      own.err.find("4 of 4 images are drawn from the network's own pixels") != std::string::npos,
      own.err);
  const Outcome given = place.run("vectorize m.safetensors --data icons -o given");
  BOOST_TEST(given.status == 0, given.err);
  BOOST_TEST(given.err == "");
  BOOST_TEST(std::stod(row_of(read_file(place.path("given/drawings.tsv")), "key.svg").at(4)) > 40);
}

BOOST_AUTO_TEST_CASE(what_is_no_drawing_is_said) {
  const Workplace place;
  fs::create_directory(place.path("photo"));
  write_png(place.path("photo/noise.png"), noise({40, 40}));
  const std::string out = place.must("vectorize photo -o drawings");
  BOOST_TEST(out.find("1 of 1 images are no flat drawings") != std::string::npos, out);
  BOOST_TEST(row_of(read_file(place.path("drawings/drawings.tsv")), "noise.svg").size() == 6U);
  BOOST_TEST(read_file(place.path("drawings/noise.svg")).find("<image") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_interrupted_run_is_repeated_and_old_drawings_go) {
  const Workplace place;
  fs::create_directory(place.path("two"));
  for (const char* name : {"camera.png", "key.png"})
    fs::copy_file(place.path("icons/48") / name, place.path("two") / name);
  // Seconds of work come first, so that the run is stopped before its second drawing.
  write_png(place.path("two/noise.png"), noise({200, 200}));
  BackgroundTraining running(place, "vectorize two -o drawings");
  running.wait_for("drawings/drawings.tsv");
  running.stop(SIGKILL);
  place.must("vectorize two -o drawings");
  BOOST_TEST(fs::exists(place.path("drawings/noise.svg")));
  fs::remove(place.path("two/noise.png"));
  place.must("vectorize two -o drawings");
  BOOST_TEST(!fs::exists(place.path("drawings/noise.svg")));
  BOOST_TEST(fs::exists(place.path("drawings/key.svg")));
}

BOOST_AUTO_TEST_CASE(foreign_files_and_mistakes_stop_it) {
  const Workplace place;
  fs::create_directory(place.path("mine"));
  std::ofstream(place.path("mine/key.svg")) << "<svg/>";
  place.must_fail(1, "vectorize icons --size 48 -o mine", "chorus did not write it");
  BOOST_TEST(read_file(place.path("mine/key.svg")) == "<svg/>");
  BOOST_TEST(!fs::exists(place.path("mine/camera.svg")));
  place.must("vectorize icons --size 48 -o mine --overwrite");
  place.must_fail(1, "vectorize icons -o x", "24, 48");
  place.must_fail(1, "vectorize nowhere.safetensors -o x", "nowhere.safetensors");
  place.must_fail(1, "vectorize nowhere -o x", "nowhere");
  place.must_fail(1, "vectorize icons --data icons --size 48 -o x", "--data");
  place.must_fail(2, "vectorize icons --size 0 -o x", "--size");
}

BOOST_AUTO_TEST_SUITE_END()
