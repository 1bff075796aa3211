#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "chorus/pictures.hpp"
#include "chorus/render.hpp"
#include "evaluation/evaluation.hpp"
#include "metrics.hpp"
#include "printable.hpp"
#include "resample.hpp"
#include "sheet.hpp"
#include "support/cli_flags.hpp"
#include "support/model_data.hpp"
#include "support/output_files.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"

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

/// The network's image beside the training image, its bicubic enlargement and the truth. Unknown
/// images are empty.
struct Comparison {
  Image trained, bicubic, network, truth;
};

Comparison compare(Image network, const Known& known) {
  Comparison comparison{{}, {}, std::move(network), {}};
  if (known.trained != nullptr) {
    comparison.trained = *known.trained;
    comparison.bicubic = resample(*known.trained, comparison.network.width,
                                  comparison.network.height, Filter::bicubic);
  }
  if (known.truth != nullptr) comparison.truth = *known.truth;
  return comparison;
}

/// Shows all images, or an evenly spread selection, on as many pages as needed.
class ContactSheet {
 public:
  ContactSheet(const UpsampleOptions& options, const Model& model, const std::vector<Known>& known)
      : folder_(options.out),
        count_(model.images.size()),
        shown_(std::min(options.sheet_rows, count_)),
        with_trained_(std::ranges::any_of(known, [](auto& k) { return k.trained != nullptr; })),
        with_truth_(std::ranges::any_of(known, [](auto& k) { return k.truth != nullptr; })) {
    // A page must not have the name of an image.
    while (std::ranges::any_of(model.images,
                               [&](auto& image) { return image.name.starts_with(title_); }))
      title_ = fmt::format("_{}", title_);
    if (with_trained_) page_.column_titles = {"training image", "bicubic"};
    page_.column_titles.emplace_back("network");
    if (with_truth_)
      page_.column_titles.insert(page_.column_titles.end(), {"true image", "error of network"});
    if (with_truth_ && with_trained_) page_.column_titles.emplace_back("error of bicubic");
    const std::size_t side = std::min(options.size, largest_cell_px);
    rows_of_page_ =
        std::max<std::size_t>(1, largest_page_px / (side * side * page_.column_titles.size()));
  }

  /// The files to which the pages will be written.
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> all;
    for (std::size_t page = 1; (page - 1) * rows_of_page_ < shown_; ++page)
      all.push_back(file_of_page(page));
    return all;
  }

  /// Must be called for all images in the order of the model.
  void add(const std::string& name, const Comparison& each) {
    const bool chosen = added_ < shown_ && seen_++ >= added_ * count_ / shown_;
    if (!chosen) return;
    ++added_;
    page_.row_titles.push_back(name);
    std::vector<Image> row;
    if (with_trained_) row = {cell(each.trained), cell(each.bicubic)};
    row.push_back(cell(each.network));
    if (with_truth_) {
      row.push_back(cell(each.truth));
      row.push_back(cell(error_of(each.network, each.truth)));
    }
    if (with_truth_ && with_trained_) row.push_back(cell(error_of(each.bicubic, each.truth)));
    page_.rows.push_back(std::move(row));
    if (page_.rows.size() == rows_of_page_) write_page();
  }

  void finish() {
    if (!page_.rows.empty()) write_page();
    remove_stale(folder_, title_, files());
    if (pages_ == 0) return;
    fmt::print("Contact sheet: {}{}\n", shown(file_of_page(1)),
               pages_ == 1 ? "" : fmt::format(" to {}", shown(file_of_page(pages_).filename())));
    if (shown_ < count_)
      fmt::print("It shows {} of the {} images; --sheet-rows {} shows all\n", shown_, count_,
                 count_);
  }

 private:
  static constexpr std::size_t largest_cell_px = 512;
  static constexpr std::size_t largest_page_px = std::size_t{1} << 24U;

  static Image cell(const Image& image) { return reduced(image, largest_cell_px); }

  static Image error_of(const Image& image, const Image& truth) {
    return image.pixels() == 0 || truth.pixels() == 0 ? Image() : error_map(image, truth);
  }

  std::filesystem::path file_of_page(std::size_t page) const {
    return folder_ / (page == 1 ? title_ + ".png" : fmt::format("{}_{}.png", title_, page));
  }

  void write_page() {
    write_png(file_of_page(++pages_), draw(page_));
    page_.row_titles.clear();
    page_.rows.clear();
  }

  std::filesystem::path folder_;
  std::string title_ = "contact_sheet";
  std::size_t count_, shown_;
  bool with_trained_, with_truth_;
  std::size_t rows_of_page_ = 0, seen_ = 0, added_ = 0, pages_ = 0;
  Sheet page_;
};

