#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <utility>

#include "alpha.hpp"
#include "chorus/pictures.hpp"
#include "files.hpp"
#include "safetensors.hpp"
#include "workplace.hpp"

// Mistakes that people make. They must neither destroy files nor silently give wrong figures.

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Contents of the files of a training.
std::tuple<std::string, std::string, std::string> files_of(const Workplace& place,
                                                           const std::string& name) {
  const auto read = [&](const char* ending) { return read_file(place.path(name + ending)); };
  return {read(".safetensors"), read(".state.safetensors"), read(".metrics.jsonl")};
}

/// The same names as in `icons`, but other pictures.
void make_other_theme(const Workplace& place) {
  for (const int size : {24, 48}) {
    fs::create_directories(place.path(fmt::format("theme/{}", size)));
    for (const auto& [name, source] : {std::pair("about", "key"), std::pair("camera", "about"),
                                       std::pair("folder", "camera"), std::pair("key", "folder")})
      fs::copy_file(place.path(fmt::format("icons/{}/{}.png", size, source)),
                    place.path(fmt::format("theme/{}/{}.png", size, name)));
  }
}

/// The output of a command on a terminal of this kind.
std::string on_terminal(const Workplace& place, const std::string& kind,
                        const std::string& arguments) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    const std::string command =
        fmt::format("cd '{}' && TERM={} exec '{}' {}", place.path("").string(), kind,
                    CHORUS_PROGRAM, arguments);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  std::string text(1 << 16, '\0');
  std::size_t length = 0;
  for (ssize_t count = 1; count > 0 && length < text.size();
       length += static_cast<std::size_t>(std::max<ssize_t>(count, 0)))
    count = read(terminal, &text[length], text.size() - length);
  close(terminal);
  int status = 0;
  waitpid(child, &status, 0);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  text.resize(length);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_mistakes)

BOOST_AUTO_TEST_CASE(a_size_folder_may_hold_a_few_images_only) {
  const Workplace place;
  for (const char* name : {"about", "folder", "key"})
    fs::remove(place.path(fmt::format("icons/48/{}.png", name)));
  // More images than are tracked, so that the one of 48 px is not among the first chosen.
  for (int k = 0; k < 30; ++k)
    fs::copy_file(place.path("icons/24/key.png"), place.path(fmt::format("icons/24/a{}.png", k)));
  place.must("train icons" + small + "--steps 3 --track icons -o m.safetensors");
  std::ifstream metrics(place.path("m.metrics.jsonl"));
  std::size_t tracked = 0;
  for (std::string line; std::getline(metrics, line);) {
    const json entry = json::parse(line);
    if (entry.contains("sizes")) tracked += entry["sizes"].contains("48");
  }
  BOOST_TEST(tracked > 0U);
}

BOOST_AUTO_TEST_CASE(a_training_is_not_wiped_by_the_same_command) {
  const Workplace place;
  const std::string command = "train icons" + small + "--steps 3 -o m.safetensors ";
  place.must(command);
  const auto before = files_of(place, "m");
  place.must_fail(1, command, "m.safetensors exists; --resume continues");
  BOOST_TEST((files_of(place, "m") == before));
  fs::rename(place.path("m.safetensors"), place.path("moved.safetensors"));
  place.must_fail(1, command, "m.state.safetensors exists");
  fs::remove(place.path("m.state.safetensors"));
  place.must_fail(1, command, "m.metrics.jsonl exists");
  place.must_fail(2, "train icons -o m.safetensors --overwrite --resume", "--overwrite");
  place.must(command + "--overwrite --seed 2");
  BOOST_TEST(!place.same_bytes("m.safetensors", "moved.safetensors"));
}

BOOST_AUTO_TEST_CASE(two_trainings_do_not_write_the_same_files) {
  const Workplace place;
  BackgroundTraining training(
      place, "train icons" + small + "--seconds 60 --checkpoint-seconds 0.1 -o m.safetensors");
  training.wait_for("m.safetensors");
  for (const char* way : {"--resume", "--overwrite --steps 3"})
    place.must_fail(1, fmt::format("train icons --size 24 {} -o m.safetensors", way),
                    "locked by another command");
  training.stop(SIGKILL);  // the lock ends with the process
  place.must("train icons" + small + "--steps 3 --overwrite -o m.safetensors");
}

