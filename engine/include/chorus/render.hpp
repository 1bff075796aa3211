#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// To which entry of an image's palette the network assigns each pixel's centre.
struct EntryScores {
  std::vector<float> logits;   ///< [pixels x entries], row-major
  std::vector<Color> entries;  ///< at the image's centre, in balanced numbers (image.hpp)
};

/// Samples per pixel and axis for decoding at this longer side: as dense as in the training of an
/// image whose longer side had `trained_side` pixels. A model that was trained on areas of pixels
/// gets at least two, since a pixel of any size is an area.
std::size_t usual_samples(const Model& model, std::size_t trained_side, std::size_t longer_side);

/// Decodes images of any size from a model, and keeps working memory between calls. A call uses all
/// workers of the backend; calls from several threads wait for each other. Several renderers of one
/// model work at the same time.
class Renderer {
 public:
  Renderer(Memory& memory, const Model& model);

  /// The image of a code. A pixel whose centre differs by at most 4 of 255 levels from the centres
  /// of all neighbours has the colour of its centre, and only the other pixels are sampled more
  /// densely: most of an icon is flat. Values are not clipped. Throws Error if one is not finite,
  /// std::invalid_argument if the code is of another model or a number of the raster is 0.
  Image render(const ImageCode& code, const Raster& raster);
  /// The image of that index in the model.
  Image render(std::size_t image, const Raster& raster);
  /// A part of that image: the same pixels, without the work for the others. Throws
  /// std::invalid_argument also if the region is empty or not within the raster.
  Image render(const ImageCode& code, const Raster& raster, const Region& region);

  /// What render() mixes colours from, at one point a pixel. Throws std::invalid_argument as
  /// render() does, and if the model has no palettes.
  EntryScores entry_scores(const ImageCode& code, PixelSize size);

  ImageCode code(std::size_t image) const;

 private:
  void check(const ImageCode& code, const Raster& raster, const Region& region) const;
  Conditioned condition(Tape& tape, const ImageCode& code);
  /// The rows [n][columns] that `formula` gives at points [n][2] in [-1, 1] x [-1, 1].
  using Formula = std::function<Var(Tape& tape, const Var& points, const Conditioned& image)>;
  std::vector<float> evaluate(std::span<const float> points, std::size_t columns,
                              const Conditioned& image, const Formula& formula);
  /// The colours [n][channels] at points.
  std::vector<float> colors(std::span<const float> points, const Conditioned& image);

  Backend& backend_;
  const Model& model_;
  std::vector<Memory> memories_;  ///< by worker
  mutable std::mutex turn_;
};

}  // namespace chorus
