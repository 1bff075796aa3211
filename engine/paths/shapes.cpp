#include "shapes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "color_distance.hpp"

namespace chorus {

namespace {

/// Whether each region is background: it touches the edge of the picture, and its colour is near to
/// that of the region with most pixels on the edge.
std::vector<bool> background_regions(const Segmentation& segmentation, float same_color) {
  const PixelSize size = segmentation.size;
  std::vector<std::size_t> on_edge(segmentation.colors.size());
  const auto on_it = [&](std::size_t x, std::size_t y) {
    ++on_edge[static_cast<std::size_t>(segmentation.region_of[y * size.width + x])];
  };
  for (std::size_t x = 0; x < size.width; ++x) {
    on_it(x, 0);
    on_it(x, size.height - 1);
  }
  for (std::size_t y = 0; y < size.height; ++y) {
    on_it(0, y);
    on_it(size.width - 1, y);
  }
  const auto most =
      static_cast<std::size_t>(std::max_element(on_edge.begin(), on_edge.end()) - on_edge.begin());
  std::vector<bool> background(on_edge.size());
  for (std::size_t r = 0; r < on_edge.size(); ++r) {
    const float squared = squared_distance(segmentation.colors[r].p, segmentation.colors[most].p);
    background[r] = on_edge[r] > 0 && squared < same_color * same_color;
  }
  return background;
}

/// A region together with everything that it encloses.
struct Filled {
  std::size_t region, pixels;
  Mask mask;
};

bool encloses(const Filled& outer, const Filled& inner) {
  for (std::size_t i = 0; i < inner.mask.size(); ++i)
    if (inner.mask[i] != 0) return outer.mask[i] != 0;
  return false;
}

/// Adds regions of the background's colour that several shapes together enclose, such as the inside
/// of a handle: the background is seen through them. Those within a single shape lie on it.
void add_gaps(std::vector<bool>& background, const Segmentation& segmentation,
              const std::vector<Filled>& filled, const ColorField& ground, float same_color) {
  for (const Filled& each : filled) {
    const bool same =
        squared_distance(segmentation.colors[each.region].p, ground.p) < same_color * same_color;
    const bool lies_on_one = std::any_of(filled.begin(), filled.end(), [&](const Filled& other) {
      return other.region != each.region && encloses(other, each);
    });
    if (same && !lies_on_one) background[each.region] = true;
  }
}

Field distance_field(const Mask& mask, PixelSize size) {
  std::vector<float> distances = signed_distances(mask, size);
  const auto per_unit = static_cast<float>(1 / Plane{size}.unit_px());
  for (float& distance : distances) distance *= per_unit;
  return {std::move(distances), size};
}

/// Converts a field in coordinates from -1 to 1 in both directions to the coordinates of Plane.
ColorField paint_of(const ColorField& field, PixelSize size) {
  ColorField paint = field;
  for (float& slope : paint.gy)
    slope *= static_cast<float>(size.width) / static_cast<float>(size.height);
  return paint;
}

/// For each region, how often one of its pixels touches the mask from outside.
std::vector<std::size_t> neighbours(const Segmentation& segmentation, const Mask& mask) {
  std::vector<std::size_t> touching(segmentation.colors.size());
  const PixelSize size = segmentation.size;
  const auto touch = [&](std::size_t inside, std::size_t outside) {
    if (mask[inside] != 0 && mask[outside] == 0)
      ++touching[static_cast<std::size_t>(segmentation.region_of[outside])];
  };
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (i % size.width + 1 < size.width) {
      touch(i, i + 1);
      touch(i + 1, i);
    }
    if (i + size.width < mask.size()) {
      touch(i, i + size.width);
      touch(i + size.width, i);
    }
  }
  return touching;
}

/// Extends larger regions under smaller ones that hardly touch the background, so that no hole
/// opens when the smaller ones move away.
void extend_under_neighbours(std::vector<Filled>& filled, const Segmentation& segmentation,
                             const std::vector<bool>& background) {
  constexpr double most_background = 0.25, least_shared = 0.3;
  for (std::size_t i = filled.size(); i-- > 1;) {
    const bool inside =
        std::any_of(filled.begin(), filled.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const Filled& other) { return encloses(other, filled[i]); });
    if (inside) continue;
    const std::vector<std::size_t> touching = neighbours(segmentation, filled[i].mask);
    std::size_t all = 0, behind = 0, best = 0;
    for (std::size_t r = 0; r < touching.size(); ++r) {
      all += touching[r];
      if (background[r]) behind += touching[r];
    }
    for (std::size_t j = 1; j < i; ++j)
      if (touching[filled[j].region] > touching[filled[best].region]) best = j;
    const auto of_all = [&](double share) { return share * static_cast<double>(all); };
    if (static_cast<double>(behind) > of_all(most_background) ||
        static_cast<double>(touching[filled[best].region]) < of_all(least_shared))
      continue;
    for (std::size_t p = 0; p < filled[i].mask.size(); ++p)
      filled[best].mask[p] |= filled[i].mask[p];
  }
  for (Filled& each : filled) each.pixels = count(each.mask);
}

void sort_largest_first(std::vector<Filled>& filled) {
  std::stable_sort(filled.begin(), filled.end(),
                   [](const Filled& a, const Filled& b) { return a.pixels > b.pixels; });
}

