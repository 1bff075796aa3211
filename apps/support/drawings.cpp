#include "support/drawings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "evaluation/training_images.hpp"
#include "metrics.hpp"
#include "parallel.hpp"

namespace chorus::app {

namespace {

/// A drawing whose error is below this is taken for what the pixels show. Fits of flat icons have
/// 48 dB and more, because edges of renderers differ by a few levels; shaded pictures and
/// photographs stay far below.
constexpr double least_psnr_db = 42;

/// The pixels of an image with others in the place of those that are held out.
template <class Other>
Image with_others(const ToDraw& image, const Other& other) {
  Image pixels = image.pixels;
  for (std::size_t p = 0; p < image.held_out.size(); ++p)
    for (std::size_t c = 0; image.held_out[p] && c < pixels.channels; ++c)
      pixels.pixel(p % pixels.width, p / pixels.width)[c] = other(p * pixels.channels + c);
  return pixels;
}

/// What the fit may know: held-out pixels are not-a-number.
Image known_pixels(const ToDraw& image) {
  return with_others(image, [](std::size_t) { return std::numeric_limits<float>::quiet_NaN(); });
}

/// The pixels that are known, and the network's in the place of the others.
Image completed(const ToDraw& image, Renderer* renderer, const Model* model) {
  if (image.held_out.empty()) return image.pixels;
  const Image own = own_pixels(*renderer, *model, *image.in_model);
  return with_others(image, [&](std::size_t i) { return own.values[i]; });
}

/// The network's proposal; beside it that of the pixels where colours bend, since palettes are
/// flat.
std::vector<shapes::ClassMap> propose(const ToDraw& image, const Proposer& proposer) {
  const auto& [renderer, model, is_quick] = proposer;
  const Image pixels = balanced(completed(image, renderer, model));
  if (!image.enlarged.values.empty()) return shapes::propose(pixels, balanced(image.enlarged));
  if (renderer == nullptr || !image.in_model || model->siren.config().head != Head::palette)
    return shapes::propose(pixels);
  const std::size_t most = shapes::nodes_per_pixel(image.pixels.size());
  const std::size_t k = is_quick ? (most + 1) / 2 : most;
  const EntryScores scores = renderer->entry_scores(
      image_code(*model, *image.in_model), {image.pixels.width * k, image.pixels.height * k});
  std::vector<shapes::ClassMap> proposals = {
      shapes::highest_scores(image.pixels.size(), k, scores.logits, scores.entries)};
  if (auto bends = shapes::propose_bends(pixels)) proposals.push_back(std::move(*bends));
  return proposals;
}

}  // namespace

Image own_pixels(Renderer& renderer, const Model& model, std::size_t image) {
  constexpr std::size_t least_samples = 3;  // areas, as pixels of a drawing are
  return renderer.render(
      image, {model.images[image].size(), std::max(least_samples, model.samples_per_axis)});
}

ToDraw image_to_draw(Renderer& renderer, const Model& model, std::size_t image,
                     const Image* trained) {
  const std::string& name = model.images[image].name;
  if (trained == nullptr) return {name, own_pixels(renderer, model, image), image};
  return {name, *trained, image, held_out_mask(model, image, *trained)};
}

double DrawnImage::psnr_db() const { return drawn ? chorus::psnr_db(drawn->squared_error) : 0; }

void DrawnImage::reject_if_other() {
  constexpr double least_likeness_db = 30;
  if (!drawn || psnr_db() >= least_likeness_db) return;
  rejected_db = psnr_db();
  drawn.reset();
}

bool DrawnImage::explains_pixels() const { return drawn && psnr_db() >= least_psnr_db; }

std::string DrawnImage::remark() const {
  if (!drawn && rejected_db)
    return fmt::format("no drawing: it would be {:.1f} dB from the pixels", *rejected_db);
  if (!drawn) return fmt::format("no drawing: {} regions of one colour", regions);
  if (explains_pixels()) return "";
  return fmt::format("no flat drawing: {} pixels differ visibly{}", drawn->differing,
                     drawn->is_complete ? "" : ", and the fit was cut short");
}

void draw_images(const std::vector<ToDraw>& images, const Proposer& proposer, std::size_t threads,
                 const std::function<void(std::size_t, const DrawnImage&)>& receive,
                 const std::function<bool()>& stops) {
  const std::size_t batch = 4 * std::max<std::size_t>(1, threads);
  for (std::size_t first = 0; first < images.size(); first += batch) {
    const std::size_t count = std::min(batch, images.size() - first);
    std::vector<Image> pixels;
    std::vector<std::vector<shapes::ClassMap>> proposals;
    for (std::size_t i = first; i < first + count; ++i) {
      pixels.push_back(balanced(known_pixels(images[i])));
      proposals.push_back(propose(images[i], proposer));
    }
    std::vector<DrawnImage> drawn(count);
    for_each_index(count, threads, [&](std::size_t i) {
      if (stops && stops()) return;
      try {
        drawn[i].drawn = shapes::fit_drawing(pixels[i], proposals[i]);
        drawn[i].regions = drawn[i].drawn->drawing.regions();
        drawn[i].reject_if_other();
      } catch (const shapes::NotADrawing& failure) {
        drawn[i].regions = failure.regions;
      }
    });
    for (std::size_t i = 0; i < count; ++i) receive(first + i, drawn[i]);
  }
}

}  // namespace chorus::app
