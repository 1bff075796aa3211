#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/render.hpp"

// Paths of pictures between two images that a model encodes.

namespace chorus {

enum class PathKind {
  linear,     ///< latents and palettes on a straight line
  spherical,  ///< latents on an arc about the mean latent of the model, palettes on a line
  morph,      ///< the flat shapes of the two pictures move; see docs/paths.md
};

std::string_view name(PathKind kind);
PathKind parse_path_kind(std::string_view text);  ///< throws Error

struct PathOptions {
  PathKind kind = PathKind::morph;
  /// Run through the path so that neighbouring frames are equally far apart (root mean square over
  /// pixels and channels, at the size that the first image was trained at). Else at the path's own
  /// pace.
  bool even = true;
  /// CPU threads that draw a frame of a morph, as BackendOptions::threads: 0 stands for
  /// OMP_NUM_THREADS or one per core.
  std::size_t threads = 0;
};

/// One step of a path: its frames are functions of a number from 0 to 1.
class PathSegment;

/// The pictures between two images of a model. Working memory is kept between calls; the renderer
/// and the model must outlive the path.
class Path {
 public:
  /// Throws std::invalid_argument if an image does not exist.
  Path(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
       const PathOptions& options);
  Path(Path&&) noexcept;
  Path& operator=(Path&&) noexcept;
  ~Path();

  /// The picture at t in [0, 1]; 0 and 1 give exactly what the renderer gives for the two images.
  /// With even steps, sixteen equal steps of t are even. `supersample` as for Renderer::render.
  /// Throws std::invalid_argument if t is outside, or the size or `supersample` is 0.
  Image frame(double t, PixelSize size, std::size_t supersample = 1);

  /// So many pictures, both ends included, at equal steps of t; with even steps these are
  /// made even for this very number (up to 65; beyond, as frame() has them). At least 2, else
  /// throws std::invalid_argument.
  std::vector<Image> frames(std::size_t count, PixelSize size, std::size_t supersample = 1);

 private:
  /// Where on the way the ends of so many even steps lie.
  const std::vector<double>& even_places(std::size_t steps);

  std::unique_ptr<PathSegment> segment_;
  PixelSize measured_size_;
  std::size_t measured_supersample_;
  bool even_;
  std::map<std::size_t, std::vector<double>> places_;  ///< by the number of steps
};

}  // namespace chorus
