#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <new>

#include "cli.hpp"
#include "printable.hpp"

namespace {

/// Opens standard streams that are closed. Otherwise a file that is opened while standard output is
/// closed would get its number, and would receive what is printed.
void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) == -1) static_cast<void>(open("/dev/null", O_RDWR));
}

/// fmt would throw where standard error cannot be written either.
void complain(const char* message) {
  static_cast<void>(std::fprintf(stderr, "chorus: %s\n", message));
}

/// The exit status, which is 1 as well if printed results could not be written.
int status_after_printing(int status) {
  if (status != 0 || (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)) return status;
  complain("cannot write standard output; the printed results are lost");
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  try {
    return status_after_printing(chorus::app::run_command_line(argc, argv));
  } catch (const std::bad_alloc&) {
    complain("out of memory");
  } catch (const std::exception& error) {
    // Messages may quote names from files.
    complain(chorus::printable(error.what()).c_str());
  }
  return 1;
}
