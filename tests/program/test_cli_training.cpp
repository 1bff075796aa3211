#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "chorus/pictures.hpp"
#include "files.hpp"
#include "safetensors.hpp"
#include "siren_names.hpp"
#include "split.hpp"
#include "workplace.hpp"

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(cli_training)

BOOST_AUTO_TEST_CASE(a_training_that_diverges_says_so) {
  const Workplace place;
  place.must_fail(1,
                  "train icons" + small +
                      "--steps 300 --hidden-layers 12 --learning-rate 1000 --omega-hidden 100000 "
                      "-o m.safetensors",
                  "--learning-rate");
}

BOOST_AUTO_TEST_CASE(every_head_is_trained_where_it_is_asked_for) {
  const Workplace place;
  for (const auto& [head, name] : enum_names<Head>.entries()) {
    place.must(
        fmt::format("train icons{}--steps 2 --head {} -o {}.safetensors", small, name, name));
    const std::string info = place.must(fmt::format("info {}.safetensors --json", name));
    BOOST_TEST(json::parse(info).at("network").at("head") == name);
  }
}

BOOST_AUTO_TEST_CASE(same_seed_same_bits) {
  const Workplace place;
  place.must("train icons" + small + "--steps 40 -o a.safetensors");
  place.must("train icons" + small + "--steps 40 -o b.safetensors");
  place.must("train icons" + small + "--steps 40 --seed 2 -o c.safetensors");
  BOOST_TEST(place.same_bytes("a.safetensors", "b.safetensors"));
  BOOST_TEST(!place.same_bytes("a.safetensors", "c.safetensors"));
}

BOOST_AUTO_TEST_CASE(held_out_pixels_are_scored_and_never_read) {
  const Workplace place;
  const std::string options =
      "--threads 1 --width 32 --latent 8 --steps 40 --seed 5 --hold-out-pixels 0.25 ";
  std::size_t index = 0;
  for (const char* folder : {"clean", "poisoned"}) fs::create_directories(place.path(folder));
  for (const char* name : {"about.png", "camera.png", "folder.png", "key.png"}) {
    chorus::Image image = chorus::read_png(place.path("icons/24") / name);
    chorus::write_png(place.path("clean") / name, image);
    const auto mask = chorus::held_out_pixels(5, index++, 24, 24, 0.25);
    for (std::size_t p = 0; p < mask.size(); ++p)
      if (mask[p]) image.values[3 * p + p % 3] = static_cast<float>(p % 7) / 7;
    chorus::write_png(place.path("poisoned") / name, image);
  }
  place.must("train clean -o a.safetensors " + options);
  place.must("train poisoned -o b.safetensors " + options);
  BOOST_TEST(place.same_bytes("a.safetensors", "b.safetensors"));
  const auto scores = [&](const char* data) {
    return json::parse(place.must(fmt::format("evaluate a.safetensors {} --json", data)))
        .at("held_out");
  };
  const json clean = scores("clean"), poisoned = scores("poisoned");
  BOOST_TEST(clean.at("psnr_kept") == poisoned.at("psnr_kept"));
  BOOST_TEST(clean.at("psnr_kept_mean") == poisoned.at("psnr_kept_mean"));
  for (const char* method : {"nearest", "linear", "cubic", "biharmonic"}) {
    const json& baseline = clean.at("baselines").at(method);
    BOOST_TEST(baseline.at("psnr_pooled").get<double>() > 10, method);
    BOOST_TEST(baseline.at("wins").get<int>() >= clean.at("wins_over_all").get<int>(), method);
  }
  BOOST_TEST(clean.at("psnr_held_out") != poisoned.at("psnr_held_out"));
  BOOST_TEST(clean.at("fraction") == 0.25);
  BOOST_TEST(clean.at("images") == 4);
  std::ifstream metrics(place.path("a.metrics.jsonl"));
  std::size_t tracked = 0;
  for (std::string line; std::getline(metrics, line);) {
    const json entry = json::parse(line);
    if (!entry.contains("held_out")) continue;
    ++tracked;
    BOOST_TEST(entry.at("held_out").at("psnr_held_out").get<double>() > 3);
  }
  BOOST_TEST(tracked >= 10U);
  place.must_fail(2, "train clean -o c.safetensors --hold-out-pixels 1", "--hold-out-pixels");
}

