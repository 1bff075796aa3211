#include "gradient.hpp"

#include <algorithm>
#include <cmath>

namespace chorus::shapes {

double Gradient::distance(Point from_picture_centre) const {
  const Point from = from_picture_centre - centre;
  const double first = dot(axes[0], from);
  return is_radial ? length({first, dot(axes[1], from)}) : first;
}

Numbers Gradient::at(Point from_picture_centre) const {
  const double d = distance(from_picture_centre);
  const auto after = std::ranges::find_if(stops, [&](const Stop& s) { return s.distance > d; });
  if (after == stops.begin()) return stops.front().color;
  if (after == stops.end()) return stops.back().color;
  const Stop& before = *(after - 1);
  const double part = (d - before.distance) / (after->distance - before.distance);
  Numbers color;
  for (std::size_t c = 0; c < color.size(); ++c)
    color[c] = before.color[c] + part * (after->color[c] - before.color[c]);
  return color;
}

int Gradient::numbers(std::size_t channels) const {
  const bool is_round = length(axes[0]) == length(axes[1]);
  const int place = !is_radial ? 1 : is_round ? 2 : 4;
  const auto count = static_cast<int>(stops.size());
  // Where the outermost stops are does not matter: colours are linear between stops.
  return place + count * static_cast<int>(channels) + count - 2;
}

Gradient stretched(const Gradient& gradient, Point factor) {
  Gradient result = gradient;
  result.centre = {factor.x * gradient.centre.x, factor.y * gradient.centre.y};
  for (Point& axis : result.axes) axis = {axis.x / factor.x, axis.y / factor.y};
  return result;
}

}  // namespace chorus::shapes