/// Collects the errors of both methods on the images whose truth is known.
class Tally {
 public:
  void add(const Comparison& each) {
    if (each.truth.pixels() == 0) return;
    network_.push_back(mean_squared_error(quantized(each.network), each.truth));
    if (each.bicubic.pixels() != 0)
      bicubic_.push_back(mean_squared_error(quantized(each.bicubic), each.truth));
  }
  void print(std::size_t size) const {
    if (network_.empty()) return;
    const PsnrSummary network = summarize_psnr(network_);
    fmt::print("At {} px against the true images ({}): network {:.2f} dB mean, {:.2f} dB pooled\n",
               size, network_.size(), network.mean_db, network.pooled_db);
    if (bicubic_.size() != network_.size()) return;
    const PsnrSummary bicubic = summarize_psnr(bicubic_);
    std::size_t wins = 0;
    for (std::size_t i = 0; i < network_.size(); ++i) wins += network_[i] < bicubic_[i] ? 1U : 0U;
    fmt::print(
        "Bicubic from the training images: {:.2f} dB mean, {:.2f} dB pooled; the network is "
        "better on {} of {}\n",
        bicubic.mean_db, bicubic.pooled_db, wins, network_.size());
  }

 private:
  std::vector<double> network_, bicubic_;
};

/// The file of each image of the model.
std::vector<std::filesystem::path> picture_files(const Model& model,
                                                 const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const EncodedImage& image : model.images)
    files.push_back(folder / file_name(image.name, ".png"));
  return files;
}

void upsample(const UpsampleOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  Renderer renderer(session.memory, model);
  const bool compared = !options.data.empty();
  const TrainingImages trained =
      compared ? TrainingImages(model, options.data, options.background) : TrainingImages(model);
  const std::vector<Image> truth =
      compared ? true_images(model, options.data, options.background, options.size)
               : std::vector<Image>(model.images.size());
  if (compared) trained.note_if_other(model, options.data);
  const std::vector<Known> known = find_known(trained, truth);

  const std::size_t count = model.images.size();
  ContactSheet sheet(options, model, known);
  const std::vector<std::filesystem::path> files = picture_files(model, options.out);
  check_replaceable(files, options.overwrite);
  check_replaceable(sheet.files(), options.overwrite);
  prepare_folder(options.out);
  Tally tally;
  Progress bar;
  for (std::size_t i = 0; i < count; ++i) {
    const EncodedImage& encoded = model.images[i];
    // The shorter side of the truth may differ by rounding.
    const Image* true_image = known[i].truth;
    const PixelSize size =
        true_image != nullptr ? true_image->size() : scaled_size(encoded, options.size);
    Image network =
        renderer.render(i, {size, supersample_for(model, i, options.size, options.supersample)});
    write_png(files[i], network);
    const Comparison comparison = compare(std::move(network), known[i]);
    tally.add(comparison);
    sheet.add(encoded.name, comparison);
    if (bar.due())
      bar.show(static_cast<double>(i + 1) / static_cast<double>(count),
               fmt::format("{} of {} images", i + 1, count));
  }
  bar.print(fmt::format("{} images of {} px: {}", count, options.size, shown(options.out)));
  if (compared && std::ranges::none_of(
                      known, [](auto& k) { return k.trained != nullptr || k.truth != nullptr; }))
    fmt::print(stderr, "note: {} has no images of {} px or of the training size to compare with\n",
               shown(options.data), options.size);
  tally.print(options.size);
  sheet.finish();
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
  command
      .add_option("--sheet-rows", options->sheet_rows,
                  "Maximum number of images on the contact sheet (0: no contact sheet)")
      ->capture_default_str()
      ->check(any_count);
  add_overwrite(command, options->overwrite);
  add_supersample(command, options->supersample);
  add_background(command, options->background);
  add_skip_unreadable(command);
  add_backend(command, options->backend);
  command.callback([options] { upsample(*options); });
}

}  // namespace chorus::app