BOOST_AUTO_TEST_CASE(heads_are_chosen_and_reported) {
  const Workplace place;
  const auto info = [&](const std::string& flags) {
    place.must("train icons" + small + "--steps 5 --overwrite -o h.safetensors " + flags);
    place.must("interpolate h.safetensors key folder --frames 3 --size 16 -o path");
    return json::parse(place.must("info h.safetensors --json"));
  };
  const json chosen = info("");  // icons: a palette of colours
  BOOST_TEST(chosen.at("network").at("head") == "palette");
  BOOST_TEST(chosen.at("per_image").at("latent") == 8);
  const int entries = chosen.at("network").at("palette_size");
  BOOST_TEST(entries >= 12);
  BOOST_TEST(chosen.at("per_image").at("side_information") == 3 * entries);
  BOOST_TEST(chosen.at("per_image").at("bytes") == 4 * (8 + 3 * entries));
  BOOST_TEST(chosen.at("numbers").at("palettes") == 4 * 3 * entries);
  BOOST_TEST(place.must("info h.safetensors").find("side information") != std::string::npos);

  const json rgb = info("--head rgb");
  BOOST_TEST(rgb.at("network").at("head") == "rgb");
  BOOST_TEST(rgb.at("per_image").at("side_information") == 0);
  const json fields = info("--head palette --palette-size 5 --palette-fields affine");
  BOOST_TEST(fields.at("per_image").at("side_information") == 45);
  const json predicted = info("--head palette --palette predicted");
  BOOST_TEST(predicted.at("per_image").at("side_information") == 0);
  for (const char* wrong : {"--head hydra", "--palette-size 1", "--palette-size many",
                            "--palette stolen", "--palette-fields wavy", "--area-from 2",
                            "--taught-from 2", "--taught-edge-pixels 0", "--taught-samples 65"})
    place.must_fail(2, std::string("train icons --size 24 -o n.safetensors ") + wrong,
                    std::string(wrong).substr(0, std::string(wrong).find(' ')));
}

BOOST_AUTO_TEST_CASE(tracking_only_looks) {
  const Workplace place;
  const std::string options = small + "--steps 60 ";
  place.must("train icons" + options + "-o a.safetensors");
  place.must("train icons" + options + "--track icons -o b.safetensors");
  BOOST_TEST(place.same_bytes("a.safetensors", "b.safetensors"));
  place.must_fail(1, "train icons/24 -o c.safetensors --track icons/24",
                  "no images of a size other");
  std::ifstream metrics(place.path("b.metrics.jsonl"));
  json last;
  std::size_t described = 0, tracked = 0;
  for (std::string text; std::getline(metrics, text);) {
    const json line = json::parse(text);
    described += line.contains("run");
    tracked += line.contains("sizes");
    if (line.contains("sizes")) last = line;
  }
  BOOST_TEST(described == 1U);
  BOOST_TEST(tracked >= 10U);
  const json scores = json::parse(place.must("evaluate b.safetensors icons --size 48 --json"));
  BOOST_TEST(last.at("sizes").at("48").at("psnr_pooled") ==
             scores.at("sizes").at(0).at("psnr_pooled"));
  BOOST_TEST(last.at("baselines").at("sizes").at("48").at("bicubic").at("psnr_mean") ==
             scores.at("sizes").at(0).at("baselines").at("bicubic").at("psnr_mean"));
}

BOOST_AUTO_TEST_CASE(an_interrupted_training_goes_on_exactly) {
  const Workplace place;
  const std::string steps = "--steps 10000 ";
  place.must("train icons" + small + steps + "-o whole.safetensors");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) {
    const std::string model = fmt::format("cut{}.safetensors", signal);
    BackgroundTraining training(place, "train icons" + small + steps + "-o " + model);
    training.wait_for(fmt::format("cut{}.state.safetensors", signal));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    const int status = training.stop(signal);
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 1));
    BOOST_TEST(chorus::read_file(place.path("bg_err.txt")).find("--resume") != std::string::npos);
    place.must("evaluate " + model + " icons --size 24");
    place.must("train icons --size 24 --threads 2 --resume -o " + model);
    BOOST_TEST(place.same_bytes("whole.safetensors", model));
  }
}

