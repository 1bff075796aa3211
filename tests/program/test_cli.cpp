#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "chorus/backend.hpp"
#include "chorus/pictures.hpp"
#include "files.hpp"
#include "metrics.hpp"
#include "split.hpp"
#include "workplace.hpp"

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

namespace {

/// A place with a trained model, made once for the tests that only read it: out/m.safetensors, and
/// what the training printed in out/train.txt.
const Workplace& trained() {
  static const std::unique_ptr<const Workplace> place = [] {
    auto made = std::make_unique<const Workplace>();
    const std::string out = made->must("train icons" + small + "--steps 150 -o out/m.safetensors");
    std::ofstream(made->path("out/train.txt")) << out;
    return made;
  }();
  return *place;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli)

BOOST_AUTO_TEST_CASE(help_is_there_for_every_command) {
  const Workplace place;
  // "Subcommands:", then a line for each that begins with its name.
  const std::string help = place.must("--help");
  std::istringstream list(help.substr(help.find("Subcommands:")));
  std::string line, command;
  std::getline(list, line);
  std::size_t commands = 0;
  while (std::getline(list, line)) {
    if (!line.starts_with("  ") || line.starts_with("   ")) continue;  // a description goes on
    std::istringstream(line) >> command;
    BOOST_TEST(place.must(command + " --help").size() > 200U, command);
    ++commands;
  }
  BOOST_TEST(commands >= 11U, help);
  BOOST_TEST(place.must("--version").starts_with("chorus "));
  BOOST_TEST(place.must("info").find("cpu:avx2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_use_is_status_2) {
  const Workplace place;
  const std::vector<std::pair<std::string, std::string>> calls = {
      {"", "subcommand"},
      {"frobnicate", "frobnicate"},
      {"train", "data"},
      {"train icons --size 24", "--output"},
      {"train icons -o m --width none", "none"},
      {"train icons -o m --width 0", "--width"},
      {"train icons -o m --width -4", "--width"},
      {"train icons -o m --steps 1.5", "1.5"},
      {"train icons -o m --steps 10 --seconds 5", "--steps"},
      {"train icons -o m --learning-rate -1", "--learning-rate"},
      {"train icons -o m --learning-rate nan", "--learning-rate"},
      {"train icons -o m --omega-first inf", "0.001 to 100000"},
      {"train icons -o m --omega-hidden nan", "--omega-hidden"},
      {"train icons -o m --seconds nan", "--seconds"},
      {"train icons -o m --epochs nan", "--epochs"},
      {"train icons -o m --checkpoint-seconds nan", "--checkpoint-seconds"},
      {"train icons -o m --seed -1", "-1 is not a whole number"},
      {"train icons -o m --seed 18446744073709551616", "--seed"},
      {"train icons -o m --flat-pixels 0 --edge-pixels 0", "--edge-pixels"},
      {"train icons -o m --conditioning telepathy", "telepathy"},
      {"train icons -o m --background mauve", "mauve"},
      {"train icons -o m --resume --width 64", "--resume"},
      {"train icons -o m --unknown-flag", "--unknown-flag"},
      {"interpolate m -o d", "--best-pairs"},
      {"interpolate m one -o d", "two names"},
      {"interpolate m one two --path round -o d", "round"},
      {"interpolate m one two --best-pairs 2 -o d", "--best-pairs"},
      {"upsample m --size 0 -o d", "--size"},
  };
  for (const auto& [arguments, reason] : calls) place.must_fail(2, arguments, reason);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_status_1) {
  const Workplace place;
  const std::vector<std::pair<std::string, std::string>> calls = {
      {"train nowhere -o m.safetensors", "nowhere"},
      {"train icons -o m.safetensors", "24, 48"},
      {"train icons --size 32 -o m.safetensors", "32"},
      {"train icons --size 24 -o /proc/no/m.safetensors", "/proc/no"},
      {"train icons --size 24 -o m.safetensors --backend abacus", "cpu:base"},
      {"train icons --size 24 -o m.safetensors --resume", "m.state.safetensors"},
      {"evaluate nothing.safetensors icons", "nothing.safetensors"},
      {"evaluate icons/24/key.png icons", "key.png"},
      {"train icons --size 24 --steps 3 -o icons", "icons"},
      {"train icons --size 24 --steps 3 -o ''", "name of a file"},
  };
  for (const auto& [arguments, reason] : calls) place.must_fail(1, arguments, reason);
  // What this machine lacks: where there is a GPU, `cuda` would train.
  for (const BackendInfo& backend : list_backends())
    if (!backend.unavailable.empty())
      place.must_fail(1, "train icons --size 24 -o m.safetensors --backend " + backend.name,
                      backend.name);
  place.must_fail(1, "train icons --size 24 -o m.safetensors --backend cuda:two",
                  "'two' is not the number of a device");
  BOOST_TEST(!fs::exists(place.path("icons.state.safetensors")));
  BOOST_TEST(!fs::exists(place.path("m.safetensors")));
  std::ofstream(place.path("icons/24/broken.png")) << "no picture";
  place.must_fail(1, "train icons --size 24 -o m.safetensors", "broken.png");
}

BOOST_AUTO_TEST_CASE(a_training_is_logged_and_complete) {
  const Workplace& place = trained();
  const std::string out = chorus::read_file(place.path("out/train.txt"));
  BOOST_TEST(out.find("PSNR") != std::string::npos);
  BOOST_TEST(out.find('\r') == std::string::npos);  // plain lines in a file
  const json info = json::parse(place.must("info out/m.safetensors --json"));
  BOOST_TEST(info.at("network").at("width") == 32);
  BOOST_TEST(info.at("images").size() == 4U);
  std::ifstream metrics(place.path("out/m.metrics.jsonl"));
  std::size_t lines = 0;
  for (std::string line; std::getline(metrics, line); ++lines)
    BOOST_TEST(json::parse(line).at("step").get<int>() <= 150);
  BOOST_TEST(lines >= 10U);
  place.must_fail(1, "train icons --size 24 --resume -o out/m.safetensors", "complete");
}

BOOST_AUTO_TEST_CASE(a_model_is_evaluated_beside_its_baselines) {
  const Workplace& place = trained();
  const json scores = json::parse(place.must("evaluate out/m.safetensors icons --json"));
  BOOST_TEST(scores.at("model") == "out/m.safetensors");
  BOOST_REQUIRE(scores.at("sizes").size() == 2U);
  for (const json& size : scores.at("sizes")) {
    BOOST_TEST(size.at("images").size() == 4U);
    // 11 dB and an SSIM of 0.43 without training, 22.6 dB and 0.81 with it.
    BOOST_TEST(size.at("psnr_mean").get<double>() > 20);
    BOOST_TEST(size.at("psnr_pooled").get<double>() > 20);
    BOOST_TEST(size.at("ssim_mean").get<double>() > 0.7);
    // .35, .00 and 0.60 after one step, .91, .29 and 0.23 here.
    BOOST_TEST(size.at("ms_ssim_mean").get<double>() > 0.8);
    BOOST_TEST(size.at("exact_share").get<double>() > 0.1);
    BOOST_TEST(size.at("edge_error").get<double>() < 0.4);
    for (const char* key : {"name", "psnr", "ssim"})
      BOOST_TEST(size.at("images").at(0).contains(key), key);
  }
  BOOST_TEST(scores.at("sizes").at(0).at("size") == 24);
  BOOST_TEST(!scores.at("sizes").at(0).contains("baselines"));  // the training size
  const json& larger = scores.at("sizes").at(1);
  BOOST_TEST(larger.at("baselines").size() == 5U);
  for (const char* method : {"nearest", "bilinear", "bicubic", "lanczos", "steep_bicubic"}) {
    const json& baseline = larger.at("baselines").at(method);
    for (const char* key :
         {"psnr_mean", "psnr_pooled", "ssim_mean", "ms_ssim_mean", "exact_share", "edge_error"})
      BOOST_TEST(baseline.at(key).is_number(), method << key);
    BOOST_TEST(baseline.at("wins").get<int>() >= larger.at("wins_over_all").get<int>(), method);
  }
  // The baselines are there too if only the other size is asked for, and do not depend on threads.
  const json one =
      json::parse(place.must("evaluate out/m.safetensors icons --size 48 --threads 1 --json"));
  const json two =
      json::parse(place.must("evaluate out/m.safetensors icons --size 48 --threads 2 --json"));
  BOOST_TEST(one == two);
  BOOST_TEST(one.at("sizes").at(0).at("baselines") == larger.at("baselines"));
  BOOST_TEST(place.must("evaluate out/m.safetensors icons").find("worst") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_model_is_upsampled) {
  const Workplace& place = trained();
  place.must("upsample out/m.safetensors --size 48 --data icons --shapes off -o up");
  const chorus::Image up = chorus::read_png(place.path("up/key.png"));
  BOOST_TEST(up.width == 48U);
  BOOST_TEST(chorus::read_png(place.path("up/contact_sheet.png")).width > 5 * 48U);
}

BOOST_AUTO_TEST_CASE(an_upsampled_drawing_is_nearer_to_the_truth) {
  const Workplace& place = trained();
  const auto error = [&](const char* folder) {
    return chorus::mean_squared_error(
        chorus::read_png(place.path(fmt::format("{}/folder.png", folder))),
        chorus::read_png(place.path("icons/48/folder.png")));
  };
  const std::string out = place.must("upsample out/m.safetensors --size 48 --data icons -o drawn");
  BOOST_TEST(out.find("of 4 images are written as exact drawings") != std::string::npos, out);
  BOOST_TEST(out.find("With drawings where they are written") != std::string::npos, out);
  place.must("upsample out/m.safetensors --size 48 --data icons --shapes off -o decoded");
  BOOST_TEST(error("drawn") < error("decoded"));
  // Without the training images the network's pixels stay, unless drawings are asked for.
  place.must("upsample out/m.safetensors --size 48 -o plain");
  BOOST_TEST(place.same_bytes("plain/folder.png", "decoded/folder.png"));
  place.must("upsample out/m.safetensors --size 48 --shapes on -o all");
  BOOST_TEST(!place.same_bytes("all/folder.png", "decoded/folder.png"));
  place.must_fail(2, "upsample out/m.safetensors --shapes perhaps -o x", "perhaps");
}

BOOST_AUTO_TEST_CASE(walks_between_images_are_written) {
  const Workplace& place = trained();
  place.must("interpolate out/m.safetensors key folder --frames 5 --size 32 -o path");
  for (const char* file : {"frame_000.png", "frame_004.png", "strip.png", "animation.png"})
    BOOST_TEST(fs::exists(place.path(std::string("path/") + file)), file);
  const std::string loop =
      place.must("interpolate out/m.safetensors key folder about --frames 3 --size 16 -o loop");
  BOOST_TEST(std::count(loop.begin(), loop.end(), '\n') == 3);
  BOOST_TEST(fs::exists(place.path("loop/frame_006.png")));
  BOOST_TEST(!fs::exists(place.path("loop/frame_007.png")));
  BOOST_TEST(place.same_bytes("loop/frame_000.png", "loop/frame_006.png"));
  place.must("interpolate out/m.safetensors key folder about --open --frames 3 --size 16 -o open");
  BOOST_TEST(!fs::exists(place.path("open/frame_005.png")));
  BOOST_TEST(place.same_bytes("loop/frame_004.png", "open/frame_004.png"));
  for (const char* path : {"linear", "spherical"}) {
    place.must(fmt::format(
        "interpolate out/m.safetensors key folder --path {0} --frames 3 --size 32 -o {0}", path));
    BOOST_TEST(place.same_bytes(fmt::format("{}/frame_000.png", path), "path/frame_000.png"));
    BOOST_TEST(!place.same_bytes(fmt::format("{}/frame_001.png", path), "path/frame_002.png"));
  }
  place.must("interpolate out/m.safetensors --best-pairs 2 --frames 3 --size 16 -o pairs");
  BOOST_TEST(std::distance(fs::directory_iterator(place.path("pairs")), {}) == 2);
  place.must_fail(1, "interpolate out/m.safetensors key fold -o path", "folder");
  place.must_fail(1, "interpolate out/m.safetensors --best-pairs 3 -o path", "6 images");
}

BOOST_AUTO_TEST_CASE(images_of_all_sizes_and_names_are_upsampled_and_compared) {
  const Workplace place;
  const auto add = [&](const char* file, std::size_t width, std::size_t height) {
    fs::create_directories(place.path(file).parent_path());
    chorus::write_png(place.path(file), chorus::Image(width, height, 0.5F));
  };
  for (const char* folder : {"flat", "sized/24"}) {
    add(fmt::format("{}/a.png", folder).c_str(), 24, 24);
    add(fmt::format("{}/contact_sheet.png", folder).c_str(), 24, 15);
  }
  add("flat/b.png", 48, 48);
  add("sized/48/a.png", 48, 48);
  add("sized/48/b.png", 48, 48);
  add("sized/48/contact_sheet.png", 48, 31);  // not 30, which 15 of 24 would give
  place.must("train flat -o m.safetensors --width 16 --latent 4 --threads 1 --steps 3");
  const std::string out =
      place.must("upsample m.safetensors --size 48 --data sized -o up --threads 1");
  BOOST_TEST(out.find("(3): network") != std::string::npos, out);
  BOOST_TEST(out.find("of 3\n") != std::string::npos, out);  // bicubic is known for all of them
  BOOST_TEST(chorus::read_png(place.path("up/contact_sheet.png")).height == 31U);
  BOOST_TEST(chorus::read_png(place.path("up/_contact_sheet.png")).height > 3 * 48U);
  BOOST_TEST(place.must("upsample m.safetensors --sheet-rows 2 --size 8 -o up --threads 1")
                 .find("2 of the 3 images") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_printed_is_not_lost) {
  const Workplace place;
  const auto train = [&](const std::string& more) {
    return place.run("train icons --size 24 --width 16 --latent 8 --threads 1 " + more);
  };
  // Nobody reads on after the first line.
  train("--seconds 20 -o pipe.safetensors 2> /dev/null | head -n 1");
  place.must("evaluate pipe.safetensors icons --size 24");
  // Printed text does not end up in a file that is opened while standard output is closed.
  train("--steps 20 -o closed.safetensors >&- ; :");
  place.must("evaluate closed.safetensors icons --size 24");
  std::ifstream metrics(place.path("closed.metrics.jsonl"));
  for (std::string line; std::getline(metrics, line);) BOOST_TEST(json::accept(line), line);

  BOOST_TEST(train("--steps 20 -o full.safetensors --metrics /dev/full").err.find("lacks lines") !=
             std::string::npos);
  BOOST_TEST(place.run("info pipe.safetensors > /dev/full 2> /dev/null || echo failed").out ==
             "failed\n");
  BOOST_TEST(place.run("info absent.safetensors 2> /dev/full || echo $?").out == "1\n");
}

BOOST_AUTO_TEST_CASE(held_out_images_are_fitted) {
  const Workplace place;
  place.must("train icons" + small + "--steps 60 --hold-out-images 0.5 -o m.safetensors");
  BOOST_TEST(json::parse(place.must("info m.safetensors --json")).at("images").size() == 2U);
  const std::string fit =
      "fit m.safetensors icons --size 24 --threads 1 --latent-steps 20 "
      "--shift-steps 20 ";
  const json fitted = json::parse(place.must(fit + "--modulations --json -o f.safetensors"));
  BOOST_TEST(fitted.at("count") == 2);
  // 12.9 dB with a single step, 14.1 and 16.9 dB with these; 11.6 and 13.1 dB without training.
  for (const auto& [stage, least_db] :
       {std::pair("latent", 13.5), std::pair("modulations", 15.5)}) {
    BOOST_TEST(fitted.at(stage).at("psnr_mean").get<double>() > least_db, stage);
    BOOST_TEST(fitted.at(stage).at("seconds_per_image").get<double>() > 0, stage);
  }
  const json scores = json::parse(place.must("evaluate f.safetensors icons --size 24 --json"));
  BOOST_TEST(scores.at("sizes").at(0).at("psnr_mean") == fitted.at("modulations").at("psnr_mean"));
  BOOST_TEST(place.must(fit + "-o g.safetensors").find("latent") != std::string::npos);
  place.must_fail(1, "fit f.safetensors icons --size 7 -o g.safetensors", "7");
  trained().must_fail(1, "fit out/m.safetensors icons --size 24 -o out/h.safetensors", "--all");
}

BOOST_AUTO_TEST_CASE(a_study_runs_each_seed_once) {
  const Workplace place;
  const std::string study = "study icons" + small + "--steps 10 --seeds 2 ";
  place.must(study + "--protocol pixels -o pixels");
  const json first = json::parse(chorus::read_file(place.path("pixels/study.json")));
  const json& measure = first.at("measures").at(0);
  const double a = measure.at("values").at(0), b = measure.at("values").at(1);
  BOOST_TEST(measure.at("mean").get<double>() == (a + b) / 2, boost::test_tools::tolerance(1e-9));
  // Two values: t = 12.706, and the standard error is half their distance.
  BOOST_TEST(measure.at("half_width_95").get<double>() == 12.706 * std::abs(a - b) / 2,
             boost::test_tools::tolerance(1e-6));
  fs::remove(place.path("pixels/seed_1.safetensors"));
  BOOST_TEST(place.must(study + "--protocol pixels -o pixels").find("finished before") !=
             std::string::npos);
  BOOST_TEST(!fs::exists(place.path("pixels/seed_1.safetensors")));
  BOOST_TEST((json::parse(chorus::read_file(place.path("pixels/study.json"))) == first));
  place.must_fail(1, study + "--hidden-layers 2 --protocol pixels -o pixels", "settings");
  place.must(study + "--protocol resolutions -o resolutions");
  place.must("study icons" + small + "--steps 5 --seeds 1 --protocol images -o images");
}

BOOST_AUTO_TEST_CASE(a_damaged_seed_of_a_study_is_named) {
  const Workplace place;
  const std::string study = "study icons" + small + "--steps 3 --seeds 2 --protocol pixels -o s";
  place.must(study);
  const fs::path file = place.path("s/seed_2.json");
  const std::string whole = chorus::read_file(file);
  const auto refuse = [&](const std::string& content, const std::string& reason) {
    std::ofstream(file) << content;
    place.must_fail(1, study, "seed_2.json: ");
    place.must_fail(1, study, reason);
  };
  const auto refuse_edited = [&](const std::function<void(json&)>& edit,
                                 const std::string& reason) {
    nlohmann::ordered_json seed = nlohmann::ordered_json::parse(whole);
    json result = seed.at("result");
    edit(result);
    seed["result"] = result;
    refuse(seed.dump(), reason);
  };
  for (const char* key : {"psnr_held_out", "psnr_held_out_mean", "psnr_kept"})
    refuse_edited([&](json& result) { result.at("held_out").erase(key); }, key);
  refuse_edited([](json& result) { result.at("held_out").at("wins_over_all") = nullptr; }, "null");
  refuse_edited([](json& result) { result.erase("held_out"); }, "held_out");
  refuse("", "not valid JSON");
  refuse("{}", "\"settings\"");
  refuse(whole.substr(0, whole.size() / 2), "not valid JSON");
  refuse(std::string(200'000, '[') + std::string(200'000, ']'), "nested deeper");

  nlohmann::ordered_json seed = nlohmann::ordered_json::parse(whole);
  seed["result"]["held_out"].erase("baselines");
  std::ofstream(file) << seed.dump();
  place.must_fail(1, study, "seed number 2 of the study has other measures");
}

BOOST_AUTO_TEST_CASE(a_study_takes_no_seed_of_another_one) {
  const Workplace place;
  const std::string study = "study icons" + small + "--steps 3 --seeds 1 --protocol pixels -o s ";
  place.must(study);
  const std::map<std::string, std::string> others = {{"--area-flat-pixels 3", "area_flat_pixels"},
                                                     {"--area-edge-pixels 6", "area_edge_pixels"},
                                                     {"--background black", "background"},
                                                     {"--workers 3", "workers"},
                                                     {"--backend reference", "backend"}};
  for (const auto& [flags, setting] : others) place.must_fail(1, study + flags, setting);
  place.must(study);
  fs::copy_file(place.path("icons/24/key.png"), place.path("icons/24/camera.png"),
                fs::copy_options::overwrite_existing);
  place.must_fail(1, study, "pictures");
}

BOOST_AUTO_TEST_SUITE_END()