BOOST_AUTO_TEST_CASE(foreign_files_are_not_replaced) {
  const Workplace place;
  const std::string picture = read_file(place.path("icons/48/key.png"));
  const std::string train = "train icons" + small + "--steps 3 --overwrite ";
  place.must_fail(1, train + "-o icons/48/key.png", "key.png exists and is not a model");
  place.must_fail(1, train + "-o m.safetensors --metrics icons/48/key.png", "holds no metrics");
  BOOST_TEST(read_file(place.path("icons/48/key.png")) == picture);
  BOOST_TEST(!fs::exists(place.path("icons/48/key.png.state.safetensors")));

  place.must(train + "-o m.safetensors");
  const auto before = files_of(place, "m");
  place.must_fail(1, "fit m.safetensors icons --size 24 --all -o m.safetensors",
                  "the model itself");
  place.must_fail(1, "fit m.safetensors icons --size 24 --all -o ./icons/../m.safetensors",
                  "the model itself");
  place.must_fail(1, "fit m.safetensors icons --size 24 --all -o icons/48/key.png", "not a model");
  BOOST_TEST((files_of(place, "m") == before));
  BOOST_TEST(read_file(place.path("icons/48/key.png")) == picture);
}

BOOST_AUTO_TEST_CASE(other_images_of_the_same_names_are_noticed) {
  const Workplace place;
  place.must("train icons" + small + "--steps 3 -o m.safetensors");
  make_other_theme(place);
  const std::string note = "are not those that the model was trained on";
  for (const char* command : {"evaluate m.safetensors {}", "evaluate m.safetensors {}/24",
                              "upsample m.safetensors --size 48 --data {} -o up",
                              "report m.safetensors --data {} -o page"}) {
    const Outcome other = place.run(fmt::format(fmt::runtime(command), "theme"));
    BOOST_TEST(other.status == 0, other.err);
    BOOST_TEST(contains(other.err, note), command << ": " << other.err);
    BOOST_TEST(std::ranges::count(other.err, '\n') == 1, other.err);
  }
  for (const char* data : {"icons", "icons/24"})
    BOOST_TEST(place.run(fmt::format("evaluate m.safetensors {}", data)).err == "");
  const Outcome tracked =
      place.run("train icons" + small + "--steps 3 --track theme -o n.safetensors");
  BOOST_TEST(contains(tracked.err, note), tracked.err);

  // A part of them is noticed, too, and named.
  fs::copy(place.path("icons/24"), place.path("mixed"));
  fs::remove(place.path("mixed/key.png"));
  BOOST_TEST(!contains(place.run("evaluate m.safetensors mixed").err, note));
  fs::copy_file(place.path("theme/24/key.png"), place.path("mixed/key.png"));
  const std::string mixed = place.run("evaluate m.safetensors mixed").err;
  BOOST_TEST(contains(mixed, "1 of 4 images of mixed at 24 px " + note + ", such as 'key'"), mixed);

  // A part of the names of the model: the others are not missed without a word.
  fs::copy_file(place.path("icons/24/key.png"), place.path("theme/24/lock.png"));
  const Outcome fitted = place.run(
      "fit m.safetensors theme --size 24 --threads 1 --latent-steps 2 --json -o f.safetensors");
  BOOST_TEST(json::parse(fitted.out).at("count") == 1);
  BOOST_TEST(json::parse(fitted.out).at("left_out") == 4);
  BOOST_TEST(contains(fitted.err, "4 images of theme were left out"), fitted.err);
  BOOST_TEST(contains(fitted.err, "--all"), fitted.err);
}

BOOST_AUTO_TEST_CASE(held_out_parts_do_not_make_other_images) {
  const Workplace place;
  place.must("train icons" + small +
             "--steps 3 --hold-out-pixels 0.2 --hold-out-images 0.3 -o m.safetensors");
  BOOST_TEST(!contains(place.run("evaluate m.safetensors icons").err, "trained on"));
}

BOOST_AUTO_TEST_CASE(images_without_content_are_refused_or_named) {
  const Workplace place;
  const auto fill = [&](const char* folder, const Color& color, std::size_t channels) {
    fs::create_directories(place.path(folder));
    for (const char* name : {"a.png", "b.png"}) {
      Image image({24, 24}, channels);
      for (std::size_t i = 0; i < image.pixels(); ++i) set_color(image, i, color);
      if (name[0] == 'a' && channels == 4) set_color(image, 7, {1, 1, 1, 1});
      write_png(place.path(folder) / name, image);
    }
  };
  const auto err = [&](const std::string& options) {
    const Outcome outcome = place.run(
        "train --width 16 --latent 4 --threads 1 --steps 2 --overwrite -o m.safetensors " +
        options);
    BOOST_TEST(outcome.status == 0, outcome.err);
    return outcome.err;
  };
  fill("white", {}, 4);
  BOOST_TEST(err("white") == "");
  BOOST_TEST(contains(err("white --background '#FFF'"), "have the colour #ffffff; another"));
  fill("red", {1, 0, 0}, 3);
  BOOST_TEST(contains(err("red"), "note: all pixels of all images in red have the colour #ff0000"));
  fs::remove(place.path("white/a.png"));
  place.must_fail(1, "train white -o n.safetensors --steps 2", "all pixels of all images are tr");
  fs::create_directories(place.path("alike"));
  for (const char* name : {"a.png", "b.png"})
    fs::copy_file(place.path("icons/24/key.png"), place.path("alike") / name);
  BOOST_TEST(contains(err("alike"), "note: the 2 images in alike are all alike"));
}