BOOST_AUTO_TEST_CASE(a_training_that_is_taught_goes_on_exactly) {
  const Workplace place;
  const std::string taught = "train icons" + small + "--steps 5000 --taught-from 0.4 -o ";
  place.must("train icons" + small + "--steps 5000 -o alone.safetensors");
  const std::string said = place.must(taught + "whole.safetensors");
  BOOST_TEST(said.find("of 4 images are drawn") != std::string::npos, said);
  BOOST_TEST(!place.same_bytes("alone.safetensors", "whole.safetensors"));
  const auto said_so_far = [&] { return chorus::read_file(place.path("bg.txt")); };
  for (const char* after : {"backend", "images are drawn"}) {
    const std::string model = fmt::format("cut_{}.safetensors", *after);
    BackgroundTraining training(place, taught + model);
    training.wait_for("bg.txt");
    training.wait_until([&] { return said_so_far().find(after) != std::string::npos; });
    training.stop(SIGINT);
    place.run("train icons --size 24 --threads 2 --resume -o " + model);  // or it had just ended
    BOOST_TEST(place.same_bytes("whole.safetensors", model));
  }
}

BOOST_AUTO_TEST_CASE(a_training_of_paths_is_recorded_and_goes_on_exactly) {
  const Workplace place;
  const std::string taught = "train icons" + small +
                             "--steps 3000 --paths 5 --hold-out-pairs 0.4 --path-frames 3 "
                             "--path-frames-per-step 2 -o ";
  const std::string said = place.must(taught + "whole.safetensors");
  BOOST_TEST(said.find("3 paths are taught, 2 held out; 9 frames") != std::string::npos, said);
  const TensorFile file = read_safetensors(place.path("whole.safetensors"));
  const json paths = json::parse(file.metadata.at("paths"));
  BOOST_TEST(paths.at("trained").size() == 3U);
  BOOST_TEST(paths.at("held_out").size() == 2U);
  BOOST_TEST(paths.at("frames") == 3);
  BackgroundTraining training(place, taught + "cut.safetensors");
  training.wait_for("bg.txt");
  training.wait_until([&] {
    return chorus::read_file(place.path("bg.txt")).find("are taught") != std::string::npos;
  });
  training.stop(SIGINT);
  place.run("train icons --size 24 --threads 2 --resume -o cut.safetensors");
  BOOST_TEST(place.same_bytes("whole.safetensors", "cut.safetensors"));
  const json scores = json::parse(
      place.must("evaluate whole.safetensors icons --size 24 --paths --json"))["paths"]["taught"];
  for (const char* group : {"trained", "held_out"})
    for (const char* path : {"linear", "spherical", "learned", "morph", "crossfade", "wipe"})
      BOOST_TEST(scores.at(group).at(path).at("psnr_morph").is_number(), group << " " << path);
  BOOST_TEST(scores.at("trained").at("network_free").at("length").is_number());
}

BOOST_AUTO_TEST_CASE(paths_that_cannot_be_taught_are_refused) {
  const Workplace place;
  const std::string train = "train icons" + small + "--steps 2 -o m.safetensors ";
  place.must_fail(1, train + "--paths 7", "--paths is 7; the 4 images have 6 pairs");
  place.must_fail(1, train + "--paths 3 --hold-out-pixels 0.1", "--hold-out-pixels");
  place.must_fail(1, train + "--paths 3 --images-per-step 2", "--images-per-step 4");
  place.must_fail(1, train + "--paths 1 --hold-out-pairs 0.9", "--hold-out-pairs");
  place.must_fail(2, train + "--hold-out-pairs 0.5", "--paths");
  place.must_fail(2, train + "--paths 3 --path-pairs nearest", "nearest");
  place.must("train icons" + small + "--steps 2 -o plain.safetensors");
  place.must_fail(1, "evaluate plain.safetensors icons --paths --pairs-of plain.safetensors",
                  "was taught no paths");
}

