#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "chorus/pictures.hpp"
#include "workplace.hpp"

// The program on machines, disks and files that are not as they should be.

using namespace chorus::test;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_reliability)

BOOST_AUTO_TEST_CASE(threads_wait_passively_unless_the_user_decides) {
  const Workplace place;
  BOOST_TEST(holds(place.run("info", "unset OMP_WAIT_POLICY GOMP_SPINCOUNT;").out,
                   "waiting threads: passive"));
  BOOST_TEST(holds(place.run("info", "OMP_WAIT_POLICY=active").out, "waiting threads: active"));
  BOOST_TEST(holds(place.run("info", "unset OMP_WAIT_POLICY; GOMP_SPINCOUNT=10").out,
                   "waiting threads: as OpenMP decides"));
}

BOOST_AUTO_TEST_CASE(threads_are_as_many_as_can_run) {
  const Workplace place;
  BOOST_TEST(holds(place.run("info", "OMP_NUM_THREADS=1").out, "otherwise: 1;"));
  const Outcome outcome = place.run(
      "train icons --size 24 --width 16 --latent 4 --steps 1 --threads 1024 -o m.safetensors");
  BOOST_TEST(outcome.status == 0, outcome.err);
  BOOST_TEST(holds(outcome.err, "note: --threads 1024: this process may run on"), outcome.err);
}

BOOST_AUTO_TEST_CASE(devices_and_pipes_are_neither_read_nor_taken_for_models) {
  const Workplace place;
  BOOST_REQUIRE(::mkfifo(place.path("pipe").c_str(), 0600) == 0);
  const std::string train = "train icons" + small + "--steps 1 -o ";
  for (const std::string file : {"/dev/zero", "pipe"}) {
    place.must_fail(1, "info " + file, file + ": it is a device or a pipe");
    const Outcome outcome = place.run(train + file);
    BOOST_TEST(outcome.status == 1);
    BOOST_TEST(holds(outcome.err, "cannot write " + file), outcome.err);
  }
  BOOST_TEST(!fs::exists("/dev/zero.state.safetensors"));
  BOOST_TEST(!fs::exists(place.path("pipe.state.safetensors")));
}

BOOST_AUTO_TEST_CASE(a_limit_of_file_sizes_is_said) {
  const Workplace place;
  place.must_fail(1, "train icons" + small + "--steps 20 -o m.safetensors",
                  "m.state.safetensors: File too large after", "ulimit -f 4;");
}

BOOST_AUTO_TEST_CASE(writers_need_little_of_the_stack) {
  const Workplace place;
  const Outcome outcome = place.run(
      "train icons --size 24 --width 16 --latent 4 --threads 1 --steps 1 -o m.safetensors",
      "ulimit -s 64;");
  BOOST_TEST(outcome.status == 0, outcome.err);
}

BOOST_AUTO_TEST_CASE(a_deleted_folder_is_made_again) {
  const Workplace place;
  BackgroundTraining training(
      place, "train icons" + small + "--seconds 60 --checkpoint-seconds 0.2 -o out/m.safetensors");
  training.wait_for("out/m.safetensors");
  fs::remove_all(place.path("out"));
  training.wait_for("out/m.safetensors");
  training.wait_for("out/m.metrics.jsonl");
  BOOST_TEST(WIFEXITED(training.stop(SIGINT)));
  BOOST_TEST(!holds(chorus::read_file(place.path("bg.txt")), "warning"));
  place.must("evaluate out/m.safetensors icons --size 24");
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_metrics_are_dropped_with_a_note) {
  const Workplace place;
  BackgroundTraining training(
      place, "train icons --steps 3000 --checkpoint-seconds 0.1 -o m.safetensors" + small);
  training.wait_for("m.safetensors");
  training.stop(SIGINT);
  std::ofstream(place.path("m.metrics.jsonl"), std::ios::app) << "[1]\nnonsense\n{\"step\": ";
  const Outcome outcome = place.run("train icons --size 24 --resume -o m.safetensors");
  BOOST_TEST(outcome.status == 0, outcome.err);
  BOOST_TEST(holds(outcome.err, "m.metrics.jsonl that are not JSON objects are dropped: 3"),
             outcome.err);
}

BOOST_AUTO_TEST_CASE(large_images_are_not_decoded_on_the_way) {
  const Workplace place;
  fs::create_directory(place.path("large"));
  chorus::Image image(chorus::PixelSize{2304, 2048}, 3);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = i % 3 == 0 ? 1.0F : 0.5F;
  chorus::write_png(place.path("large/one.png"), image);
  const std::string out = place.must(
      "train large --head rgb --width 8 --latent 2 --threads 2 --steps 20 -o m.safetensors");
  BOOST_TEST(holds(out, "No images are decoded to follow the training: 1 would have more than"),
             out);
  std::size_t evaluations = 0;
  for (std::size_t at = 0; (at = out.find("decoded images: mean", at)) != out.npos; ++at)
    ++evaluations;
  BOOST_TEST(evaluations == 1U, out);
}

BOOST_AUTO_TEST_SUITE_END()
