#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "chorus/version.hpp"

// Paths of pictures between two images that a model encodes.

namespace CHORUS_API chorus {

enum class PathKind {
  linear,     ///< latents and palettes on a straight line
  spherical,  ///< latents on an arc about the mean latent of the model, palettes on a line
  learned,    ///< straight lines of pairs that the training taught; see docs/paths.md
  morph,      ///< the flat shapes of the two pictures move; see docs/paths.md
};

std::string_view name(PathKind kind);
PathKind parse_path_kind(std::string_view text);  ///< throws Error

struct PathOptions {
  PathKind kind = PathKind::morph;
  /// Whether neighbouring frames are equally far apart (root mean square over pixels and channels
  /// at the training size of the first image). If not, the path runs at its own pace.
  bool even = true;
  /// CPU threads that draw a frame of a morph, as in BackendOptions::threads: 0 means
  /// OMP_NUM_THREADS, or one per core.
  std::size_t threads = 0;
};

class PathSegment;

/// The pictures between two images of a model. Keeps working memory between calls. The renderer and
/// the model must outlive the path.
class Path {
 public:
  /// Throws std::invalid_argument if an image does not exist.
  Path(Renderer& renderer, const Model& model, std::size_t from, std::size_t to,
       const PathOptions& options);
  Path(Path&&) noexcept;
  Path& operator=(Path&&) noexcept;
  ~Path();

  /// The picture at t in [0, 1]; at 0 and 1 it is exactly the renderer's. If steps are to be even,
  /// sixteen equal steps of t are. Throws std::invalid_argument if t is outside [0, 1] or a number
  /// of the raster is 0.
  Image frame(double t, const Raster& raster);

  /// `count` pictures at equal steps of t, both ends included. If steps are to be even, the steps
  /// between these frames are (for up to 65 frames; more frames are those of frame()). Throws
  /// std::invalid_argument if there are fewer than 2.
  std::vector<Image> frames(std::size_t count, const Raster& raster);

  /// Picture `k` of frames(count, raster), for programs that do not keep all of them in memory.
  /// Throws std::invalid_argument if there is no such picture.
  Image frame_of(std::size_t k, std::size_t count, const Raster& raster);

 private:
  /// The places on the segment between which `steps` steps are even, both ends included.
  const std::vector<double>& even_places(std::size_t steps);

  std::unique_ptr<PathSegment> segment_;
  Raster measured_raster_;  ///< the raster on which steps are measured
  bool even_;
  std::map<std::size_t, std::vector<double>> places_;  ///< indexed by the number of steps
};

}  // namespace chorus
