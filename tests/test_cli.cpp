#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "chorus/files.hpp"
#include "chorus/png.hpp"
#include "chorus/split.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Outcome {
  int status = 0;
  std::string out, err;
};

/// A folder with a few small icons, and the program run inside it through the shell.
class Workplace {
 public:
  Workplace() {
    fs::create_directories(path("icons/24"));
    fs::create_directories(path("icons/48"));
    for (const char* name : {"about", "camera", "folder", "key"})
      for (const char* size : {"24", "48"})
        fs::copy_file(fs::path(CHORUS_DATA_DIR) / "icons" / size / (std::string(name) + ".png"),
                      path(fmt::format("icons/{}/{}.png", size, name)));
  }

  fs::path path(const std::string& relative) const { return folder_.path() / relative; }

  Outcome run(const std::string& arguments, const std::string& before = "") const {
    const std::string command =
        fmt::format("cd '{}' && {} '{}' {} > out.txt 2> err.txt < /dev/null",
                    folder_.path().string(), before, CHORUS_PROGRAM, arguments);
    const int status = std::system(command.c_str());
    BOOST_REQUIRE(WIFEXITED(status));
    return {WEXITSTATUS(status), chorus::read_file(path("out.txt")),
            chorus::read_file(path("err.txt"))};
  }

  /// Runs a command that must succeed.
  std::string must(const std::string& arguments) const {
    const Outcome outcome = run(arguments);
    BOOST_REQUIRE_MESSAGE(outcome.status == 0, arguments << "\n" << outcome.out << outcome.err);
    return outcome.out;
  }

  /// Runs a command that must fail with `status` and one line that contains `reason`.
  void must_fail(int status, const std::string& arguments, const std::string& reason,
                 const std::string& before = "") const {
    const Outcome outcome = run(arguments, before);
    BOOST_TEST(outcome.status == status, arguments << "\n" << outcome.err);
    BOOST_TEST(outcome.err.find(reason) != std::string::npos,
               arguments << ": expected \"" << reason << "\" in: " << outcome.err);
    BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1, outcome.err);
  }

  bool same_bytes(const std::string& a, const std::string& b) const {
    return chorus::read_file(path(a)) == chorus::read_file(path(b));
  }

 private:
  TemporaryFolder folder_;
};

const std::string small = " --size 24 --width 32 --latent 8 --threads 2 ";

/// Starts a training in the background; returns once its first state file is there.
class BackgroundTraining {
 public:
  BackgroundTraining(const Workplace& place, const std::string& arguments) : place_(place) {
    const std::string command =
        fmt::format("cd '{}' && exec '{}' {} > bg.txt 2> bg_err.txt < /dev/null",
                    place.path("").string(), CHORUS_PROGRAM, arguments);
    child_ = fork();
    BOOST_REQUIRE(child_ >= 0);
    if (child_ == 0) {
      execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      _exit(127);
    }
  }
  ~BackgroundTraining() {
    if (child_ > 0) stop(SIGKILL);
  }

