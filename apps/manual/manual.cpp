#include "manual/manual.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "chorus/version.hpp"

namespace chorus::app {

namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
  return program.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<const CLI::Option*> options_of(const CLI::App& command, bool positional) {
  return command.get_options(
      [&](const CLI::Option* option) { return option->get_positional() == positional; });
}

std::vector<std::string> flags_of(const CLI::Option& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
  return flags;
}

std::string all_flags_of(const CLI::App& command) {
  std::string flags;
  for (const CLI::Option* option : options_of(command, false))
    for (const std::string& flag : flags_of(*option)) flags += (flags.empty() ? "" : " ") + flag;
  return flags;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

/// The words between the braces of a type such as TEXT:{free,predicted}.
std::string choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{'), close = type.rfind('}');
  if (open == type.npos || close == type.npos || close < open) return {};
  std::string words = type.substr(open + 1, close - open - 1);
  std::ranges::replace(words, ',', ' ');
  return words;
}

// --- pages ------------------------------------------------------------------------------------

/// Text for roff: no character is a command, and a minus is one that can be copied.
std::string roff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n'))
      result += std::string("\\&") + c;
    else
      result += c;
  }
  return result;
}

std::string entry(const CLI::Option& option) {
  std::string names;
  for (const std::string& flag : flags_of(option))
    names += (names.empty() ? "\\fB" : ", \\fB") + roff(flag) + "\\fR";
  if (option.get_positional()) names = "\\fI" + roff(option.get_name()) + "\\fR";
  if (takes_value(option) && !option.get_positional())
    names += " \\fI" + roff(option.get_type_name()) + "\\fR";
  std::string text = ".TP\n" + names + "\n" + roff(option.get_description());
  if (!option.get_default_str().empty()) text += " [" + roff(option.get_default_str()) + "]";
  return text + (option.get_required() ? " (required)\n" : "\n");
}

std::string section(const std::string& title, const CLI::App& command, bool positional) {
  std::string text;
  for (const CLI::Option* option : options_of(command, positional)) text += entry(*option);
  return text.empty() ? "" : ".SH " + title + "\n" + text;
}

std::string synopsis(const CLI::App& command) {
  std::string text = "\\fBchorus " + roff(command.get_name()) + "\\fR [\\fIoptions\\fR]";
  for (const CLI::Option* option : options_of(command, true))
    text += option->get_required() ? " \\fI" + roff(option->get_name()) + "\\fR"
                                   : " [\\fI" + roff(option->get_name()) + "\\fR]";
  return text + "\n";
}

std::string page(const std::string& name, const std::string& description,
                 const std::string& synopsis_text, const std::string& rest) {
  return ".TH " + name + " 1 \"\" \"chorus " CHORUS_VERSION "\" \"User Commands\"\n.SH NAME\n" +
         roff(name) + " \\- " + roff(description) + "\n.SH SYNOPSIS\n" + synopsis_text + rest +
         ".SH EXIT STATUS\n0 if all was done, 1 if a command failed, 2 if it was used wrongly.\n";
}

// --- completions ------------------------------------------------------------------------------

/// A word in single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) c == '\'' ? result += "'\\''" : result += c;
  return result + "'";
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

/// Texts of zsh's _arguments end at a colon and have brackets of their own.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_arguments(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : options_of(command, false)) {
    const std::string choices = choices_of(*option);
    const std::string value = !takes_value(*option) ? ""
                              : choices.empty()     ? ":value:_files"
                                                    : ":value:(" + choices + ")";
    for (const std::string& flag : flags_of(*option))
      text += fmt::format(
          " \\\n        {}",
          quoted(fmt::format("{}[{}]{}", flag, zsh_text(option->get_description()), value)));
  }
  return text + " \\\n        '*:file:_files'\n";
}

}  // namespace

std::string manual_page(const CLI::App& program, const CLI::App* command) {
  if (command != nullptr)
    return page("chorus-" + command->get_name(), command->get_description(), synopsis(*command),
                section("ARGUMENTS", *command, true) + section("OPTIONS", *command, false) +
                    ".SH SEE ALSO\n.BR chorus (1)\n");
  std::string list = ".SH COMMANDS\n";
  for (const CLI::App* each : commands_of(program))
    list += ".TP\n\\fBchorus\\-" + roff(each->get_name()) + "\\fR(1)\n" +
            roff(each->get_description()) + "\n";
  return page("chorus", "a collection of images in one sinusoidal network",
              "\\fBchorus\\fR \\fIcommand\\fR [\\fIoptions\\fR] ...\n",
              list + section("OPTIONS", program, false));
}

namespace {

/// How the shell sees the command and a flag before a word.
std::vector<std::string> patterns_of(const std::string& command, const CLI::Option& option) {
  std::vector<std::string> patterns;
  for (const std::string& flag : flags_of(option))
    patterns.push_back(fmt::format("{}:{}", command, flag));
  return patterns;
}

}  // namespace

std::string bash_completion(const CLI::App& program) {
  std::vector<std::string> names;
  std::string flags, choices;
  for (const CLI::App* command : commands_of(program)) {
    const std::string& name = command->get_name();
    names.push_back(name);
    flags += "    " + name + ") words=" + quoted(all_flags_of(*command)) + " ;;\n";
    for (const CLI::Option* option : options_of(*command, false))
      if (const std::string words = choices_of(*option); !words.empty())
        choices += fmt::format("    {}) words={} ;;\n", joined(patterns_of(name, *option), "|"),
                               quoted(words));
  }
  return "# bash completion for chorus\n\n_chorus() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
         "  local command=${COMP_WORDS[1]}\n  COMPREPLY=()\n"
         "  if ((COMP_CWORD == 1)); then\n    words=" +
         quoted(joined(names, " ") + " " + all_flags_of(program)) +
         "\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n    return\n  fi\n"
         "  case $command:$before in\n" +
         choices + "  esac\n  if [[ -z $words && $word == -* ]]; then\n    case $command in\n" +
         flags +
         "    esac\n  fi\n"
         "  if [[ -n $words ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n  fi\n}\n"
         "complete -o bashdefault -o default -F _chorus chorus\n";
}

std::string zsh_completion(const CLI::App& program) {
  std::string commands, cases;
  for (const CLI::App* command : commands_of(program)) {
    commands += "      " + quoted(command->get_name() + ":" + command->get_description()) + "\n";
    cases += "      " + command->get_name() + ")\n        _arguments" + zsh_arguments(*command) +
             "        ;;\n";
  }
  return "#compdef chorus\n\n_chorus() {\n  local -a commands\n  if ((CURRENT == 2)); then\n"
         "    commands=(\n" +
         commands +
         "    )\n    _describe command commands\n    return\n  fi\n  local command=$words[2]\n"
         "  shift words\n  ((CURRENT--))\n    case $command in\n" +
         cases + "    esac\n}\n\n_chorus \"$@\"\n";
}

}  // namespace chorus::app
