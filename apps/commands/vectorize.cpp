#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "drawn_image.hpp"
#include "evaluation/evaluation.hpp"
#include "files.hpp"
#include "metrics.hpp"
#include "printable.hpp"
#include "resample.hpp"
#include "support/cli_flags.hpp"
#include "support/data_url.hpp"
#include "support/drawings.hpp"
#include "support/model_data.hpp"
#include "support/output_files.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"
#include "support/sheet_pages.hpp"
#include "svg.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;

struct VectorizeOptions {
  BackendChoice backend;
  fs::path input;  ///< a model file, or images
  fs::path data;   ///< the images that a model was trained on
  fs::path out;
  std::optional<std::size_t> size;
  std::size_t sheet_rows = 100;
  bool is_minified = false;
  bool overwrite = false;
  std::optional<Rgb> background;
};

/// The table that lists the drawings of a folder. It also tells which SVGs there are ours.
constexpr const char* table_name = "drawings.tsv";
constexpr const char* table_head = "file\tbytes\tnodes\tregions\tpsnr_db\tremark\n";

bool is_image_source(const fs::path& input) {
  std::string ending = input.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return fs::is_directory(input) || (ending != ".safetensors" && !ending.empty());
}

/// Where the images come from: a model, or files.
struct Source {
  std::optional<Session> session;
  std::optional<Model> model;
  std::optional<Renderer> renderer;
  std::vector<ToDraw> images;
  std::size_t threads = 0;
};

void load_files(const VectorizeOptions& options, Source& source) {
  if (!options.data.empty())
    throw Error(fmt::format("{} holds images; expected a model file where --data is given",
                            shown(options.input)));
  source.threads = options.backend.threads;
  for (NamedImage& named : load_images(options.input, options.size, options.background))
    source.images.push_back({std::move(named.name), std::move(named.image)});
}

/// The images of a model: as they were trained on if the data has them, else as they are decoded.
void load_model_images(const VectorizeOptions& options, Source& source) {
  source.session.emplace(options.backend);
  source.threads = source.session->threads;
  source.model.emplace(load_model(source.session->memory, options.input));
  source.renderer.emplace(source.session->memory, *source.model);
  const Model& model = *source.model;
  const TrainingImages trained(model, options.data, options.background);
  trained.note_if_other(model, options.data);
  std::size_t decoded = 0;
  for (std::size_t i = 0; i < model.images.size(); ++i) {
    const Image* image = trained.find(i);
    decoded += image == nullptr ? 1 : 0;
    source.images.push_back(image_to_draw(*source.renderer, model, i, image));
  }
  if (decoded > 0)
    fmt::print(stderr,
               "note: {} of {} images are drawn from the network's own pixels; with --data FOLDER, "
               "the training images decide\n",
               decoded, model.images.size());
}

/// The SVGs that an earlier run wrote to the folder.
std::set<std::string> listed_files(const fs::path& folder) {
  std::set<std::string> files;
  const fs::path table = folder / table_name;
  if (!fs::is_regular_file(table)) return files;
  std::istringstream lines(read_file(table));
  std::string line;
  std::getline(lines, line);
  if (line + "\n" != table_head) return files;
  while (std::getline(lines, line)) files.insert(line.substr(0, line.find('\t')));
  return files;
}

/// Writes the table without its figures, which come when all is drawn: a run that is interrupted
/// leaves SVGs that the next one knows for its own.
void list_files(const fs::path& folder, std::set<std::string> listed,
                const std::vector<fs::path>& files) {
  for (const fs::path& file : files) listed.insert(file.filename().string());
  write_atomically(folder / table_name, [&](std::ostream& out) {
    out << table_head;
    for (const std::string& file : listed) out << file << '\n';
  });
}

/// An SVG that shows the pixels themselves: what is no drawing is not made to look like one.
std::string embedded_picture(const Image& image) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\">\n<image width=\"{0}\" "
      "height=\"{1}\" href=\"{2}\"/>\n</svg>\n",
      image.width, image.height, data_url(image));
}

class Report {
 public:
  Report(const VectorizeOptions& options, const std::vector<ToDraw>& images)
      : options_(options),
        images_(images),
        table_(table_head),
        sheet_(options.out, names_of(images), {"pixels", "bicubic", "drawing"}, cell_px,
               options.sheet_rows) {}

  const SheetPages& sheet() const { return sheet_; }

  void add(std::size_t i, const DrawnImage& drawn) {
    const ToDraw& image = images_[i];
    shapes::SvgText svg;
    if (drawn.drawn)
      svg = shapes::write_svg(drawn.drawn->drawing, {2, options_.is_minified});
    else
      svg.text = embedded_picture(image.pixels);
    const std::string file = file_name(image.name, ".svg");
    write_atomically(options_.out / file, [&](std::ostream& out) { out << svg.text; });
    table_ += fmt::format("{}\t{}\t{}\t{}\t{:.2f}\t{}\n", file, svg.text.size(), svg.nodes,
                          drawn.regions, drawn.psnr_db(), drawn.remark());
    bytes_.push_back(svg.text.size());
    if (drawn.drawn) errors_.push_back(drawn.drawn->squared_error);
    if (!drawn.explains_pixels())
      doubtful_.push_back(fmt::format("{}: {}", image.name, drawn.remark()));
    sheet_.add(image.name, [&] { return cells_of(image, drawn); });
  }

