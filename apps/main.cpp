#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "chorus/error.hpp"
#include "cli.hpp"
#include "printable.hpp"
#include "support/passive_waits.hpp"
#include "support/processes.hpp"

namespace {

/// Opens standard streams that are closed. Otherwise a file that is opened while standard output is
/// closed would get its number, and would receive what is printed. Standard output is opened for
/// reading, so that printing fails: results that nobody gets are no success.
void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) == -1)
      static_cast<void>(open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY));
}

/// Does without fmt, which would throw if standard error could not be written either.
void complain(const char* message) {
  static_cast<void>(std::fprintf(stderr, "chorus: %s\n", message));
}

constexpr const char* results_are_lost =
    "cannot write standard output; the printed results are lost";

/// The exit status, which is 1 as well if printed results could not be written.
int status_after_printing(int status) {
  if (status != 0 || (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)) return status;
  complain(results_are_lost);
  return 1;
}

/// The command as its user knows it: "chorus train".
std::string asked_for(int argc, char** argv) {
  return argc > 1 ? fmt::format("chorus {}", argv[1]) : "chorus";
}

std::string out_of_memory(int argc, char** argv) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return fmt::format(
      "out of memory in '{}', which has used up to {} MiB; expected more memory, or fewer or "
      "smaller images, a smaller --size, or fewer --workers",
      asked_for(argc, argv), usage.ru_maxrss >> 10);
}

/// The reason for a failure, with the name of the file or command that it concerns.
std::string describe(const std::exception& error, int argc, char** argv) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
      dynamic_cast<const std::length_error*>(&error) != nullptr)
    return out_of_memory(argc, argv);
  // fmt throws where a result is longer than what is written at once.
  if (dynamic_cast<const std::system_error*>(&error) != nullptr && std::ferror(stdout) != 0)
    return results_are_lost;
  if (const auto* files = dynamic_cast<const std::filesystem::filesystem_error*>(&error))
    return fmt::format("cannot use {}: {}", files->path1().string(), files->code().message());
  if (dynamic_cast<const chorus::Error*>(&error) != nullptr) return error.what();
  // Other exceptions name neither file nor flag, because no one expected them.
  return fmt::format("'{}' failed because of a defect in the program: {}", asked_for(argc, argv),
                     error.what());
}

/// Prints an error once, even where several processes share the work. If the others do not know of
/// it, they are ended, since they would wait for this one.
void report(const std::exception& error, const std::string& message) {
  chorus::Communicator& all = *chorus::app::processes();
  const bool is_shared = all.size() == 1 || dynamic_cast<const chorus::app::SharedError*>(&error);
  if (!is_shared) {
    complain(fmt::format("process {} of {}: {}", all.rank(), all.size(), message).c_str());
    all.abort(1);
  }
  if (chorus::app::prints() && (all.size() > 1 || chorus::app::launch().rank == 0))
    complain(message.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  chorus::app::wait_passively(argv);
  // A write beyond the limit on file sizes then fails, and is reported like one to a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  // So does printing to a pipe that nobody reads, instead of ending the program without a word.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return status_after_printing(chorus::app::run_command_line(argc, argv));
  } catch (const std::exception& error) {
    // Messages may quote names from files.
    report(error, chorus::printable(describe(error, argc, argv)));
  }
  return 1;
}
