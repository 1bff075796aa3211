#include "support/drawings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "metrics.hpp"
#include "parallel.hpp"

namespace chorus::app {

namespace {

/// A drawing whose error is below this is taken for what the pixels show. Fits of flat icons have
/// 48 dB and more, because edges of renderers differ by a few levels; shaded pictures and
/// photographs stay far below.
constexpr double least_psnr_db = 42;

shapes::ClassMap propose(const ToDraw& image, const Image& pixels, Renderer* renderer,
                         const Model* model) {
  if (renderer == nullptr || !image.in_model || model->siren.config().head != Head::palette)
    return shapes::propose(pixels);
  const std::size_t k = shapes::nodes_per_pixel(pixels.size());
  const EntryScores scores = renderer->entry_scores(image_code(*model, *image.in_model),
                                                    {pixels.width * k, pixels.height * k});
  return shapes::highest_scores(pixels.size(), scores.logits, scores.entries);
}

}  // namespace

Image own_pixels(Renderer& renderer, const Model& model, std::size_t image) {
  constexpr std::size_t least_samples = 3;  // areas, as pixels of a drawing are
  return renderer.render(
      image, {model.images[image].size(), std::max(least_samples, model.samples_per_axis)});
}

double DrawnImage::psnr_db() const { return drawn ? chorus::psnr_db(drawn->squared_error) : 0; }

bool DrawnImage::explains_pixels() const { return drawn && psnr_db() >= least_psnr_db; }

std::string DrawnImage::remark() const {
  if (!drawn) return fmt::format("no drawing: {} regions of one colour", regions);
  if (explains_pixels()) return "";
  return fmt::format("no flat drawing: {} pixels differ visibly{}", drawn->differing,
                     drawn->is_complete ? "" : ", and the fit was cut short");
}

void draw_images(const std::vector<ToDraw>& images, Renderer* renderer, const Model* model,
                 std::size_t threads,
                 const std::function<void(std::size_t, const DrawnImage&)>& receive) {
  const std::size_t batch = 4 * std::max<std::size_t>(1, threads);
  for (std::size_t first = 0; first < images.size(); first += batch) {
    const std::size_t count = std::min(batch, images.size() - first);
    std::vector<Image> pixels;
    std::vector<shapes::ClassMap> proposals;
    for (std::size_t i = first; i < first + count; ++i) {
      pixels.push_back(balanced(images[i].pixels));
      proposals.push_back(propose(images[i], pixels.back(), renderer, model));
    }
    std::vector<DrawnImage> drawn(count);
    for_each_index(count, threads, [&](std::size_t i) {
      try {
        drawn[i].drawn = shapes::fit_drawing(pixels[i], proposals[i]);
        drawn[i].regions = drawn[i].drawn->drawing.regions();
      } catch (const shapes::NotADrawing& failure) {
        drawn[i].regions = failure.regions;
      }
    });
    for (std::size_t i = 0; i < count; ++i) receive(first + i, drawn[i]);
  }
}

}  // namespace chorus::app
