#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "chorus/pictures.hpp"
#include "files.hpp"
#include "workplace.hpp"

// The effects of commands on the folders that they write to.

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

namespace {

/// The content of every file below a folder, by its path.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all[entry.path().string()] = read_file(entry.path());
  return all;
}

void train_quickly(const Workplace& place, const std::string& data = "icons --size 24") {
  place.must("train " + data +
             " --width 16 --latent 4 --threads 1 --steps 3 --overwrite -o m.safetensors");
}

void add_picture(const fs::path& file, std::size_t width, std::size_t height) {
  fs::create_directories(file.parent_path());
  write_png(file, Image(width, height, 0.5F));
}

/// The data of a report.
json page_data(const fs::path& folder) {
  const std::string page = read_file(folder / "index.html"), start = "id=\"data\">";
  const std::size_t from = page.find(start) + start.size();
  return json::parse(page.substr(from, page.find("</script>", from) - from));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_outputs)

BOOST_AUTO_TEST_CASE(no_picture_of_others_is_replaced) {
  const Workplace place;
  train_quickly(place);
  const auto before = contents(place.path("icons"));
  place.must_fail(1, "upsample m.safetensors --size 32 -o icons/24", "icons/24/about.png exists");
  place.must_fail(1, "upsample m.safetensors --size 32 -o icons/24", "--overwrite");
  BOOST_TEST((contents(place.path("icons")) == before));
  place.must("upsample m.safetensors --size 32 --overwrite -o icons/24");
  BOOST_TEST(read_png(place.path("icons/24/about.png")).width == 32U);

  // One foreign file among many, the last that would be written.
  for (const char* file : {"strip.png", "frame_002.png", "animation.png"}) {
    fs::create_directories(place.path("walk"));
    fs::copy_file(place.path("icons/48/key.png"), place.path("walk") / file);
    const std::string walk = "interpolate m.safetensors key folder --frames 3 --size 16 -o walk";
    place.must_fail(1, walk, fmt::format("walk/{} exists", file));
    BOOST_TEST(contents(place.path("walk")).size() == 1U);
    place.must(walk + " --overwrite");
    fs::remove_all(place.path("walk"));
  }
  fs::create_directories(place.path("page"));
  std::ofstream(place.path("page/index.html")) << "<title>My own page</title>";
  place.must_fail(1, "report m.safetensors --data icons -o page", "page/index.html exists");
  BOOST_TEST(read_file(place.path("page/index.html")) == "<title>My own page</title>");
}

BOOST_AUTO_TEST_CASE(the_same_folder_is_written_to_again_and_again) {
  const Workplace place;
  train_quickly(place);
  for (int run = 0; run < 2; ++run) {
    place.must("upsample m.safetensors --size 16 -o up");
    place.must("interpolate m.safetensors key folder --frames 3 --size 16 -o walk");
    place.must("report m.safetensors -o page");
  }
}

BOOST_AUTO_TEST_CASE(pictures_of_a_longer_run_do_not_stay) {
  const Workplace place;
  train_quickly(place);
  place.must("interpolate m.safetensors key folder --frames 12 --size 16 -o walk");
  fs::copy_file(place.path("icons/48/key.png"), place.path("walk/frame_99.png"));
  std::ofstream(place.path("walk/frame_notes.txt")) << "mine";
  place.must("interpolate m.safetensors key folder --frames 3 --size 16 -o walk");
  const auto has = [&](const char* file) { return fs::exists(place.path("walk") / file); };
  BOOST_TEST(has("frame_002.png"));
  BOOST_TEST(!has("frame_003.png"));
  BOOST_TEST(!has("frame_011.png"));
  BOOST_TEST(has("frame_99.png"));  // not of chorus
  BOOST_TEST(has("frame_notes.txt"));

  place.must("upsample m.safetensors --size 16 -o up");
  BOOST_TEST(fs::exists(place.path("up/contact_sheet.png")));
  place.must("upsample m.safetensors --size 16 --sheet-rows 0 -o up");
  BOOST_TEST(!fs::exists(place.path("up/contact_sheet.png")));
  BOOST_TEST(fs::exists(place.path("up/key.png")));
}

BOOST_AUTO_TEST_CASE(names_too_long_for_a_file_are_shortened) {
  const Workplace place;
  const std::string longest(251, 'n');  // and ".png"
  add_picture(place.path("odd/about.png"), 24, 24);
  add_picture(place.path("odd/key.png"), 24, 24);
  add_picture(place.path("odd/folder.png"), 24, 24);
  add_picture(place.path("odd/" + longest + ".png"), 24, 24);
  train_quickly(place, "odd");
  place.must("upsample m.safetensors --size 16 -o up");
  BOOST_TEST(fs::exists(place.path("up/" + longest + ".png")));
  // A name of two images is too long for a folder.
  place.must("interpolate m.safetensors --best-pairs 2 --frames 2 --size 16 -o pairs");
  BOOST_TEST(std::distance(fs::directory_iterator(place.path("pairs")), {}) == 2);
}

