#include <algorithm>
#include <utility>

#include "formatted.hpp"
#include "part_design.hpp"
#include "random.hpp"
#include "shuffle.hpp"

namespace chorus {

namespace {

/// A square in which a design is drawn: its centre and half of its side.
struct Cell {
  double x, y, half;
};

std::vector<Cell> cells_of(std::uint32_t layout) {
  if (layout == 0) return {{-0.5, 0, 0.48}, {0.5, 0, 0.48}};
  if (layout == 1) return {{0, -0.5, 0.48}, {0, 0.5, 0.48}};
  if (layout == 2) return {{-0.48, -0.48, 0.46}, {0.48, -0.48, 0.46}, {0, 0.5, 0.46}};
  return {{-0.5, -0.5, 0.46}, {0.5, -0.5, 0.46}, {-0.5, 0.5, 0.46}, {0.5, 0.5, 0.46}};
}

Pose in_cell(const Pose& pose, const Cell& cell, bool mirrored) {
  const double side = mirrored ? -1 : 1;
  return {.x = cell.x + side * cell.half * pose.x,
          .y = cell.y + cell.half * pose.y,
          .turn_degrees = side * pose.turn_degrees,
          .width = side * cell.half * pose.width,
          .height = cell.half * pose.height};
}

/// How a design is changed before it becomes a part of a composition.
struct Variant {
  std::array<std::size_t, 3> channels;  ///< a permutation of the colours' channels
  bool mirrored, reversed;
};

Variant draw_variant(RandomStream& random) {
  std::vector<std::size_t> channels = {0, 1, 2};
  shuffle(channels, random);
  const bool mirrored = below(random.word(), 2) == 0, reversed = below(random.word(), 2) == 0;
  return {{channels[0], channels[1], channels[2]}, mirrored, reversed};
}

Rgb recolored(const Rgb& color, const Variant& variant) {
  return {color[variant.channels[0]], color[variant.channels[1]], color[variant.channels[2]]};
}

void add_design(PartDesign& composed, const PartDesign& design, const Cell& cell,
                const Variant& variant) {
  for (Part part : design.parts) {
    if (variant.reversed) {
      std::swap(part.a, part.b);
      std::swap(part.color_a, part.color_b);
    }
    composed.parts.push_back({std::move(part.form), in_cell(part.a, cell, variant.mirrored),
                              in_cell(part.b, cell, variant.mirrored),
                              recolored(part.color_a, variant), recolored(part.color_b, variant)});
  }
}

}  // namespace

std::vector<PartDesign> composed_part_designs(std::size_t count, std::uint64_t seed) {
  constexpr Rgb plate_color = {0.9F, 0.92F, 0.96F};
  const std::vector<PartDesign> designs = part_designs();
  RandomStream random(seed, Stream::part_compositions);
  std::vector<PartDesign> compositions;
  for (std::size_t k = 0; k < count; ++k) {
    PartDesign composed{
        .name = formatted("composition_{:02}", k + 1), .kind = "composed", .parts = {}};
    if (below(random.word(), 2) == 0)
      composed.parts.push_back(still(box(0.98, 0.98, 0.15), {}, plate_color));
    for (const Cell& cell : cells_of(below(random.word(), 4))) {
      const PartDesign& design =
          designs[below(random.word(), static_cast<std::uint32_t>(designs.size()))];
      add_design(composed, design, cell, draw_variant(random));
    }
    compositions.push_back(std::move(composed));
  }
  return compositions;
}

}  // namespace chorus
