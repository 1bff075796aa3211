#include <fmt/format.h>

#include <exception>
#include <new>

#include "chorus/printable.hpp"
#include "cli.hpp"

int main(int argc, char** argv) {
  try {
    return chorus::app::run_command_line(argc, argv);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "chorus: out of memory\n");
  } catch (const std::exception& error) {
    // Messages may quote names from files.
    fmt::print(stderr, "chorus: {}\n", chorus::printable(error.what()));
  }
  return 1;
}