  void finish() {
    write_atomically(options_.out / table_name, [&](std::ostream& out) { out << table_; });
    std::ranges::sort(bytes_);
    fmt::print("Drawings: {} bytes in the median, {} in the mean\n", bytes_[bytes_.size() / 2],
               std::accumulate(bytes_.begin(), bytes_.end(), std::size_t{0}) / bytes_.size());
    if (!errors_.empty()) {
      const PsnrSummary summary = summarize_psnr(errors_);
      fmt::print("At the size of the pixels: {:.2f} dB mean, {:.2f} dB pooled\n", summary.mean_db,
                 summary.pooled_db);
    }
    if (!doubtful_.empty())
      fmt::print("{} of {} images are no flat drawings ({} says why), the first of them {}\n",
                 doubtful_.size(), images_.size(), table_name, doubtful_.front());
    fmt::print("Table: {}\n", shown(options_.out / table_name));
    sheet_.finish();
  }

 private:
  static constexpr std::size_t cell_px = 192;

  static std::vector<std::string> names_of(const std::vector<ToDraw>& images) {
    std::vector<std::string> names;
    names.reserve(images.size());
    for (const ToDraw& image : images) names.push_back(image.name);
    return names;
  }

  static std::vector<Image> cells_of(const ToDraw& image, const DrawnImage& drawn) {
    const std::size_t longer = image.pixels.size().longer_side();
    const std::size_t factor = std::max<std::size_t>(1, cell_px / longer);
    const PixelSize size = {image.pixels.width * factor, image.pixels.height * factor};
    return {image.pixels, resample(image.pixels, size.width, size.height, Filter::bicubic),
            drawn.drawn ? shapes::drawn_image(drawn.drawn->drawing, size, image.pixels.channels)
                        : Image()};
  }

  const VectorizeOptions& options_;
  const std::vector<ToDraw>& images_;
  std::string table_;
  std::vector<std::size_t> bytes_;
  std::vector<double> errors_;
  std::vector<std::string> doubtful_;
  SheetPages sheet_;
};

void vectorize(const VectorizeOptions& options) {
  Source source;
  if (is_image_source(options.input))
    load_files(options, source);
  else
    load_model_images(options, source);
  const std::size_t count = source.images.size();
  std::vector<fs::path> files;
  for (const ToDraw& image : source.images)
    files.push_back(options.out / file_name(image.name, ".svg"));
  const std::set<std::string> listed = listed_files(options.out);
  check_replaceable(
      files, [&](const fs::path& file) { return listed.contains(file.filename().string()); },
      options.overwrite);
  Report report(options, source.images);
  check_replaceable(report.sheet().files(), options.overwrite);
  prepare_folder(options.out);
  list_files(options.out, listed, files);
  Progress bar;
  const Proposer proposer{source.renderer ? &*source.renderer : nullptr,
                          source.model ? &*source.model : nullptr};
  draw_images(source.images, proposer, source.threads, [&](std::size_t i, const DrawnImage& drawn) {
    report.add(i, drawn);
    if (bar.due())
      bar.show(static_cast<double>(i + 1) / static_cast<double>(count),
               fmt::format("{} of {} images", i + 1, count));
  });
  bar.print(fmt::format("{} drawings: {}", count, shown(options.out)));
  report.finish();
  for (const std::string& file : listed)
    if (std::ranges::none_of(files, [&](const fs::path& own) { return own.filename() == file; }))
      fs::remove(options.out / file);
}

}  // namespace

void add_vectorize(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "vectorize", "Write images as exact vector drawings (SVG), fitted to their pixels");
  const auto options = std::make_shared<VectorizeOptions>();
  command.add_option("input", options->input, "Model file, or a folder of images or one image")
      ->required();
  command
      .add_option("-o,--output", options->out,
                  "Folder to write the SVGs, a table and a contact sheet to")
      ->required();
  command.add_option("--data", options->data,
                     "The images that the model was trained on; the drawings are fitted to them");
  command.add_option("--size", options->size, "Which size of the folder's images to draw (pixels)")
      ->check(picture_size_px);
  command.add_flag("--minify", options->is_minified, "Leave out ids and line ends");
  add_sheet_rows(command, options->sheet_rows);
  add_overwrite(command, options->overwrite);
  add_background(command, options->background);
  add_skip_unreadable(command);
  add_backend(command, options->backend);
  command.callback([options] { vectorize(*options); });
}

}  // namespace chorus::app
