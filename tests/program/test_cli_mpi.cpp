#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "workplace.hpp"

// Trainings that several processes share, started as users start them.

using namespace chorus::test;

namespace {

/// The launcher, with what Open MPI needs here; others ignore these variables.
std::string launched(std::size_t processes) {
  return fmt::format(
      "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "
      "OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none "
      "CHORUS_MPI_MODULE='{}' {} -n {}",
      CHORUS_MPI_MODULE, CHORUS_MPIEXEC, processes);
}

const std::string train = "train icons --size 24 --width 16 --latent 4 --threads 1 ";

/// What the program itself said, without what launchers add.
std::vector<std::string> own_lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("chorus: ") || line.starts_with("note: ")) lines.push_back(line);
  return lines;
}

void must_say(const Outcome& outcome, const std::string& line) {
  const std::vector<std::string> lines = own_lines(outcome.err);
  BOOST_TEST(outcome.status != 0);
  BOOST_TEST_REQUIRE(lines.size() == 1U, outcome.err);
  BOOST_TEST(lines.front().find(line) != std::string::npos, lines.front());
}

std::string read(const fs::path& file) { return chorus::read_file(file); }

/// The processes of the program that run in a folder.
std::vector<pid_t> processes_in(const fs::path& folder) {
  std::vector<pid_t> found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failure != std::errc() || end != name.data() + name.size()) continue;
    std::error_code gone;
    if (fs::read_symlink(entry.path() / "exe", gone) == fs::canonical(CHORUS_PROGRAM) &&
        fs::equivalent(entry.path() / "cwd", folder, gone))
      found.push_back(pid);
  }
  return found;
}

/// A training by two processes in the background.
class SharedTraining : public BackgroundTraining {
 public:
  SharedTraining(const Workplace& place, const std::string& arguments)
      : BackgroundTraining(place, arguments, "", "env " + launched(2)), place_(place) {}

  std::vector<pid_t> processes() const { return processes_in(place_.path("")); }

  /// Waits for the end, and for that of all processes. Returns the time that it took in seconds.
  double wait_for_end() {
    const auto began = std::chrono::steady_clock::now();
    wait_until([&] { return !is_running(); });
    wait_until([&] { return processes().empty(); });
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }

 private:
  const Workplace& place_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_mpi)

BOOST_AUTO_TEST_CASE(any_number_of_processes_writes_the_same_model) {
  const Workplace place;
  for (const std::string how :
       {"--steps 30 --workers 4 --taught-from 0.5 --hold-out-pixels 0.2",
        "--steps 30 --workers 3 --images-per-step 2 --head rgb --hold-out-images 0.25"}) {
    place.must(train + how + " --overwrite -o alone.safetensors");
    for (const std::size_t processes : {2, 3}) {
      const Outcome outcome =
          place.run(train + how + " --overwrite -o shared.safetensors", launched(processes));
      BOOST_TEST(outcome.status == 0, outcome.err);
      BOOST_TEST(place.same_bytes("alone.safetensors", "shared.safetensors"),
                 processes << " processes: " << how);
      BOOST_TEST(outcome.out.find(fmt::format("{} processes", processes)) != std::string::npos);
      // Process 0 speaks for all.
      const std::string last = "Model: shared.safetensors";
      BOOST_TEST(outcome.out.find(last) == outcome.out.rfind(last), outcome.out);
    }
  }
}

BOOST_AUTO_TEST_CASE(there_may_be_more_processes_than_images) {
  const Workplace place;
  place.must(train + "--steps 10 --workers 6 -o alone.safetensors");
  const Outcome outcome =
      place.run(train + "--steps 10 --workers 6 -o shared.safetensors", launched(6));
  BOOST_TEST(outcome.status == 0, outcome.err);
  BOOST_TEST(place.same_bytes("alone.safetensors", "shared.safetensors"));
}

BOOST_AUTO_TEST_CASE(a_training_stopped_by_a_signal_goes_on_with_other_processes) {
  const Workplace place;
  const std::string how = train + "--workers 3 --steps 30000 --taught-from 0.95 ";
  place.must(how + "-o whole.safetensors");
  for (const int signal : {SIGUSR1, SIGTERM}) {
    fs::remove(place.path("m.state.safetensors"));
    SharedTraining training(place, how + "--overwrite -o m.safetensors");
    training.wait_for("m.state.safetensors");
    training.send(signal);
    BOOST_TEST(training.wait_for_end() < 20);
    const Outcome resumed = place.run(
        "train icons --size 24 --threads 1 --workers 3 --resume "
        "-o m.safetensors",
        launched(3));
    BOOST_TEST(resumed.status == 0, resumed.err);
    BOOST_TEST(resumed.err.find("differ") == std::string::npos, resumed.err);
    BOOST_TEST(place.same_bytes("whole.safetensors", "m.safetensors"));
  }
}

