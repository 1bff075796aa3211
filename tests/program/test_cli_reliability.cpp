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

BOOST_AUTO_TEST_CASE(results_that_nobody_gets_are_no_success) {
  const Workplace place;
  fs::create_directory(place.path("many"));
  for (int i = 0; i < 1000; ++i)  // so that results are longer than what is written at once
    chorus::write_png(place.path(fmt::format("many/image_{:04}.png", i)),
                      chorus::Image(2, 2, 0.5F));
  place.must("train icons -o m.safetensors --steps 3" + small);
  place.must("train many -o many.safetensors --steps 1 --width 8 --latent 2 --threads 1");
  const std::string lost = "chorus: cannot write standard output; the printed results are lost\n";
  const std::string commands[] = {"info",
                                  "info many.safetensors --json",
                                  "info many.safetensors",
                                  "evaluate m.safetensors icons --json",
                                  "evaluate many.safetensors many --json",
                                  "pairs m.safetensors --json",
                                  "upsample m.safetensors --size 8 -o up",
                                  "interpolate m.safetensors about key --size 8 --frames 2 -o way",
                                  "report m.safetensors --no-paths -o page",
                                  "--help",
                                  "--version"};
  for (const std::string& command : commands)
    for (const char* where : {"> /dev/full", ">&-", "| true"}) {
      // The status of the program, which begins when the reader is gone.
      const std::string line = fmt::format(
          "cd '{}' && (sleep 0.1; '{}' {} 2> err.txt; echo $? > status.txt) {} 2> /dev/null",
          place.path("").string(), CHORUS_PROGRAM, command, where);
      BOOST_REQUIRE(std::system(line.c_str()) >= 0);
      BOOST_TEST(chorus::read_file(place.path("status.txt")) == "1\n", command << " " << where);
      BOOST_TEST(chorus::read_file(place.path("err.txt")) == lost, command << " " << where);
    }
}

BOOST_AUTO_TEST_CASE(trainings_with_other_metrics_do_not_share_a_model) {
  const Workplace place;
  const std::string train = "train icons" + small + "-o m.safetensors ";
  BackgroundTraining training(place,
                              train + "--seconds 60 --checkpoint-seconds 0.1 --metrics a.jsonl");
  training.wait_for("m.safetensors");
  place.must_fail(1, train + "--steps 3 --overwrite --metrics b.jsonl",
                  "m.safetensors is locked by another command");
  fs::copy_file(place.path("m.safetensors"), place.path("n.safetensors"));
  place.must_fail(1, "fit n.safetensors icons --all --size 24 -o m.safetensors",
                  "m.safetensors is locked by another command");
  training.stop(SIGKILL);  // the lock ends with the process, though its file stays
  place.must(train + "--steps 3 --overwrite --metrics b.jsonl");
  for (const auto& entry : fs::directory_iterator(place.path("")))
    BOOST_TEST(entry.path().extension() != ".lock", entry.path());
}

BOOST_AUTO_TEST_CASE(a_write_protected_model_is_kept) {
  const Workplace place;
  const std::string train = "train icons" + small + "--steps 3 -o m.safetensors ";
  place.must(train);
  BOOST_REQUIRE(::chmod(place.path("m.safetensors").c_str(), 0444) == 0);
  place.must_fail(1, train + "--overwrite", "m.safetensors is write-protected");
  place.must_fail(1, "train icons --size 24 --steps 5 --resume -o m.safetensors",
                  "m.safetensors is write-protected");
  BOOST_REQUIRE(::chmod(place.path("m.safetensors").c_str(), 0644) == 0);
  place.must(train + "--overwrite");
}

BOOST_AUTO_TEST_CASE(large_images_of_other_sizes_are_not_compared_on_the_way) {
  const Workplace place;
  fs::create_directories(place.path("sized/8"));
  fs::create_directories(place.path("sized/2304"));
  chorus::write_png(place.path("sized/8/a.png"), chorus::Image(8, 8, 0.5F));
  chorus::write_png(place.path("sized/2304/a.png"), chorus::Image(2304, 2048, 0.5F));
  BackgroundTraining training(place,
                              "train sized --size 8 --track sized --width 8 --latent 2 --threads 1 "
                              "--seconds 4 --checkpoint-seconds 3 -o m.safetensors");
  training.wait_for("m.safetensors");  // most comparisons on the way are over
  training.stop(SIGINT);
  const std::string out = chorus::read_file(place.path("bg.txt"));
  BOOST_TEST(holds(out,
                   "None of the 1 images of 2304 px are compared during the training: more would "
                   "have more than 4194304 pixels"),
             out);
}

BOOST_AUTO_TEST_CASE(large_images_are_not_inpainted_before_the_first_step) {
  const Workplace place;
  fs::create_directory(place.path("large"));
  chorus::write_png(place.path("large/a.png"), chorus::Image(600, 500, 0.5F));
  const std::string out = place.must(
      "train large --head rgb --width 8 --latent 2 --threads 2 --steps 5 --hold-out-pixels 0.1 "
      "-o m.safetensors");
  BOOST_TEST(holds(out, "No images are inpainted to compare with: 1 would have more than 262144"),
             out);
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
