#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "chorus/error.hpp"
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
  std::filesystem::path drawings;  ///< SVGs; if empty, none are shown
  PagePrecision precision = PagePrecision::int8;
  bool overwrite = false;
};

/// The drawing NAME.svg of each image, as `vectorize` writes them; an empty text where there is
/// none.
std::vector<std::string> read_drawings(const Model& model, const std::filesystem::path& folder) {
  std::vector<std::string> drawings;
  for (const EncodedImage& image : model.images) {
    const std::filesystem::path file = folder / file_name(image.name, ".svg");
    drawings.push_back(std::filesystem::exists(file) ? read_file(file) : "");
  }
  if (std::ranges::all_of(drawings, [](const std::string& text) { return text.empty(); }))
    throw Error(fmt::format("{} has no drawing of any image of the model; expected files like {}",
                            shown(folder), printable(file_name(model.images[0].name, ".svg"))));
  return drawings;
}

void view(const ViewOptions& options) {
  check_replaceable({options.out}, is_own_page, options.overwrite);
  Session session{BackendChoice{}};
  const Model model = load_model(session.memory, options.model);
  PageContent content{options.precision, printable(options.model.stem().string()), {}};
  if (!options.drawings.empty()) content.drawings = read_drawings(model, options.drawings);
  const std::string page = view_page(model, content);
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
  command.add_option("--drawings", options->drawings,
                     "Folder with drawings (see vectorize) to show beside the network's images");
  add_overwrite(command, options->overwrite);
  command.callback([options] { view(*options); });
}

}  // namespace chorus::app