BOOST_AUTO_TEST_CASE(a_killed_process_ends_the_others_and_loses_nothing) {
  const Workplace place;
  for (const std::size_t victim : {0, 1}) {
    SharedTraining training(
        place,
        train + "--workers 2 --seconds 60 --checkpoint-seconds 0.1 --overwrite -o m.safetensors");
    training.wait_for("m.safetensors");
    SharedTraining::wait_until([&] { return training.processes().size() == 2; });
    kill(training.processes().at(victim), SIGKILL);
    BOOST_TEST(training.wait_for_end() < 15);
    place.must("info m.safetensors");
    place.must("info m.state.safetensors");
    fs::remove(place.path("m.safetensors"));
  }
}

BOOST_AUTO_TEST_CASE(the_process_that_fails_is_named) {
  const Workplace place;
  std::ofstream(place.path("icons/24/key.png"), std::ios::in | std::ios::ate)
      .seekp(60)
      .write("\0\0\0\0\0\0\0\0", 8);
  must_say(place.run(train + "--workers 2 --steps 5 -o m.safetensors", launched(2)),
           "process 1 of 2: cannot read 1 file of icons: 24/key.png: damaged");
  BOOST_TEST(!fs::exists(place.path("m.safetensors")));
  // Without it, all goes on as it would alone.
  const std::string skip = train + "--workers 2 --steps 5 --skip-unreadable -o ";
  BOOST_TEST(place.run(skip + "alone.safetensors").status == 0);
  BOOST_TEST(place.run(skip + "shared.safetensors", launched(2)).status == 0);
  BOOST_TEST(place.same_bytes("alone.safetensors", "shared.safetensors"));
}

BOOST_AUTO_TEST_CASE(a_disk_without_room_is_said_once) {
  const Workplace place;
  SharedTraining training(place, train + "--workers 2 --seconds 60 -o m.safetensors");
  training.wait_for("m.state.safetensors");
  const std::string state = read(place.path("m.state.safetensors"));
  // From now on, writing a file fails. (Launchers write files, too, so that not all can be
  // limited.)
  for (const pid_t process : training.processes()) {
    const rlimit limit{64, RLIM_INFINITY};
    BOOST_REQUIRE(prlimit(process, RLIMIT_FSIZE, &limit, nullptr) == 0);
  }
  training.send(SIGUSR1);
  BOOST_TEST(training.wait_for_end() < 20);
  must_say({1, "", read(place.path("bg_err.txt"))},
           "process 0 of 2: cannot write m.safetensors: File too large");
  BOOST_TEST((read(place.path("m.state.safetensors")) == state));
}

BOOST_AUTO_TEST_CASE(mistakes_that_all_make_are_said_once) {
  const Workplace place;
  must_say(place.run(train + "--workers 1 --steps 5 -o m.safetensors", launched(2)),
           "chorus: 2 processes cannot share 1 worker; expected --workers 2 or more");
  must_say(place.run("train nothing --steps 5 -o m.safetensors", launched(2)),
           "chorus: no such file or folder: nothing");
  must_say(place.run("train icons --stepz 5 -o m.safetensors", launched(2)), "--stepz");
}

BOOST_AUTO_TEST_CASE(without_the_module_no_training_runs_twice) {
  const Workplace place;
  for (const std::string launcher :
       {"OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=", "PMI_SIZE=2 PMI_RANK=",
        "SLURM_STEP_NUM_TASKS=2 SLURM_PROCID="}) {
    const std::string how = train + "--steps 5 -o m.safetensors",
                      without = "CHORUS_MPI_MODULE=/nowhere/chorus-mpi.so ";
    must_say(place.run(how, without + launcher + "0"),
             "this is one of 2 processes (" + launcher.substr(0, launcher.find('=')) +
                 "), which cannot share the training: there is no module for MPI");
    const Outcome second = place.run(how, without + launcher + "1");
    BOOST_TEST(second.status == 1);
    BOOST_TEST(second.err.empty());
    BOOST_TEST(!fs::exists(place.path("m.safetensors")));
  }
  // In a batch script, which is no task of a step, a program runs alone.
  BOOST_TEST(
      place.run(train + "--steps 5 -o m.safetensors", "SLURM_NTASKS=2 SLURM_PROCID=0").status == 0);
}

BOOST_AUTO_TEST_CASE(other_commands_run_once) {
  const Workplace place;
  place.must(train + "--steps 5 -o m.safetensors");
  const Outcome outcome = place.run("info m.safetensors", launched(2));
  BOOST_TEST(outcome.status == 0, outcome.err);
  BOOST_TEST(outcome.out == place.must("info m.safetensors"));
  BOOST_TEST(own_lines(outcome.err).size() == 1U, outcome.err);
}

BOOST_AUTO_TEST_CASE(emulated_and_compared_backends_can_be_shared) {
  const Workplace place(CHORUS_PROGRAM_EMULATED);
  const std::string how = train + "--workers 2 --steps 3 --overwrite --backend ";
  place.must(how + "cuda-emulated -o alone.safetensors");
  const Outcome gpu = place.run(how + "cuda-emulated -o shared.safetensors", launched(2));
  BOOST_TEST(gpu.status == 0, gpu.err);
  BOOST_TEST(place.same_bytes("alone.safetensors", "shared.safetensors"));
  const Outcome check = place.run(how + "check:cpu,reference -o shared.safetensors", launched(2));
  BOOST_TEST(check.status == 0, check.err);
}

BOOST_AUTO_TEST_SUITE_END()
