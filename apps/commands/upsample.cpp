#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "drawn_image.hpp"
#include "evaluation/evaluation.hpp"
#include "metrics.hpp"
#include "printable.hpp"
#include "resample.hpp"
#include "support/cli_flags.hpp"
#include "support/drawings.hpp"
#include "support/model_data.hpp"
#include "support/output_files.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"
#include "support/sheet_pages.hpp"

namespace chorus::app {

namespace {

struct UpsampleOptions {
  BackendChoice backend;
  std::filesystem::path model;
  std::filesystem::path data;  ///< true images; if empty, nothing is compared
  std::filesystem::path out;
  std::size_t size = 256;       ///< pixels, longer side
  std::size_t supersample = 0;  ///< 0: see supersample_for()
  std::size_t sheet_rows = 100;
  UseShapes shapes = UseShapes::automatic;
  bool overwrite = false;
  std::optional<Rgb> background = {};  ///< see load_for()
};

/// The images that the data holds of an image of the model, or null.
struct Known {
  const Image* trained = nullptr;
  const Image* truth = nullptr;
};

std::vector<Known> find_known(const TrainingImages& trained, const std::vector<Image>& truth) {
  std::vector<Known> known;
  for (std::size_t i = 0; i < truth.size(); ++i)
    known.push_back({trained.find(i), truth[i].pixels() == 0 ? nullptr : &truth[i]});
  return known;
}

/// The network's image beside the training image, its bicubic enlargement, the drawing and the
/// truth. Unknown images are empty.
struct Comparison {
  Image trained, bicubic, network, drawing, truth;
  bool is_drawn = false;  ///< whether the drawing is what was written

  const Image& written() const { return is_drawn ? drawing : network; }
};

Comparison compare(Image network, Image drawing, bool is_drawn, const Known& known) {
  Comparison comparison{{}, {}, std::move(network), std::move(drawing), {}, is_drawn};
  if (known.trained != nullptr) {
    comparison.trained = *known.trained;
    comparison.bicubic = resample(*known.trained, comparison.network.width,
                                  comparison.network.height, Filter::bicubic);
  }
  if (known.truth != nullptr) comparison.truth = *known.truth;
  return comparison;
}

Image error_of(const Image& image, const Image& truth) {
  return image.pixels() == 0 || truth.pixels() == 0 ? Image() : error_map(image, truth);
}

/// The contact sheet, which has columns for what is known of any image.
class ContactSheet {
 public:
  ContactSheet(const UpsampleOptions& options, const Model& model, const std::vector<Known>& known,
               bool with_drawings)
      : with_trained_(std::ranges::any_of(known, [](auto& k) { return k.trained != nullptr; })),
        with_drawings_(with_drawings),
        with_truth_(std::ranges::any_of(known, [](auto& k) { return k.truth != nullptr; })),
        pages_(options.out, names_of(model), titles(), options.size, options.sheet_rows) {}

  SheetPages& pages() { return pages_; }

  void add(const std::string& name, const Comparison& each) {
    pages_.add(name, [&] {
      std::vector<Image> row;
      if (with_trained_) row = {each.trained, each.bicubic};
      row.push_back(each.network);
      if (with_drawings_) row.push_back(each.drawing);
      if (with_truth_) {
        row.push_back(each.truth);
        row.push_back(error_of(each.network, each.truth));
      }
      if (with_truth_ && with_drawings_) row.push_back(error_of(each.drawing, each.truth));
      if (with_truth_ && with_trained_) row.push_back(error_of(each.bicubic, each.truth));
      return row;
    });
  }

 private:
  static std::vector<std::string> names_of(const Model& model) {
    std::vector<std::string> names;
    names.reserve(model.images.size());
    for (const EncodedImage& image : model.images) names.push_back(image.name);
    return names;
  }

  std::vector<std::string> titles() const {
    std::vector<std::string> titles;
    if (with_trained_) titles = {"training image", "bicubic"};
    titles.emplace_back("network");
    if (with_drawings_) titles.emplace_back("drawing");
    if (with_truth_) titles.insert(titles.end(), {"true image", "error of network"});
    if (with_truth_ && with_drawings_) titles.emplace_back("error of drawing");
    if (with_truth_ && with_trained_) titles.emplace_back("error of bicubic");
    return titles;
  }

  bool with_trained_, with_drawings_, with_truth_;
  SheetPages pages_;
};

/// Collects the errors of the methods on the images whose truth is known.
class Tally {
 public:
  void add(const Comparison& each) {
    drawn_ += each.is_drawn ? 1 : 0;
    if (each.truth.pixels() == 0) return;
    network_.push_back(error(each.network, each.truth));
    written_.push_back(each.is_drawn ? error(each.drawing, each.truth) : network_.back());
    if (each.bicubic.pixels() != 0) bicubic_.push_back(error(each.bicubic, each.truth));
  }
  void print(std::size_t size, std::size_t images) const {
    if (drawn_ > 0)
      fmt::print(
          "{} of {} images are written as exact drawings of shapes, which explain the "
          "training pixels (--shapes off: as the network decodes them)\n",
          drawn_, images);
    if (network_.empty()) return;
    const PsnrSummary network = summarize_psnr(network_);
    fmt::print("At {} px against the true images ({}): network {:.2f} dB mean, {:.2f} dB pooled\n",
               size, network_.size(), network.mean_db, network.pooled_db);
    if (drawn_ > 0) print_beside("With drawings where they are written", written_);
    if (bicubic_.size() == network_.size())
      print_beside("Bicubic from the training images", bicubic_);
  }

