#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "files.hpp"
#include "printable.hpp"
#include "support/cli_flags.hpp"
#include "support/html_page.hpp"
#include "support/output_files.hpp"
#include "view/page.hpp"

namespace chorus::app {

namespace {

struct ViewOptions {
  std::filesystem::path model, out;
  PagePrecision precision = PagePrecision::int8;
  bool overwrite = false;
};

void view(const ViewOptions& options) {
  check_replaceable({options.out}, is_own_page, options.overwrite);
  Session session{BackendChoice{}};
  const Model model = load_model(session.memory, options.model);
  const std::string page =
      view_page(model, options.precision, printable(options.model.stem().string()));
  write_atomically(options.out, [&](std::ostream& out) { out << page; });
  fmt::print("Page: {} ({} images, {:.0f} KB), for a browser\n", shown(options.out),
             model.images.size(), 1e-3 * static_cast<double>(page.size()));
}

}  // namespace

void add_view(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "view", "Write one HTML page in which the network runs: zoom, morphs, a map");
  const auto options = std::make_shared<ViewOptions>();
  command.add_option("model", options->model, "Model file")->required();
  command.add_option("-o,--output", options->out, "The page: an HTML file")->required();
  add_choice(command, "--precision", options->precision,
             "The network's numbers in the page: int8 is half as large, fp16 nearer to the model");
  add_overwrite(command, options->overwrite);
  command.callback([options] { view(*options); });
}

}  // namespace chorus::app