/// Sets the filled region and what follows from it.
void fill(Shape& shape, const Mask& filled, PixelSize size) {
  const Plane plane{size};
  shape.filled = distance_field(filled, size);
  constexpr double far = std::numeric_limits<double>::max();
  shape.low = {far, far};
  shape.high = {-far, -far};
  double points = 0;
  Point sum{}, squares{};
  for (std::size_t i = 0; i < filled.size(); ++i) {
    if (filled[i] == 0) continue;
    const Point p = plane.point(i % size.width, i / size.width);
    points += 1;
    for (std::size_t d = 0; d < 2; ++d) {
      sum[d] += p[d];
      squares[d] += p[d] * p[d];
      shape.low[d] = std::min(shape.low[d], p[d]);
      shape.high[d] = std::max(shape.high[d], p[d]);
    }
  }
  const double pixel_area = 1 / (plane.unit_px() * plane.unit_px());
  shape.area = points * pixel_area;
  for (std::size_t d = 0; d < 2; ++d) {
    shape.centre[d] = sum[d] / points;
    const double variance = squares[d] / points - shape.centre[d] * shape.centre[d];
    shape.spread[d] = std::sqrt(std::max(variance, pixel_area / 12));
  }
}

Shape shape_of(const Segmentation& segmentation, std::size_t region, const Mask& filled) {
  const PixelSize size = segmentation.size;
  Mask visible(filled.size());
  for (std::size_t i = 0; i < visible.size(); ++i)
    visible[i] = segmentation.region_of[i] == static_cast<int>(region);
  Shape shape;
  fill(shape, filled, size);
  shape.visible = distance_field(visible, size);
  shape.paint = paint_of(segmentation.colors[region], size);
  const double unit = Plane{size}.unit_px();
  shape.visible_area = static_cast<double>(segmentation.pixels[region]) / (unit * unit);
  return shape;
}

}  // namespace

int Drawing::seen_at(const Point& p) const {
  const double unit = Plane{size}.unit_px();
  const double x = std::floor((p[0] + 1) * unit),
               y = std::floor(p[1] * unit + static_cast<double>(size.height) / 2);
  if (x < 0 || y < 0 || x >= static_cast<double>(size.width) ||
      y >= static_cast<double>(size.height))
    return no_shape;
  return front[static_cast<std::size_t>(y) * size.width + static_cast<std::size_t>(x)];
}

bool Drawing::encloses(std::size_t outer, std::size_t inner) const {
  for (auto parent = shapes[inner].parent; parent; parent = shapes[*parent].parent)
    if (*parent == outer) return true;
  return false;
}

Mask mask_of(const Shape& shape) {
  const PixelSize size = shape.filled.plane().size;
  Mask mask(size.width * size.height);
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = shape.filled[i] > 0;
  return mask;
}

Shape with_filled(const Shape& shape, const Mask& filled) {
  Shape other = shape;
  fill(other, filled, shape.filled.plane().size);
  return other;
}

Drawing take_apart(const Image& image) {
  const SegmentationOptions options = options_for(image.size());
  Drawing drawing;
  drawing.size = image.size();
  drawing.outlines.segmentation = segment(image, options);
  const Segmentation& segmentation = drawing.outlines.segmentation;
  std::vector<bool> background = background_regions(segmentation, options.same_color);

  std::vector<Filled> filled;
  std::size_t largest = 0, region_of_ground = 0;
  for (std::size_t r = 0; r < background.size(); ++r) {
    if (background[r]) {
      if (segmentation.pixels[r] > largest) {
        largest = segmentation.pixels[r];
        region_of_ground = r;
        drawing.background.paint = paint_of(segmentation.colors[r], drawing.size);
      }
      continue;
    }
    Mask mask = filled_region(segmentation, static_cast<int>(r));
    const std::size_t pixels = count(mask);
    filled.push_back({r, pixels, std::move(mask)});
  }
  ColorField ground;
  if (largest > 0) ground = segmentation.colors[region_of_ground];
  add_gaps(background, segmentation, filled, ground, options.same_color);
  std::erase_if(filled, [&](const Filled& each) { return background[each.region]; });
  Mask& behind = drawing.outlines.background;
  for (const int region : segmentation.region_of)
    behind.push_back(background[static_cast<std::size_t>(region)]);
  drawing.background.visible = distance_field(behind, drawing.size);
  sort_largest_first(filled);
  extend_under_neighbours(filled, segmentation, background);
  sort_largest_first(filled);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    Shape shape = shape_of(segmentation, filled[i].region, filled[i].mask);
    for (std::size_t j = i; j-- > 0 && !shape.parent;)
      if (encloses(filled[j], filled[i])) shape.parent = j;
    drawing.shapes.push_back(std::move(shape));
  }
  std::vector<int> shape_of_region(background.size(), Drawing::no_shape);
  for (std::size_t i = 0; i < filled.size(); ++i)
    shape_of_region[filled[i].region] = static_cast<int>(i);
  drawing.front.reserve(segmentation.region_of.size());
  for (const int region : segmentation.region_of)
    drawing.front.push_back(shape_of_region[static_cast<std::size_t>(region)]);
  return drawing;
}

}  // namespace chorus