/// Changes the settings in a state, which gets a right checksum again.
void edit_state(const fs::path& file, const std::function<void(json&)>& edit) {
  chorus::TensorFile state = chorus::read_safetensors(file);
  json training = json::parse(state.metadata.at("training"));
  edit(training);
  state.metadata["training"] = training.dump();
  chorus::write_safetensors(file, state);
}

BOOST_AUTO_TEST_CASE(a_state_with_settings_that_no_flag_gives_is_refused) {
  const Workplace place;
  place.must("train icons" + small + "--steps 3 -o m.safetensors");
  const fs::path state = place.path("m.state.safetensors");
  const std::string whole = chorus::read_file(state);
  const auto refuse = [&](const std::function<void(json&)>& edit, const std::string& reason) {
    std::ofstream(state, std::ios::binary) << whole;
    edit_state(state, edit);
    place.must_fail(1, "train icons --size 24 --resume -o m.safetensors", reason);
  };
  const auto refuse_value = [&](const char* key, const json& value) {
    refuse([&](json& training) { training.at(key) = value; },
           fmt::format("{} is {}", key, value.dump()));
  };
  refuse_value("area_samples", 4294967296U);
  refuse_value("area_samples", 0.5);
  refuse_value("blended_samples", 4294967296U);
  refuse_value("flat_pixels", std::uint64_t{1} << 63U);
  refuse_value("flat_pixels", -1);
  refuse_value("edge_pixels", 1e38);
  refuse_value("images_per_step", "all");
  refuse_value("seed", -1);
  refuse_value("learning_rate", 1e300);
  refuse_value("learning_rate", nullptr);
  refuse_value("area_from", -0.5);
  refuse_value("area_jitter", 1.5);
  refuse_value("elapsed_seconds", -1);
  refuse([](json& training) { training["limit"]["amount"] = 0; }, "amount is 0");
  refuse([](json& training) { training["limit"]["kind"] = "days"; }, "kind is \"days\"");
  refuse([](json& training) { training["flat_pixels"] = training["edge_pixels"] = 0; },
         "without pixels");
  refuse([](json& training) { training.erase("beta1"); }, "beta1");
}

