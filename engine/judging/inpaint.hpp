#pragma once

#include <string_view>
#include <vector>

#include "chorus/image.hpp"
#include "enum_names.hpp"

namespace chorus {

/// Classical methods that fill in missing pixels from the others, for each channel separately.
///  * nearest takes the closest kept pixel by Euclidean distance; of equally close ones, the first
///    in reading order.
///  * linear interpolates on the Delaunay triangulation of the centres of the kept pixels.
///  * cubic uses Clough-Tocher elements on the same triangulation (Alfeld 1984, "A trivariate
///    Clough-Tocher scheme for tetrahedral data", in the plane), with the gradients that minimise
///    the curvature along the edges (Nielson 1983).
///  * biharmonic bends a thin plate through the kept pixels: the discrete Laplacian applied twice
///    is zero at every missing pixel. Values are clipped to the range of the kept ones.
/// linear and cubic agree with SciPy's griddata wherever the triangulation is unique. On a regular
/// grid four neighbours lie on one circle, and either diagonal of their square is a Delaunay edge,
/// so single pixels may differ there. Pixels outside the convex hull of the kept pixels take the
/// nearest one, and so do all pixels if the kept ones are on one line. biharmonic agrees with
/// scikit-image's inpaint_biharmonic to 1e-5 or better.
enum class Inpainting { nearest, linear, cubic, biharmonic };

template <>
inline constexpr auto enum_names<Inpainting> =
    enum_table<Inpainting>("inpainting method", {{Inpainting::nearest, "nearest"},
                                                 {Inpainting::linear, "linear"},
                                                 {Inpainting::cubic, "cubic"},
                                                 {Inpainting::biharmonic, "biharmonic"}});

std::string_view name(Inpainting method);

/// Fills in the pixels for which `missing` (row-major) is true, without reading them. The others
/// stay as they are. Throws std::invalid_argument if the mask and the image differ in size, if no
/// pixel is kept, or if a side is longer than 16,384 pixels.
Image inpaint(const Image& image, const std::vector<bool>& missing, Inpainting method);

}  // namespace chorus