  void wait_for(const std::string& file) const {
    for (int i = 0; i < 2000 && !fs::exists(place_.path(file)); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_REQUIRE(fs::exists(place_.path(file)));
  }

  /// Sends a signal and waits for the end; the status as of waitpid.
  int stop(int signal) {
    kill(child_, signal);
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return status;
  }

 private:
  const Workplace& place_;
  pid_t child_ = -1;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cli)

BOOST_AUTO_TEST_CASE(help_is_there_for_every_command) {
  const Workplace place;
  BOOST_TEST(place.must("--help").find("train") != std::string::npos);
  for (const char* command : {"train", "evaluate", "upsample", "interpolate", "pairs",
                              "known-truth", "fit", "study", "report", "info", "bench"})
    BOOST_TEST(place.must(std::string(command) + " --help").size() > 200U, command);
  BOOST_TEST(place.must("--version").starts_with("chorus "));
  BOOST_TEST(place.must("info").find("cpu:avx2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_use_is_status_2) {
  const Workplace place;
  place.must_fail(2, "", "subcommand");
  place.must_fail(2, "frobnicate", "frobnicate");
  place.must_fail(2, "train", "data");
  place.must_fail(2, "train icons --size 24", "--output");
  place.must_fail(2, "train icons -o m --width none", "none");
  place.must_fail(2, "train icons -o m --width 0", "--width");
  place.must_fail(2, "train icons -o m --width -4", "--width");
  place.must_fail(2, "train icons -o m --steps 1.5", "1.5");
  place.must_fail(2, "train icons -o m --steps 10 --seconds 5", "--steps");
  place.must_fail(2, "train icons -o m --learning-rate -1", "--learning-rate");
  place.must_fail(2, "train icons -o m --learning-rate nan", "--learning-rate");
  place.must_fail(2, "train icons -o m --omega-first inf", "0.001 to 100000");
  place.must_fail(2, "train icons -o m --omega-hidden nan", "--omega-hidden");
  place.must_fail(2, "train icons -o m --seconds nan", "--seconds");
  place.must_fail(2, "train icons -o m --epochs nan", "--epochs");
  place.must_fail(2, "train icons -o m --checkpoint-seconds nan", "--checkpoint-seconds");
  place.must_fail(2, "train icons -o m --seed -1", "-1 is not a whole number");
  place.must_fail(2, "train icons -o m --seed 18446744073709551616", "--seed");
  place.must_fail(2, "train icons -o m --flat-pixels 0 --edge-pixels 0", "--edge-pixels");
  place.must_fail(2, "train icons -o m --conditioning telepathy", "telepathy");
  place.must_fail(2, "train icons -o m --background mauve", "mauve");
  place.must_fail(2, "train icons -o m --resume --width 64", "--resume");
  place.must_fail(2, "train icons -o m --unknown-flag", "--unknown-flag");
  place.must_fail(2, "interpolate m -o d", "--best-pairs");
  place.must_fail(2, "interpolate m one -o d", "two names");
  place.must_fail(2, "interpolate m one two --path round -o d", "round");
  place.must_fail(2, "interpolate m one two --best-pairs 2 -o d", "--best-pairs");
  place.must_fail(2, "upsample m --size 0 -o d", "--size");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_status_1) {
  const Workplace place;
  place.must_fail(1, "train nowhere -o m.safetensors", "nowhere");
  place.must_fail(1, "train icons -o m.safetensors", "24, 48");
  place.must_fail(1, "train icons --size 32 -o m.safetensors", "32");
  place.must_fail(1, "train icons --size 24 -o /proc/no/m.safetensors", "/proc/no");
  place.must_fail(1, "train icons --size 24 -o m.safetensors --backend cuda", "cuda");
  place.must_fail(1, "train icons --size 24 -o m.safetensors --backend abacus", "cpu:base");
  place.must_fail(1, "train icons --size 24 -o m.safetensors --resume", "m.state.safetensors");
  place.must_fail(1, "evaluate nothing.safetensors icons", "nothing.safetensors");
  place.must_fail(1, "evaluate icons/24/key.png icons", "key.png");
  place.must_fail(1, "train icons --size 24 --steps 3 -o icons", "icons");
  place.must_fail(1, "train icons --size 24 --steps 3 -o ''", "name of a file");
  BOOST_TEST(!fs::exists(place.path("icons.state.safetensors")));
  BOOST_TEST(!fs::exists(place.path("m.safetensors")));
  std::ofstream(place.path("icons/24/broken.png")) << "no picture";
  place.must_fail(1, "train icons --size 24 -o m.safetensors", "broken.png");
}

BOOST_AUTO_TEST_CASE(the_whole_way) {
  const Workplace place;
  const std::string out = place.must("train icons" + small + "--steps 150 -o out/m.safetensors");
  BOOST_TEST(out.find("PSNR") != std::string::npos);
  BOOST_TEST(out.find('\r') == std::string::npos);  // plain lines in a file

  const json scores = json::parse(place.must("evaluate out/m.safetensors icons --json"));
  BOOST_TEST(scores.at("model") == "out/m.safetensors");
  BOOST_REQUIRE(scores.at("sizes").size() == 2U);
  for (const json& size : scores.at("sizes")) {
    BOOST_TEST(size.at("images").size() == 4U);
    BOOST_TEST(size.at("psnr_mean").get<double>() > 10);
    BOOST_TEST(size.at("psnr_pooled").get<double>() > 10);
    BOOST_TEST(size.at("ssim_mean").get<double>() > 0.1);
    for (const char* key : {"name", "psnr", "ssim"})
      BOOST_TEST(size.at("images").at(0).contains(key), key);
  }
  BOOST_TEST(scores.at("sizes").at(0).at("size") == 24);
  BOOST_TEST(!scores.at("sizes").at(0).contains("baselines"));  // the training size
  const json& larger = scores.at("sizes").at(1);
  BOOST_TEST(larger.at("baselines").size() == 4U);
  for (const char* method : {"nearest", "bilinear", "bicubic", "lanczos"}) {
    const json& baseline = larger.at("baselines").at(method);
    for (const char* key : {"psnr_mean", "psnr_pooled", "ssim_mean"})
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

  place.must("upsample out/m.safetensors --size 48 --data icons -o up");
  const chorus::Image up = chorus::read_png(place.path("up/key.png"));
  BOOST_TEST(up.width == 48U);
  BOOST_TEST(chorus::read_png(place.path("up/contact_sheet.png")).width > 5 * 48U);

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

BOOST_AUTO_TEST_CASE(a_training_that_diverges_says_so) {
  const Workplace place;
  place.must_fail(1,
                  "train icons" + small +
                      "--steps 300 --hidden-layers 12 --learning-rate 1000 --omega-hidden 100000 "
                      "-o m.safetensors",
                  "--learning-rate");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_printed_is_not_lost) {
  const Workplace place;
  const auto train = [&](const std::string& more) {
    return place.run("train icons --size 24 --width 16 --latent 8 --threads 1 " + more);
  };
  // Nobody reads on after the first line.
  train("--seconds 20 -o pipe.safetensors 2> /dev/null | head -n 1");
  place.must("evaluate pipe.safetensors icons --size 24");
  // What is printed does not end up in a file that takes the place of standard output.
  train("--steps 20 -o closed.safetensors >&- ; :");
  place.must("evaluate closed.safetensors icons --size 24");
  std::ifstream metrics(place.path("closed.metrics.jsonl"));
  for (std::string line; std::getline(metrics, line);) BOOST_TEST(json::accept(line), line);

  BOOST_TEST(train("--steps 20 -o full.safetensors --metrics /dev/full").err.find("lacks lines") !=
             std::string::npos);
  BOOST_TEST(place.run("info pipe.safetensors > /dev/full 2> /dev/null || echo failed").out ==
             "failed\n");
}

BOOST_AUTO_TEST_CASE(speed_is_given_with_its_parts) {
  const Workplace place;
  const json result = json::parse(
      place.must("bench --width 16 --repetitions 1 --backend cpu:base --threads 1 --json"));
  BOOST_TEST(result.at("peak_gflops").get<double>() > 0);
  BOOST_TEST(result.at("threads") == 1);
  const json& training = result.at("training").at(0);
  BOOST_TEST(training.at("arch") == "base");
  BOOST_TEST(training.at("width") == 16);
  BOOST_TEST(training.at("precision") == "fp32");
  BOOST_TEST(training.at("mpixel_per_s").get<double>() > 0);
  double parts = 0;
  for (const json& share : training.at("parts")) parts += share.get<double>();
  BOOST_TEST(std::abs(parts - 1) < 1e-6);
  BOOST_TEST(result.at("decode").size() == 2U);
  BOOST_TEST(place.must("train icons" + small + "--steps 3 --profile -o m.safetensors")
                 .find("gradients of weights") != std::string::npos);
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
      if (mask[p]) image.rgb[3 * p + p % 3] = static_cast<float>(p % 7) / 7;
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
    place.must("train icons" + small + "--steps 5 -o h.safetensors " + flags);
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
                            "--palette stolen", "--palette-fields wavy", "--area-from 2"})
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
                  "no images of another size");
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

BOOST_AUTO_TEST_CASE(held_out_images_are_fitted) {
  const Workplace place;
  place.must("train icons" + small + "--steps 60 --hold-out-images 0.5 -o m.safetensors");
  BOOST_TEST(json::parse(place.must("info m.safetensors --json")).at("images").size() == 2U);
  const std::string fit =
      "fit m.safetensors icons --size 24 --threads 1 --latent-steps 20 "
      "--shift-steps 20 ";
  const json fitted = json::parse(place.must(fit + "--modulations --json -o f.safetensors"));
  BOOST_TEST(fitted.at("count") == 2);
  for (const char* stage : {"latent", "modulations"}) {
    BOOST_TEST(fitted.at(stage).at("psnr_mean").get<double>() > 5, stage);
    BOOST_TEST(fitted.at(stage).at("seconds_per_image").get<double>() > 0, stage);
  }
  const json scores = json::parse(place.must("evaluate f.safetensors icons --size 24 --json"));
  BOOST_TEST(scores.at("sizes").at(0).at("psnr_mean") == fitted.at("modulations").at("psnr_mean"));
  BOOST_TEST(place.must(fit + "-o g.safetensors").find("latent") != std::string::npos);
  place.must_fail(1, "fit f.safetensors icons --size 7 -o g.safetensors", "7");
  place.must("train icons" + small + "--steps 5 -o all.safetensors");
  place.must_fail(1, "fit all.safetensors icons --size 24 -o h.safetensors", "--all");
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

BOOST_AUTO_TEST_CASE(an_interrupted_training_goes_on_exactly) {
  const Workplace place;
  const std::string steps = "--steps 3000 ";
  place.must("train icons" + small + steps + "-o whole.safetensors");
  for (const int signal : {SIGINT, SIGTERM}) {
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

BOOST_AUTO_TEST_CASE(a_killed_training_leaves_whole_files) {
  const Workplace place;
  for (int round = 0; round < 6; ++round) {
    BackgroundTraining training(
        place, "train icons" + small + "--seconds 60 --checkpoint-seconds 0.1 -o k.safetensors");
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
  place.must_fail(1, "train icons" + small + "--steps 20 -o m.safetensors", "m.state.safetensors",
                  "ulimit -f 4; trap '' XFSZ;");
  BOOST_TEST(chorus::read_file(place.path("m.safetensors")) == before);
  for (const auto& entry : fs::directory_iterator(place.path("")))
    BOOST_TEST(entry.path().filename().string().find("tmp") == std::string::npos, entry.path());
}

BOOST_AUTO_TEST_CASE(a_state_that_cannot_be_written_does_not_cost_the_model) {
  const Workplace place;
  BackgroundTraining training(place, "train icons" + small + "--seconds 60 -o m.safetensors");
  training.wait_for("m.metrics.jsonl");
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

BOOST_AUTO_TEST_CASE(paths_are_judged_beside_cross_fade_and_hard_cut) {
  const Workplace place;
  place.must("train icons -o m.safetensors --steps 20" + small);
  const json paths =
      json::parse(place.must("evaluate m.safetensors icons --size 24 --paths --json"))["paths"];
  const auto check = [](const json& group, std::size_t pairs) {
    BOOST_TEST(group["pairs"].size() == pairs);
    BOOST_TEST(group["per_pair"].size() == pairs);
    for (const json& figures : {group, group["crossfade"], group["hard_cut"], group["per_pair"][0]})
      for (const char* key : {"length", "step_max_over_mean", "flat_share", "entropy", "ghost",
                              "monotone", "psnr_ends"})
        BOOST_TEST(figures[key].is_number(), key);
    BOOST_TEST(group["hard_cut"]["step_max_over_mean"].get<double>() > 15.9);
  };
  check(paths, 2);            // of four images
  check(paths["random"], 6);  // all there are
  BOOST_TEST(paths["known_truth"]["pairs"] == 0);
  BOOST_TEST(place
                 .must("evaluate m.safetensors icons --size 24 --paths --path spherical "
                       "--pairs-measure palette --pairs-seed 5")
                 .find("most similar pairs by palette") != std::string::npos);
  place.must_fail(2, "evaluate m.safetensors icons --paths --path straight", "straight");
  place.must_fail(2, "evaluate m.safetensors icons --paths --pairs-measure taste", "taste");
  place.must_fail(2, "evaluate m.safetensors icons --path linear", "--paths");
}

BOOST_AUTO_TEST_CASE(pairs_are_ranked_chosen_and_studied) {
  const Workplace place;
  place.must("train icons -o m.safetensors --steps 20" + small);
  const json result =
      json::parse(place.must("pairs m.safetensors --measure ssim --count 2 --json"));
  BOOST_TEST(result["measure"] == "ssim");
  BOOST_TEST(result["pairs"].size() == 2U);
  BOOST_TEST(result["ranking"].size() == 6U);
  const std::string study = "pairs m.safetensors --study --ranking 0 --json";
  const std::string first = place.must(study);
  const json correlation = json::parse(first)["study"]["rank_correlation"];
  BOOST_TEST(correlation.size() == 9U);
  BOOST_TEST(correlation["pixel"]["all"].get<double>() <= 1);
  BOOST_REQUIRE(fs::exists(place.path("m.pairs.linear.json")));
  const auto written = fs::last_write_time(place.path("m.pairs.linear.json"));
  BOOST_TEST(place.must(study) == first);
  BOOST_TEST((fs::last_write_time(place.path("m.pairs.linear.json")) == written));
  // Neither another model's judgements nor damaged ones count.
  place.must("train icons -o m.safetensors --steps 25" + small);
  BOOST_TEST(place.must(study) != first);
  std::ofstream(place.path("m.pairs.linear.json")) << "{\"of\": 3";
  BOOST_TEST(json::parse(place.must(study))["study"]["pairs"] == 6);
  place.must_fail(2, "pairs m.safetensors --sample 3", "--study");
  place.must_fail(1, "pairs missing.safetensors", "missing.safetensors");
}

BOOST_AUTO_TEST_CASE(known_truth_is_made_trained_on_and_judged) {
  const Workplace place;
  place.must("known-truth icons -o known --per-kind 1 --size 24 --size 32");
  BOOST_TEST(json::parse(chorus::read_file(place.path("known/known_truth.json")))["pairs"].size() ==
             5U);
  place.must_fail(1, "known-truth icons -o known", "not empty");
  place.must("train known -o k.safetensors --steps 20" + small);
  const json info = json::parse(place.must("info k.safetensors --json"));
  BOOST_TEST(info["images"].size() == 10U);  // the middles are not read
  const json known =
      json::parse(place.must("evaluate k.safetensors known --size 24 --paths "
                             "--json"))["paths"]["known_truth"];
  BOOST_TEST(known["pairs"] == 5);
  BOOST_TEST(known["by_kind"].size() == 5U);
  for (const char* key : {"psnr_mid", "psnr_mid_crossfade", "psnr_mid_lerp"})
    BOOST_TEST(known[key].get<double>() > 3, key);
}

BOOST_AUTO_TEST_SUITE_END()
