// Writes what the packages hold beside the program, from the same source as --help: manual pages,
// and completions for bash and zsh.
//   chorus-manual FOLDER

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>

#include "cli.hpp"
#include "files.hpp"
#include "manual/manual.hpp"

namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& text) {
  chorus::make_folder(file.parent_path());
  chorus::write_atomically(file, [&](std::ostream& out) { out << text; });
}

void write_all(const fs::path& folder) {
  const std::unique_ptr<CLI::App> program = chorus::app::make_program();
  write(folder / "man/chorus.1", chorus::app::manual_page(*program, nullptr));
  for (const CLI::App* command : program->get_subcommands({}))
    write(folder / "man" / ("chorus-" + command->get_name() + ".1"),
          chorus::app::manual_page(*program, command));
  write(folder / "completions/chorus.bash", chorus::app::bash_completion(*program));
  write(folder / "completions/_chorus", chorus::app::zsh_completion(*program));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: chorus-manual FOLDER\n", stderr);
    return 2;
  }
  try {
    write_all(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "chorus-manual: %s\n", error.what());
    return 1;
  }
}
