#include "drawing_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>

#include "chorus/error.hpp"
#include "formatted.hpp"

namespace chorus::shapes {

namespace {

// In this order: the counts of paints, points and chains; the paints; the points; the chains, each
// with the count of its segments before these; and the gradients of the paints that have one, each
// with the index of its paint and the count of its stops.

constexpr std::size_t paint_numbers = 3 * most_channels + 1;
constexpr float most_whole = 1 << 24;  // whole numbers up to it are exact

/// Takes numbers from the front of a list.
class Reader {
 public:
  explicit Reader(std::span<const float> numbers) : left_(numbers) {}

  double number(double limit) {
    if (left_.empty()) throw Error("a drawing ends early; expected more numbers");
    const double value = double{left_.front()};
    if (!(std::abs(value) <= limit))
      throw Error(formatted("a drawing has the number {}; expected one within {}", value, limit));
    left_ = left_.subspan(1);
    return value;
  }
  /// A whole number below `end`.
  int whole(std::size_t end) {
    const double value = number(double{most_whole});
    if (value < 0 || value != std::floor(value) || value >= static_cast<double>(end))
      throw Error(
          formatted("a drawing has the number {}; expected a whole one below {}", value, end));
    return static_cast<int>(value);
  }
  /// How many things of at least so many numbers follow.
  std::size_t count(std::size_t numbers_each) {
    return static_cast<std::size_t>(whole(left_.size() / numbers_each + 1));
  }
  bool is_at_end() const { return left_.empty(); }

 private:
  std::span<const float> left_;
};

void append(std::vector<float>& numbers, const Numbers& values) {
  for (const double value : values) numbers.push_back(static_cast<float>(value));
}

Numbers read_numbers(Reader& reader) {
  constexpr double largest = 1e6;
  Numbers values;
  for (double& value : values) value = reader.number(largest);
  return values;
}

void append(std::vector<float>& numbers, const Chain& chain) {
  for (const int whole : {chain.left, chain.right, int{chain.is_frame}, int{chain.is_closed},
                          static_cast<int>(chain.segments.size())})
    numbers.push_back(static_cast<float>(whole));
  for (const Segment& segment : chain.segments) {
    numbers.push_back(static_cast<float>(segment.from));
    numbers.push_back(static_cast<float>(segment.to));
    numbers.push_back(segment.is_arc ? 1 : 0);
    numbers.push_back(static_cast<float>(segment.bulge));
  }
}

Chain read_chain(Reader& reader, const Drawing& drawing) {
  constexpr double largest_read_bulge = 1e6;
  const std::size_t regions = drawing.paints.size(), points = drawing.points.size();
  Chain chain;
  chain.left = reader.whole(regions);
  chain.right = reader.whole(regions);
  chain.is_frame = reader.whole(2) != 0;
  chain.is_closed = reader.whole(2) != 0;
  chain.segments.resize(reader.count(4));
  for (Segment& segment : chain.segments) {
    segment.from = reader.whole(points);
    segment.to = reader.whole(points);
    segment.is_arc = reader.whole(2) != 0;
    segment.bulge = reader.number(largest_read_bulge);
  }
  return chain;
}

void append(std::vector<float>& numbers, int paint, const Gradient& gradient) {
  for (const double value :
       {static_cast<double>(paint), gradient.is_radial ? 1.0 : 0.0, gradient.centre.x,
        gradient.centre.y, gradient.axes[0].x, gradient.axes[0].y, gradient.axes[1].x,
        gradient.axes[1].y, static_cast<double>(gradient.stops.size())})
    numbers.push_back(static_cast<float>(value));
  for (const Gradient::Stop& stop : gradient.stops) {
    numbers.push_back(static_cast<float>(stop.distance));
    append(numbers, stop.color);
  }
}

Gradient read_gradient(Reader& reader) {
  constexpr double farthest = 1e5;
  Gradient gradient;
  gradient.is_radial = reader.whole(2) != 0;
  for (Point* p : {&gradient.centre, &gradient.axes[0], &gradient.axes[1]}) {
    p->x = reader.number(farthest);
    p->y = reader.number(farthest);
  }
  constexpr double least_axis = 1e-3;
  if (std::abs(length(gradient.axes[0]) - 1) > least_axis ||
      (gradient.is_radial && length(gradient.axes[1]) < least_axis))
    throw Error("a gradient of a drawing has other axes; expected a first one of length 1");
  const std::size_t stops = reader.count(1 + most_channels);
  if (stops < 2)
    throw Error(formatted("a gradient of a drawing has {} stops; expected at least 2", stops));
  for (std::size_t s = 0; s < stops; ++s) {
    const double distance = reader.number(farthest);
    if (s > 0 && distance <= gradient.stops.back().distance)
      throw Error("the stops of a drawing's gradient do not grow; expected them in order");
    gradient.stops.push_back({distance, read_numbers(reader)});
  }
  return gradient;
}

}  // namespace

std::vector<float> numbers_of(const Drawing& drawing) {
  std::vector<float> numbers;
  for (const std::size_t count :
       {drawing.paints.size(), drawing.points.size(), drawing.chains.size()})
    numbers.push_back(static_cast<float>(count));
  for (std::size_t r = 0; r < drawing.paints.size(); ++r) {
    const Paint& paint = drawing.paints[r];
    for (const Numbers& values : {paint.base, paint.slope_x, paint.slope_y})
      append(numbers, values);
    numbers.push_back(r < drawing.is_measured.size() && drawing.is_measured[r] ? 1 : 0);
  }
  for (std::size_t p = 0; p < drawing.points.size(); ++p)
    for (const double value :
         {drawing.points[p].x, drawing.points[p].y, double{drawing.is_fixed[p] != 0 ? 1.0 : 0.0}})
      numbers.push_back(static_cast<float>(value));
  for (const Chain& chain : drawing.chains) append(numbers, chain);
  for (std::size_t r = 0; r < drawing.paints.size(); ++r)
    if (const auto& gradient = drawing.paints[r].gradient)
      append(numbers, static_cast<int>(r), *gradient);
  return numbers;
}

Drawing drawing_from(std::span<const float> numbers, PixelSize size) {
  Reader reader(numbers);
  Drawing drawing;
  drawing.size = size;
  const std::size_t paints = reader.count(paint_numbers), points = reader.count(3),
                    chains = reader.count(5);
  for (std::size_t r = 0; r < paints; ++r) {
    Paint paint;
    for (Numbers* values : {&paint.base, &paint.slope_x, &paint.slope_y})
      *values = read_numbers(reader);
    drawing.paints.push_back(paint);
    drawing.is_measured.push_back(reader.whole(2) != 0 ? 1 : 0);
  }
  if (paints == 0) throw Error("a drawing has no regions; expected at least one");
  const double reach = 16 * static_cast<double>(size.longer_side()) + 64;
  for (std::size_t p = 0; p < points; ++p) {
    const double x = reader.number(reach), y = reader.number(reach);
    drawing.add_point({x, y}, reader.whole(2) != 0);
  }
  for (std::size_t c = 0; c < chains; ++c) drawing.chains.push_back(read_chain(reader, drawing));
  while (!reader.is_at_end()) {
    Paint& paint = drawing.paints[static_cast<std::size_t>(reader.whole(paints))];
    paint = {.gradient = std::make_shared<const Gradient>(read_gradient(reader))};
  }
  return drawing;
}

}  // namespace chorus::shapes
