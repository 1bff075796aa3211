#pragma once

#include <cmath>

namespace chorus::shapes {

inline double square(double x) { return x * x; }

/// A place or a displacement in pixels of the picture: x to the right, y downwards. Pixel (i, j)
/// covers [i, i + 1] x [j, j + 1].
struct Point {
  double x = 0, y = 0;

  Point& operator+=(Point other) {
    x += other.x;
    y += other.y;
    return *this;
  }
};

inline Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
inline Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
inline Point operator-(Point a) { return {-a.x, -a.y}; }
inline Point operator*(double factor, Point a) { return {factor * a.x, factor * a.y}; }
inline double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
/// Positive if b points to the right of a on the screen, where y points downwards.
inline double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }
/// Pictures are far too small for the square to overflow, which std::hypot would take care of.
inline double length(Point a) { return std::sqrt(a.x * a.x + a.y * a.y); }
/// A quarter turn to the right on the screen.
inline Point turned(Point a) { return {-a.y, a.x}; }
/// The direction of a; zero if a is.
inline Point unit(Point a) {
  const double l = length(a);
  return l > 1e-12 ? (1 / l) * a : Point{};
}
inline Point midpoint(Point a, Point b) { return 0.5 * (a + b); }

}  // namespace chorus::shapes