 private:
  static double error(const Image& image, const Image& truth) {
    return mean_squared_error(quantized(image), truth);
  }
  void print_beside(const char* what, const std::vector<double>& other) const {
    const PsnrSummary summary = summarize_psnr(other);
    std::size_t wins = 0;
    for (std::size_t i = 0; i < network_.size(); ++i) wins += network_[i] < other[i] ? 1U : 0U;
    fmt::print("{}: {:.2f} dB mean, {:.2f} dB pooled; the network is better on {} of {}\n", what,
               summary.mean_db, summary.pooled_db, wins, network_.size());
  }

  std::size_t drawn_ = 0;
  std::vector<double> network_, written_, bicubic_;
};

/// The file of each image of the model.
std::vector<std::filesystem::path> picture_files(const Model& model,
                                                 const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const EncodedImage& image : model.images)
    files.push_back(folder / file_name(image.name, ".png"));
  return files;
}

/// The images that drawings are tried for: those that grow and whose training pixels are given, or
/// with --shapes on all, if need be from the network's own pixels.
std::vector<ToDraw> images_to_draw(const UpsampleOptions& options, const Model& model,
                                   Renderer& renderer, const std::vector<Known>& known) {
  std::vector<ToDraw> images;
  if (options.shapes == UseShapes::off) return images;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const EncodedImage& encoded = model.images[i];
    const Image* trained = known[i].trained;
    const bool grows = options.size > encoded.size().longer_side();
    if (options.shapes == UseShapes::on || (trained != nullptr && grows))
      images.push_back(image_to_draw(renderer, model, i, trained));
  }
  return images;
}

void upsample(const UpsampleOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  Renderer renderer(session.memory, model);
  const bool compared = !options.data.empty();
  const TrainingImages trained(model, options.data, options.background);
  const std::vector<Image> truth =
      compared ? true_images(model, options.data, options.background, options.size)
               : std::vector<Image>(model.images.size());
  trained.note_if_other(model, options.data);
  const std::vector<Known> known = find_known(trained, truth);
  const std::vector<ToDraw> to_draw = images_to_draw(options, model, renderer, known);

  const std::size_t count = model.images.size();
  ContactSheet sheet(options, model, known, !to_draw.empty());
  const std::vector<std::filesystem::path> files = picture_files(model, options.out);
  check_replaceable(files, options.overwrite);
  check_replaceable(sheet.pages().files(), options.overwrite);
  prepare_folder(options.out);
  Tally tally;
  Progress bar;
  const auto write = [&](std::size_t i, const DrawnImage& drawn) {
    const EncodedImage& encoded = model.images[i];
    // The shorter side of the truth may differ by rounding.
    const Image* true_image = known[i].truth;
    const PixelSize size =
        true_image != nullptr ? true_image->size() : scaled_size(encoded, options.size);
    Image network =
        renderer.render(i, {size, supersample_for(model, i, options.size, options.supersample)});
    Image drawing =
        drawn.drawn ? shapes::drawn_image(drawn.drawn->drawing, size, network.channels) : Image();
    const bool is_drawn = drawn.is_to_be_used(options.shapes);
    const Comparison comparison =
        compare(std::move(network), std::move(drawing), is_drawn, known[i]);
    write_png(files[i], comparison.written());
    tally.add(comparison);
    sheet.add(encoded.name, comparison);
    if (bar.due())
      bar.show(static_cast<double>(i + 1) / static_cast<double>(count),
               fmt::format("{} of {} images", i + 1, count));
  };
  std::size_t next = 0;
  const auto write_undrawn = [&](std::size_t until) {
    while (next < until) write(next++, {});
  };
  draw_images(to_draw, {&renderer, &model}, session.threads,
              [&](std::size_t k, const DrawnImage& drawn) {
                write_undrawn(*to_draw[k].in_model);
                write(next++, drawn);
              });
  write_undrawn(count);
  bar.print(fmt::format("{} images of {} px: {}", count, options.size, shown(options.out)));
  if (compared && std::ranges::none_of(
                      known, [](auto& k) { return k.trained != nullptr || k.truth != nullptr; }))
    fmt::print(stderr, "note: {} has no images of {} px or of the training size to compare with\n",
               shown(options.data), options.size);
  tally.print(options.size, count);
  sheet.pages().finish();
}

}  // namespace

void add_upsample(CLI::App& program) {
  CLI::App& command =
      *program.add_subcommand("upsample", "Write all images of a model at a larger size");
  const auto options = std::make_shared<UpsampleOptions>();
  command.add_option("model", options->model, "Model file")->required();
  command.add_option("--size", options->size, "Longer side of the written images (pixels)")
      ->capture_default_str()
      ->check(picture_size_px);
  command
      .add_option("-o,--output", options->out, "Folder to write the PNGs and a contact sheet to")
      ->required();
  command.add_option("--data", options->data,
                     "True images to compare with, if they have the training size or --size");
  add_sheet_rows(command, options->sheet_rows);
  add_overwrite(command, options->overwrite);
  add_choice(command, "--shapes", options->shapes,
             "Write exact drawings (see vectorize) in place of the network's pixels: where the "
             "training images of --data say that they are drawings of shapes, always, or never");
  add_supersample(command, options->supersample);
  add_background(command, options->background);
  add_skip_unreadable(command);
  add_backend(command, options->backend);
  command.callback([options] { upsample(*options); });
}

}  // namespace chorus::app
