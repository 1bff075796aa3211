#include <fmt/format.h>

#include <memory>

#include "files.hpp"
#include "printable.hpp"
#include "report/report.hpp"
#include "support/cli_flags.hpp"
#include "support/html_page.hpp"
#include "support/output_files.hpp"

namespace chorus::app {

namespace {

struct ReportCommand {
  BackendChoice backend;
  std::filesystem::path run;
  ReportSources sources;
  std::filesystem::path out;
  bool overwrite = false;
};

void report(const ReportCommand& options) {
  const std::filesystem::path file = options.out / "index.html";
  check_replaceable({file}, is_own_page, options.overwrite);
  prepare_folder(options.out);
  const std::string page = make_report(options.backend, options.run, options.sources);
  write_atomically(file, [&](std::ostream& out) { out << page; });
  fmt::print("Report: {} ({:.1f} MB)\n", shown(file), 1e-6 * static_cast<double>(page.size()));
}

}  // namespace

void add_report(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "report", "Write an HTML page about a training: scores, curves, pictures");
  const auto options = std::make_shared<ReportCommand>();
  command.add_option("run", options->run, "Model file, or a folder that holds one")->required();
  command.add_option("-o,--output", options->out, "Folder for index.html")->required();
  command.add_option("--data", options->sources.data,
                     "True images of any sizes (default: the folder given to the training)");
  command.add_option_function<std::string>(
      "--background",
      [&sources = options->sources](const std::string& text) {
        sources.background = parse_color(text);
      },
      "Colour under transparent pixels: white, black or RRGGBB (default: that of the training)");
  add_skip_unreadable(command);
  command.add_flag_callback(
      "--no-paths", [&sources = options->sources] { sources.paths = false; },
      "Leave out the paths between images, which take the longest");
  add_overwrite(command, options->overwrite);
  add_backend(command, options->backend);
  command.callback([options] { report(*options); });
}

}  // namespace chorus::app