BOOST_AUTO_TEST_CASE(images_of_other_aspects_are_not_squashed_unasked) {
  const Workplace place;
  add_picture(place.path("mixed/wide.png"), 24, 8);
  add_picture(place.path("mixed/high.png"), 8, 24);
  add_picture(place.path("mixed/nearly.png"), 24, 9);
  train_quickly(place, "mixed");
  const std::string walk = "interpolate m.safetensors wide high --frames 3 --size 24 -o walk";
  place.must_fail(1, walk, "'wide' has 24 x 8 pixels and 'high' 8 x 24");
  place.must_fail(1, walk, "--stretch");
  BOOST_TEST(!fs::exists(place.path("walk")));
  place.must(walk + " --stretch");
  place.must("interpolate m.safetensors wide nearly --frames 3 --size 24 -o near");
}

BOOST_AUTO_TEST_CASE(a_report_covers_images_of_all_sizes) {
  const Workplace place;
  fs::create_directories(place.path("flat"));
  for (const auto& [name, size] : {std::pair("about", "24"), std::pair("camera", "48"),
                                   std::pair("folder", "48"), std::pair("key", "24")})
    fs::copy_file(place.path(fmt::format("icons/{}/{}.png", size, name)),
                  place.path(fmt::format("flat/{}.png", name)));
  train_quickly(place, "flat --hold-out-pixels 0.2");
  place.must("report m.safetensors -o page");
  const json data = page_data(place.path("page"));
  BOOST_TEST(data["images"].size() == 4U);
  BOOST_TEST(data["target"]["count"] == 4);
  BOOST_TEST(data["trained"]["count"] == 4);
  BOOST_TEST((data["training_sizes"] == json({24, 48})));
  BOOST_TEST((data["target"]["sizes"] == json({24, 48})));
  BOOST_TEST(data["showcase"].size() == 4U);
  for (const json& image : data["images"]) BOOST_TEST(image["psnr_trained"] == image["psnr"]);

  const std::string scores = place.must("evaluate m.safetensors flat");
  BOOST_TEST(scores.find("   all       nearest") != std::string::npos, scores);
  const json paths =
      json::parse(place.must("evaluate m.safetensors flat --paths --json"))["paths"]["random"];
  std::size_t known = 0;  // the ends of a path have the size of its first image
  for (const json& pair : paths["per_pair"]) known += pair["psnr_ends"].is_number() ? 1 : 0;
  BOOST_TEST(known == 2U);

  // The largest size folder that holds all images is shown: 24, once one is missing at 48.
  train_quickly(place, "icons --size 24");
  place.must("report m.safetensors -o page --no-paths");
  BOOST_TEST((page_data(place.path("page"))["target"]["sizes"] == json({48})));
  place.must("report m.safetensors -o page --no-paths --shapes off");
  BOOST_TEST(!page_data(place.path("page"))["target"].contains("drawings"));
  place.must("report m.safetensors -o page --no-paths --shapes on");
  const json drawn = page_data(place.path("page"));
  BOOST_TEST(drawn["target"]["drawings"]["drawn"] == 4);
  for (const json& image : drawn["images"]) BOOST_TEST(image.contains("psnr_drawing"));
  for (const json& shown : drawn["showcase"]) BOOST_TEST(shown.contains("drawing_error"));
  fs::remove(place.path("icons/48/key.png"));
  place.must("report m.safetensors -o page --no-paths");
  BOOST_TEST(page_data(place.path("page"))["images"].size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_report_leaves_paths_out_and_finds_its_images_from_anywhere) {
  const Workplace place;
  train_quickly(place);
  place.must("report m.safetensors -o page");
  BOOST_TEST(page_data(place.path("page")).contains("paths"));
  fs::create_directories(place.path("elsewhere"));
  const Outcome outcome =
      place.run("report ../m.safetensors --no-paths -o ../page", "cd elsewhere &&");
  BOOST_TEST(outcome.status == 0, read_file(place.path("elsewhere/err.txt")));
  BOOST_TEST(!page_data(place.path("page")).contains("paths"));
  // Logs of early versions name the data as the command did.
  std::string log = read_file(place.path("m.metrics.jsonl"));
  const std::string absolute = fs::weakly_canonical(place.path("icons")).string();
  BOOST_REQUIRE(log.find(absolute) != std::string::npos);
  log.replace(log.find(absolute), absolute.size(), "icons");
  std::ofstream(place.path("m.metrics.jsonl")) << log;
  place.must("report m.safetensors --no-paths -o page");
  BOOST_TEST(place.run("report ../m.safetensors --no-paths -o ../page", "cd elsewhere &&").status ==
             1);
  BOOST_TEST(read_file(place.path("elsewhere/err.txt"))
                 .find("says that the model was trained on icons, which does not exist as seen "
                       "from this folder; give --data FOLDER") != std::string::npos);
  // The folder is tried before the images are scored.
  const Outcome blocked = place.run("report m.safetensors -o m.safetensors");
  BOOST_TEST(blocked.status == 1);
  BOOST_TEST(blocked.out.empty(), blocked.out);
}

BOOST_AUTO_TEST_SUITE_END()
