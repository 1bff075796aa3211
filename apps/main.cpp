#include <fmt/format.h>

#include <exception>
#include <new>

#include "cli.hpp"

int main(int argc, char** argv) {
  try {
    return chorus::app::run_command_line(argc, argv);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "chorus: out of memory\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "chorus: {}\n", error.what());
  }
  return 1;
}