BOOST_AUTO_TEST_CASE(foreign_lines_among_the_metrics_do_no_harm) {
  const Workplace place;
  BackgroundTraining training(place, "train icons -o m.safetensors --steps 10000" + small);
  training.wait_for("m.metrics.jsonl");
  training.stop(SIGINT);
  std::ofstream(place.path("m.metrics.jsonl"), std::ios::app)
      << R"({"step": "two"})"
      << "\n"
      << R"({"sizes": {"large": {"psnr_pooled": 1}}})"
      << "\n"
      << R"({"step": 1, "sizes": )" << std::string(200'000, '[') << std::string(200'000, ']')
      << "}\n"
      << R"({"step": 1, "loss": 1e999})"
      << "\n"
      << R"({"step": )";
  place.must("train icons --size 24 --resume -o m.safetensors");

  std::ofstream(place.path("m.metrics.jsonl"), std::ios::app)
      << R"({"sizes": {"large": {"psnr_pooled": 1}}})"
      << "\n";
  place.must("report m.safetensors -o report");
  std::ofstream(place.path("m.metrics.jsonl"), std::ios::app)
      << R"({"seconds": 1, "held_out": {"psnr_kept": 1}, "baselines": {"held_out": {"zero": 1}}})"
      << "\n";
  place.must_fail(1, "report m.safetensors -o report", "the metrics are not those of a training");
}

BOOST_AUTO_TEST_CASE(a_killed_training_leaves_whole_files) {
  const Workplace place;
  for (int round = 0; round < 6; ++round) {
    BackgroundTraining training(
        place, "train icons" + small +
                   "--seconds 60 --checkpoint-seconds 0.1 --overwrite -o k.safetensors");
    training.wait_for("k.safetensors");
    std::this_thread::sleep_for(std::chrono::milliseconds(37 * round));
    const int status = training.stop(SIGKILL);
    BOOST_TEST(WIFSIGNALED(status));
    place.must("evaluate k.safetensors icons --size 24");
  }
  BackgroundTraining resumed(place, "train icons --size 24 --threads 2 --resume -o k.safetensors");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  BOOST_TEST(WIFEXITED(resumed.stop(SIGINT)));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_said_and_loses_nothing) {
  const Workplace place;
  place.must("train icons" + small + "--steps 20 -o m.safetensors");
  const std::string before = chorus::read_file(place.path("m.safetensors"));
  // A limit on the size of files stands in for the disk; blocks of 512 or 1024 bytes.
  place.must_fail(1, "train icons" + small + "--steps 20 --overwrite -o m.safetensors",
                  "m.state.safetensors", "ulimit -f 4; trap '' XFSZ;");
  BOOST_TEST(chorus::read_file(place.path("m.safetensors")) == before);
  for (const auto& entry : fs::directory_iterator(place.path("")))
    BOOST_TEST(entry.path().filename().string().find("tmp") == std::string::npos, entry.path());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_fails_half_way_leaves_the_one_before) {
  const Workplace place;
  BackgroundTraining training(
      place, "train icons" + small + "--seconds 60 --checkpoint-seconds 0.1 -o m.safetensors",
      "trap '' XFSZ;");
  training.wait_for("m.safetensors");
  training.limit_file_size(fs::file_size(place.path("m.safetensors")) / 2);
  const auto wait_for_warnings = [&](std::ptrdiff_t count) {
    training.wait_until([&] {
      std::istringstream out(chorus::read_file(place.path("bg.txt")));
      std::ptrdiff_t warnings = 0;
      for (std::string line; std::getline(out, line);)
        warnings += line.find("warning: no checkpoint: cannot write m.s") != std::string::npos;
      return warnings >= count;
    });
  };
  wait_for_warnings(1);
  const auto files = [&] {
    return std::pair(chorus::read_file(place.path("m.safetensors")),
                     chorus::read_file(place.path("m.state.safetensors")));
  };
  const auto before = files();
  wait_for_warnings(3);
  const int status = training.stop(SIGINT);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 1));
  const std::string error = chorus::read_file(place.path("bg_err.txt"));
  BOOST_TEST(error.starts_with("chorus: cannot write m.s"), error);
  BOOST_TEST(std::count(error.begin(), error.end(), '\n') == 1, error);
  BOOST_TEST((files() == before));
  for (const auto& entry : fs::directory_iterator(place.path("")))
    BOOST_TEST(entry.path().filename().string().find("tmp") == std::string::npos, entry.path());
  place.must("evaluate m.safetensors icons --size 24");
}

BOOST_AUTO_TEST_CASE(a_state_that_cannot_be_written_does_not_cost_the_model) {
  const Workplace place;
  BackgroundTraining training(place, "train icons" + small + "--seconds 60 -o m.safetensors");
  training.wait_for("m.state.safetensors");
  fs::remove(place.path("m.state.safetensors"));
  fs::create_directory(place.path("m.state.safetensors"));
  const int status = training.stop(SIGINT);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 1));
  BOOST_TEST(chorus::read_file(place.path("bg_err.txt")).find("m.state.safetensors") !=
             std::string::npos);
  place.must("evaluate m.safetensors icons --size 24");
}

BOOST_AUTO_TEST_CASE(other_images_are_not_resumed_on) {
  const Workplace place;
  {
    BackgroundTraining training(place, "train icons" + small + "--seconds 60 -o m.safetensors");
    training.wait_for("m.state.safetensors");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    training.stop(SIGINT);
  }
  fs::remove(place.path("icons/24/key.png"));
  place.must_fail(1, "train icons --size 24 --resume -o m.safetensors", "other images");
}

BOOST_AUTO_TEST_SUITE_END()
