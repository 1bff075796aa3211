#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "chorus/files.hpp"
#include "chorus/metrics.hpp"
#include "chorus/render.hpp"
#include "chorus/resample.hpp"
#include "chorus/sheet.hpp"
#include "commands.hpp"
#include "progress.hpp"
#include "session.hpp"

namespace chorus::app {

namespace {

using ImagesByName = std::map<std::string, Image>;

/// The images of the data at one size; empty if the data does not have that size.
ImagesByName load_size(const UpsampleOptions& options, std::size_t size) {
  ImagesByName images;
  if (options.data.empty()) return images;
  LoadOptions load;
  load.background = options.background;
  const std::vector<std::size_t> offered = available_sizes(options.data);
  if (!offered.empty()) {
    if (std::find(offered.begin(), offered.end(), size) == offered.end()) return images;
    load.size = size;
  }
  for (NamedImage& named : load_collection(options.data, load))
    if (std::max(named.image.width, named.image.height) == size)
      images.emplace(named.name, std::move(named.image));
  return images;
}

/// The network's image beside what it was trained on, the classical way up, and the truth.
struct Comparison {
  std::string name;
  Image trained, bicubic, network, truth;
};

Comparison compare(const std::string& name, Image network, const ImagesByName& trained,
                   const ImagesByName& truth) {
  Comparison comparison{name, {}, {}, std::move(network), {}};
  if (const auto found = trained.find(name); found != trained.end()) {
    comparison.trained = found->second;
    comparison.bicubic = resample(found->second, comparison.network.width,
                                  comparison.network.height, Filter::bicubic);
  }
  if (const auto found = truth.find(name); found != truth.end()) comparison.truth = found->second;
  return comparison;
}

Image contact_sheet(const std::vector<Comparison>& comparisons, bool with_trained,
                    bool with_truth) {
  Sheet sheet;
  if (with_trained) sheet.column_titles = {"training image", "bicubic"};
  sheet.column_titles.emplace_back("network");
  if (with_truth) {
    sheet.column_titles.emplace_back("true image");
    sheet.column_titles.emplace_back("error of network");
    if (with_trained) sheet.column_titles.emplace_back("error of bicubic");
  }
  for (const Comparison& each : comparisons) {
    sheet.row_titles.push_back(each.name);
    std::vector<Image> row;
    if (with_trained) row = {each.trained, each.bicubic};
    row.push_back(each.network);
    if (with_truth) {
      const bool known = each.truth.pixels() != 0;
      row.push_back(each.truth);
      row.push_back(known ? error_map(each.network, each.truth) : Image());
      if (with_trained)
        row.push_back(known && each.bicubic.pixels() != 0 ? error_map(each.bicubic, each.truth)
                                                          : Image());
    }
    sheet.rows.push_back(std::move(row));
  }
  return draw(sheet);
}

/// Sums of both methods' errors over the images whose truth is known.
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

}  // namespace

void upsample(const UpsampleOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  Renderer renderer(session.memory, model);
  const ImagesByName truth = load_size(options, options.size);
  const ImagesByName trained = load_size(options, longer_side(model.images.front()));
  make_folder(options.out);

  const std::size_t count = model.images.size();
  const std::size_t shown = std::min(options.sheet_rows, count);
  std::vector<Comparison> sheet_rows;
  Tally tally;
  Progress bar;
  for (std::size_t i = 0; i < count; ++i) {
    const EncodedImage& encoded = model.images[i];
    const PixelSize size = scaled_size(encoded, options.size);
    Image network = renderer.render(i, size.width, size.height,
                                    supersample_for(encoded, options.size, options.supersample));
    write_png(options.out / (encoded.name + ".png"), network);
    Comparison comparison = compare(encoded.name, std::move(network), trained, truth);
    tally.add(comparison);
    // Rows of the sheet are spread evenly over the collection.
    if (sheet_rows.size() < shown && i >= sheet_rows.size() * count / shown)
      sheet_rows.push_back(std::move(comparison));
    if (bar.due())
      bar.show(static_cast<double>(i + 1) / static_cast<double>(count),
               fmt::format("{} of {} images", i + 1, count));
  }
  bar.print(fmt::format("{} images of {} px: {}", count, options.size, options.out.string()));
  tally.print(options.size);
  if (shown > 0) {
    const std::filesystem::path file = options.out / "contact_sheet" / "sheet.png";
    make_folder(file.parent_path());
    write_png(file, contact_sheet(sheet_rows, !trained.empty(), !truth.empty()));
    fmt::print("Contact sheet: {}\n", file.string());
  }
}

}  // namespace chorus::app
