#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compare/choices.hpp"
#include "compare/comparison.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "report/report.hpp"
#include "support/cli_flags.hpp"
#include "support/html_page.hpp"
#include "support/output_files.hpp"
#include "support/print_result.hpp"
#include "support/processes.hpp"

namespace chorus::app {

namespace {

struct ReportCommand {
  BackendChoice backend;
  std::filesystem::path run;
  std::vector<std::filesystem::path> compared;  ///< none, or two folders
  std::vector<std::filesystem::path> choices;
  bool json = false;
  ReportSources sources;
  std::filesystem::path out;
  bool overwrite = false;
};

/// Writes a page, once it is made. `make` is not called if the page cannot be written.
void write_html(const ReportCommand& options, const char* what,
                const std::function<std::string()>& make) {
  const std::filesystem::path file = options.out / "index.html";
  check_replaceable({file}, is_own_page, options.overwrite);
  prepare_folder(options.out);
  const std::string page = make();
  write_atomically(file, [&](std::ostream& out) { out << page; });
  fmt::print("{}: {} ({:.1f} MB)\n", what, shown(file), 1e-6 * static_cast<double>(page.size()));
}

/// Writes the page that asks, or says what people chose on it.
void compare_walks(const ReportCommand& options) {
  const PathComparison comparison =
      find_comparison(options.compared.front(), options.compared.back());
  if (options.choices.empty()) {
    for (const std::string& folder : comparison.only_in_one)
      print_note(fmt::format("{} has no counterpart and is left out", folder));
    write_html(options, "Comparison", [&] { return comparison_page(comparison); });
    return;
  }
  const ChoiceSummary summary = summarize_choices(comparison, options.choices);
  if (options.json)
    print_result(to_json(comparison, summary));
  else
    print_choices(comparison, summary);
}

void report(const ReportCommand& options) {
  if (!options.compared.empty()) {
    compare_walks(options);
    return;
  }
  write_html(options, "Report",
             [&] { return make_report(options.backend, options.run, options.sources); });
}

/// What the parser cannot say: which of the two uses needs which options.
void check_use(const ReportCommand& options) {
  const bool compares = !options.compared.empty();
  if (compares == !options.run.empty())
    throw CLI::ValidationError("report", "expected either a model or --compare A B");
  if (options.out.empty() == options.choices.empty())
    throw CLI::ValidationError("report", options.choices.empty()
                                             ? "expected -o, the folder for index.html"
                                             : "--choices prints a table; -o is for a page");
}

}  // namespace

void add_report(CLI::App& program) {
  CLI::App& command = *program.add_subcommand("report",
                                              "Write an HTML page about a training: scores, "
                                              "curves, pictures; or one that lets people compare "
                                              "two folders of animations");
  const auto options = std::make_shared<ReportCommand>();
  command.add_option("run", options->run, "Model file, or a folder that holds one");
  command.add_option("-o,--output", options->out, "Folder for index.html");
  command.add_option("--data", options->sources.data,
                     "True images of any sizes (default: the folder given to the training)");
  command.add_option_function<std::string>(
      "--background",
      [&sources = options->sources](const std::string& text) {
        sources.background = parse_color(text);
      },
      "Colour under transparent pixels: white, black or RRGGBB (default: that of the training)");
  add_choice(command, "--shapes", options->sources.shapes,
             "Also compare exact drawings (see vectorize): where the training pixels say that they "
             "show shapes, always, or never");
  add_skip_unreadable(command);
  command.add_flag_callback(
      "--no-paths", [&sources = options->sources] { sources.paths = false; },
      "Leave out the paths between images, which take the longest");
  CLI::Option* compared =
      command
          .add_option("--compare", options->compared,
                      "Two folders that `chorus interpolate` wrote: a page shows their animations "
                      "side by side and asks which is better")
          ->expected(2);
  CLI::Option* choices =
      command
          .add_option("--choices", options->choices,
                      "Files of choices that this page saved: print them, and how the measures of "
                      "paths agree with them")
          ->needs(compared);
  command.add_flag("--json", options->json, "Print the choices as one JSON object")->needs(choices);
  add_overwrite(command, options->overwrite);
  add_backend(command, options->backend);
  command.callback([options] {
    check_use(*options);
    report(*options);
  });
}

}  // namespace chorus::app
