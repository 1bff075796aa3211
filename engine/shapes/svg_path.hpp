#pragma once

#include <cstddef>
#include <string>

#include "drawing.hpp"
#include "path_pen.hpp"

namespace chorus::shapes {

/// A number with at most so many decimals, as short as SVG allows: ".5", "-3".
std::string svg_number(double value, int decimals);

/// Writes the data of a path with relative commands. Each place is rounded by itself, so that
/// errors do not add up.
class SvgPen : public PathPen {
 public:
  explicit SvgPen(int decimals);
  void move_to(Point to) override;
  /// Arcs of more than 137 degrees are written as two,
  /// because near half a circle rounding would move the centre.
  void draw_to(Point to, double bulge) override;
  /// Four arcs of a quarter.
  void draw_ellipse(const Ellipse& ellipse, bool is_clockwise) override;
  void close() override { data_ += 'z'; }
  const std::string& data() const { return data_; }
  std::size_t nodes() const { return nodes_; }

 private:
  std::string number(double value) const { return svg_number(value, decimals_); }
  /// Two numbers; the second needs no space if it has a sign.
  std::string pair(Point p) const;
  Point rounded(Point p) const;

  int decimals_;
  double unit_;
  std::string data_;
  Point at_;
  std::size_t nodes_ = 0;
};

}  // namespace chorus::shapes
