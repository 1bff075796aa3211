#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chorus/render.hpp"
#include "enum_names.hpp"
#include "fit_drawing.hpp"

namespace chorus {

namespace app {

/// Whether drawings take the place of the network's images: where the pixels say that they show
/// shapes, always, or never.
enum class UseShapes { automatic, on, off };

}  // namespace app

template <>
inline constexpr auto enum_names<app::UseShapes> =
    enum_table<app::UseShapes>("use of shapes", {{app::UseShapes::automatic, "auto"},
                                                 {app::UseShapes::on, "on"},
                                                 {app::UseShapes::off, "off"}});

namespace app {

/// An image to be drawn: its pixels (premultiplied) and, if a model has it, its index there.
struct ToDraw {
  std::string name;
  Image pixels;
  std::optional<std::size_t> in_model = {};
  std::vector<bool> held_out = {};  ///< pixels that the drawing must not know; empty: none
  Image enlarged =
      {};  ///< if known: nodes_per_pixel() as large, premultiplied; proposes the regions
};

/// An image of the model as the network decodes it at the size of its training.
Image own_pixels(Renderer& renderer, const Model& model, std::size_t image);

/// An image of the model: its training image if that is known, or else the network's own pixels.
ToDraw image_to_draw(Renderer& renderer, const Model& model, std::size_t image,
                     const Image* trained);

/// The drawing of an image, or why it has none.
struct DrawnImage {
  std::optional<shapes::DrawnPicture> drawn;
  int regions = 0;
  std::optional<double> rejected_db = {};  ///< of a drawing that shows something else

  /// Drops a drawing that is not even like the pixels, of noise or of a photograph.
  void reject_if_other();
  /// PSNR at the size of the pixels that it was made from, in dB; 0 without a drawing.
  double psnr_db() const;
  /// Whether the pixels themselves say that they show flat or linearly shaded shapes: the drawing
  /// explains them up to the noise of rounding and of another renderer's edges.
  bool explains_pixels() const;
  bool is_to_be_used(UseShapes shapes) const {
    return drawn && shapes != UseShapes::off && (shapes == UseShapes::on || explains_pixels());
  }
  /// Why the pixels do not, in some words; empty if it does.
  std::string remark() const;
};

/// Proposes the regions of images that are to be drawn: the network of a model; or, without one or
/// where it has no palettes, the enlarged pixels.
struct Proposer {
  Renderer* renderer = nullptr;
  const Model* model = nullptr;
  /// Ask the network at half as many places along an axis, which takes half of a drawing's time and
  /// costs some tenths of a dB (docs/shapes.md).
  bool is_quick = false;
};

/// Draws all images, in their order, and calls receive(index, drawing) for each in that order.
/// `threads` images are fitted at once; the results do not depend on that. An image takes up to
/// several seconds; once stops() is true, no further one is begun, and those that were not are
/// received as without a drawing.
void draw_images(const std::vector<ToDraw>& images, const Proposer& proposer, std::size_t threads,
                 const std::function<void(std::size_t, const DrawnImage&)>& receive,
                 const std::function<bool()>& stops = {});

}  // namespace app

}  // namespace chorus
