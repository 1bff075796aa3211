#include "cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "chorus/version.hpp"
#include "printable.hpp"
#include "support/processes.hpp"

namespace chorus::app {

#define COMMAND(name) void add_##name(CLI::App& program);
#include "commands/list.def"
#undef COMMAND

namespace {

void add_commands(CLI::App& program) {
#define COMMAND(name) add_##name(program);
#include "commands/list.def"
#undef COMMAND
}

bool is_command(const CLI::App& program, const char* name) {
  return !program.get_subcommands([&](const CLI::App* each) { return each->check_name(name); })
              .empty();
}

}  // namespace

std::unique_ptr<CLI::App> make_program() {
  auto program = std::make_unique<CLI::App>(
      "chorus: a collection of images in one sinusoidal network", "chorus");
  program->set_version_flag("--version", "chorus " CHORUS_VERSION);
  program->require_subcommand(1);
  program->get_formatter()->column_width(34);
  add_commands(*program);
  return program;
}

namespace {

bool is_shared(std::string_view command) { return command == "train" || command == "bench"; }

/// Of several processes that were started together, all take part in a training. Other work is that
/// of the first one.
bool takes_part(int argc, char** argv) {
  if (launch().size < 2 || is_shared(argc > 1 ? argv[1] : "")) return true;
  if (launch().rank == 0)
    fmt::print(stderr,
               "note: {} processes were started, of which one is used: only `chorus train` "
               "is shared\n",
               launch().size);
  return launch().rank == 0;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  if (!takes_part(argc, argv)) return 0;
  const std::unique_ptr<CLI::App> made = make_program();
  CLI::App& program = *made;
  program.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    const auto commands = failed->get_subcommands();
    const std::string command = commands.empty() ? "" : commands.front()->get_name() + " ";
    return "chorus: " + printable(error.what()) + " (see chorus " + command + "--help)\n";
  });
  try {
    // CLI11 alone would only say that a subcommand is required.
    if (argc > 1 && argv[1][0] != '-' && !is_command(program, argv[1]))
      throw CLI::ExtrasError({argv[1]});
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    constexpr int wrong_use = 2;
    if (launch().rank > 0)
      return error.get_exit_code() == 0 ? 0 : wrong_use;  // the first one says it
    return program.exit(error) == 0 ? 0 : wrong_use;
  }
  return 0;
}

}  // namespace chorus::app
