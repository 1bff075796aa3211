#pragma once

#include <memory>

namespace CLI {  // NOLINT(readability-identifier-naming): of CLI11
class App;
}

namespace chorus::app {

/// The program with all its commands, their flags and their help.
std::unique_ptr<CLI::App> make_program();

/// Reads the command line and runs the command. Returns the program's exit status: 0 done, 1 the
/// command failed, 2 wrong use.
int run_command_line(int argc, char** argv);

}  // namespace chorus::app
