#include "arc.hpp"

#include <algorithm>
#include <cmath>

namespace chorus::shapes {

namespace {

constexpr double flat_bulge = 1e-5;

/// The angle that an arc sweeps.
double sweep(double bulge) { return 4 * std::atan(bulge); }

}  // namespace

UnitPlace unit_arc(double bulge, double u) {
  if (std::abs(bulge) < flat_bulge) return {u, 2 * bulge * u * (1 - u)};
  const double angle = sweep(bulge), radius = 1 / (2 * std::sin(angle / 2));
  const double place = angle * (u - 0.5);
  return {0.5 + radius * std::sin(place), radius * (std::cos(place) - std::cos(angle / 2))};
}

UnitArcWalk::UnitArcWalk(double bulge, int n)
    : bulge_(bulge), step_(1.0 / n), is_flat_(std::abs(bulge) < flat_bulge) {
  if (is_flat_) return;
  const double angle = sweep(bulge);
  cos_ = std::cos(angle / 2);
  sin_ = -std::sin(angle / 2);
  radius_ = -1 / (2 * sin_);
  depth_ = radius_ * cos_;
  turn_cos_ = std::cos(angle * step_);
  turn_sin_ = std::sin(angle * step_);
}

UnitPlace UnitArcWalk::next() {
  const double u = ++i_ * step_;
  if (is_flat_) return {u, 2 * bulge_ * u * (1 - u)};
  const double cos = cos_ * turn_cos_ - sin_ * turn_sin_;
  sin_ = sin_ * turn_cos_ + cos_ * turn_sin_;
  cos_ = cos;
  return {0.5 + radius_ * sin_, radius_ * cos_ - depth_};
}

Point arc_point(Point a, Point b, double bulge, double u) {
  const auto [along, across] = unit_arc(bulge, u);
  const Point chord = b - a;
  return a + along * chord + across * turned(chord);
}

Point leaving(Point a, Point b, double bulge, End end) {
  const double half = 2 * std::atan(bulge), c = std::cos(half), s = std::sin(half);
  const Point d = unit(b - a);
  if (end == End::start) return {d.x * c - d.y * s, d.x * s + d.y * c};
  return {-(d.x * c + d.y * s), d.x * s - d.y * c};
}

double arc_radius(Point a, Point b, double bulge) {
  return length(b - a) / (2 * std::abs(std::sin(sweep(bulge) / 2)) + 1e-12);
}

double arc_length(Point a, Point b, double bulge) {
  if (std::abs(bulge) < flat_bulge) return length(b - a);
  return arc_radius(a, b, bulge) * std::abs(sweep(bulge));
}

int chords_of(Point a, Point b, double bulge) {
  if (std::abs(bulge) < 1e-6) return 1;
  constexpr double tolerance_px = 0.002;
  // A chord over an angle has a sagitta of radius * angle^2 / 8.
  const double step = std::sqrt(8 * tolerance_px / std::max(arc_radius(a, b, bulge), 0.1));
  return std::clamp(static_cast<int>(std::ceil(std::abs(sweep(bulge)) / step)), 2, 200);
}

double halved(double bulge) { return std::tan(std::atan(bulge) / 2); }

double swept(Point a, Point b, double bulge) {
  const double chord = length(b - a), angle = sweep(bulge);
  // The segment between an arc and its chord.
  double segment = 2.0 / 3 * bulge * chord * chord;
  if (std::abs(bulge) > 1e-3) {
    const double radius = chord / (2 * std::sin(angle / 2));
    segment = radius * radius * (angle - std::sin(angle));
  }
  return cross(a, b) - segment;
}

}  // namespace chorus::shapes
