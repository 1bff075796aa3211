#pragma once

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "files.hpp"
#include "temporary_folder.hpp"

// Helpers of the tests that run the whole program.

namespace chorus::test {

namespace fs = std::filesystem;

struct Outcome {
  int status = 0;
  std::string out, err;
};

/// A folder with a few small icons, and the program run inside it through the shell.
class Workplace {
 public:
  explicit Workplace(const char* program = CHORUS_PROGRAM) : program_(program) {
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
                    folder_.path().string(), before, program_, arguments);
    const int status = std::system(command.c_str());
    BOOST_REQUIRE(WIFEXITED(status));
    return {WEXITSTATUS(status), read_file(path("out.txt")), read_file(path("err.txt"))};
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
    return read_file(path(a)) == read_file(path(b));
  }

 private:
  std::string program_;
  TemporaryFolder folder_;
};

inline const std::string small = " --size 24 --width 32 --latent 8 --threads 2 ";

/// Starts a training in the background, after the shell commands `before`, perhaps by a launcher.
class BackgroundTraining {
 public:
  BackgroundTraining(const Workplace& place, const std::string& arguments,
                     const std::string& before = "", const std::string& launcher = "")
      : place_(place) {
    const std::string command =
        fmt::format("cd '{}' && {} exec {} '{}' {} > bg.txt 2> bg_err.txt < /dev/null",
                    place.path("").string(), before, launcher, CHORUS_PROGRAM, arguments);
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
    wait_until([&] { return fs::exists(place_.path(file)); });
  }

  /// Waits for at most 20 s, which must be enough.
  static void wait_until(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000 && !condition(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_REQUIRE(condition());
  }

  /// From now on, writing a file beyond this size fails, as on a full disk.
  void limit_file_size(std::uintmax_t bytes) const {
    const rlimit limit{bytes, RLIM_INFINITY};
    BOOST_REQUIRE(prlimit(child_, RLIMIT_FSIZE, &limit, nullptr) == 0);
  }

  void send(int signal) const { kill(child_, signal); }
  bool is_running() const { return waitpid(child_, nullptr, WNOHANG) == 0; }

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

}  // namespace chorus::test