BOOST_AUTO_TEST_CASE(colours_are_understood_as_they_are_written_elsewhere) {
  const Workplace place;
  const auto background = [&](const std::string& text) {
    place.must("train icons" + small + "--steps 1 --overwrite -o m.safetensors --background " +
               text);
    return read_safetensors(place.path("m.safetensors")).metadata.at("background");
  };
  const std::string blue = background("3366ff");
  for (const char* same : {"'#3366ff'", "'#3366FF'", "36f", "'#36F'"})
    BOOST_TEST(background(same) == blue, same);
  BOOST_TEST(background("Black") == background("000"));
  BOOST_TEST(background("WHITE") == background("ffffff"));
  for (const char* wrong : {"'#'", "'##36f'", "3366f", "36g", "''"})
    place.must_fail(2, fmt::format("train icons -o n --background {}", wrong), "is not a colour");
}

BOOST_AUTO_TEST_CASE(a_training_is_resumed_without_its_size_and_says_where_bits_change) {
  const Workplace place;
  const std::string steps = "--steps 10000 ";
  place.must("train icons" + small + steps + "-o whole.safetensors");
  const auto stop = [&](const std::string& model) {
    BackgroundTraining training(place, "train icons" + small + steps + "-o " + model);
    training.wait_for(fs::path(model).replace_extension(".state.safetensors"));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    training.stop(SIGINT);
  };
  stop("m.safetensors");
  const Outcome same = place.run("train icons --threads 2 --resume -o m.safetensors");
  BOOST_TEST(same.status == 0, same.err);
  BOOST_TEST(same.err == "");
  BOOST_TEST(place.same_bytes("whole.safetensors", "m.safetensors"));
  stop("n.safetensors");
  const Outcome other = place.run("train icons --workers 3 --resume -o n.safetensors");
  BOOST_TEST(other.status == 0, other.err);
  BOOST_TEST(contains(other.err, "fp32, 2 workers and continues on"), other.err);
  BOOST_TEST(std::ranges::count(other.err, '\n') == 1, other.err);
}

BOOST_AUTO_TEST_CASE(a_stop_between_state_and_model_loses_nothing) {
  const Workplace place;
  place.must("train icons" + small + "--steps 20 -o m.safetensors");
  const std::string model = read_file(place.path("m.safetensors"));
  const std::string resume = "train icons --threads 2 --resume -o m.safetensors";
  place.must_fail(1, resume, "nothing to resume");
  fs::remove(place.path("m.safetensors"));
  place.must(resume);
  BOOST_TEST((read_file(place.path("m.safetensors")) == model));
  place.must("train icons" + small + "--steps 20 --seed 3 -o older.safetensors");
  fs::rename(place.path("older.safetensors"), place.path("m.safetensors"));
  place.must(resume);
  BOOST_TEST((read_file(place.path("m.safetensors")) == model));
  place.must_fail(1, resume, "nothing to resume");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_terminal_does_not_end_what_runs_under_nohup) {
  const Workplace place;
  BackgroundTraining training(place, "train icons" + small + "--seconds 60 -o m.safetensors",
                              "trap '' HUP;");
  training.wait_for("m.metrics.jsonl");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  training.send(SIGHUP);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  BOOST_TEST(training.is_running());
  training.stop(SIGUSR1);
  place.must("evaluate m.safetensors icons --size 24");
}

BOOST_AUTO_TEST_CASE(a_limit_of_file_sizes_does_not_end_a_training) {
  const Workplace place;
  BackgroundTraining training(
      place, "train icons" + small + "--seconds 60 --checkpoint-seconds 0.1 -o m.safetensors");
  training.wait_for("m.safetensors");
  training.limit_file_size(fs::file_size(place.path("m.safetensors")) / 2);
  training.wait_until([&] { return contains(read_file(place.path("bg.txt")), "no checkpoint"); });
  const int status = training.stop(SIGINT);
  BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 1));
  BOOST_TEST(contains(read_file(place.path("bg_err.txt")), "cannot write m.s"));
}

BOOST_AUTO_TEST_CASE(a_dumb_terminal_gets_plain_lines) {
  const Workplace place;
  const std::string train = "train icons" + small + "--steps 300 --overwrite -o m.safetensors";
  BOOST_TEST(contains(on_terminal(place, "xterm", train), "\x1b[K"));
  const std::string plain = on_terminal(place, "dumb", train);
  BOOST_TEST(contains(plain, "PSNR"), plain);
  BOOST_TEST(!contains(plain, "\x1b"), plain);
}

BOOST_AUTO_TEST_SUITE_END()
