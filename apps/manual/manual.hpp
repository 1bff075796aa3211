#pragma once

#include <string>

namespace CLI {
class App;
}

namespace chorus::app {

/// A page for `man`, of a command or, without one, of the program.
std::string manual_page(const CLI::App& program, const CLI::App* command);

/// Completions of commands, flags, their choices, and files.
std::string bash_completion(const CLI::App& program);
std::string zsh_completion(const CLI::App& program);

}  // namespace chorus::app
