// Gradients with stops and radial ones, found from places and their colours.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>

#include "gradient_fit.hpp"

namespace chorus::shapes {

namespace {

constexpr double any_cost = std::numeric_limits<double>::max();
constexpr GradientPrices usual = {.sigma = 1.0 / 255, .price_of_number = 8, .channels = 3};

/// A square of 24 x 24 places around the picture's centre.
ColoredPlaces square_of(const std::function<double(Point)>& grey) {
  ColoredPlaces data;
  for (int y = 0; y < 24; ++y)
    for (int x = 0; x < 24; ++x) {
      const Point place = {x - 11.5, y - 11.5};
      data.places.push_back(place);
      const double value = grey(place);
      data.colors.push_back({value, value, value});
    }
  return data;
}

double largest_error(const Gradient& gradient, const ColoredPlaces& data) {
  double largest = 0;
  for (std::size_t i = 0; i < data.places.size(); ++i)
    largest = std::max(largest, std::abs(gradient.at(data.places[i])[0] - data.colors[i][0]));
  return largest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_fit)

BOOST_AUTO_TEST_CASE(a_gradient_keeps_two_stops_where_no_other_helps) {
  // Even where further ones are for nothing.
  const GradientPrices for_nothing = {.sigma = 1.0 / 255, .price_of_number = 0, .channels = 3};
  for (const auto& grey : {std::function<double(Point)>([](Point) { return 0.5; }),
                           std::function<double(Point)>([](Point p) { return 0.5 + 0.01 * p.x; })})
    for (const GradientPrices& prices : {usual, for_nothing}) {
      const ColoredPlaces data = square_of(grey);
      const auto found = fit_gradient(data, prices, any_cost, nullptr);
      BOOST_REQUIRE(found);
      BOOST_TEST(found->stops.size() >= 2U);
      BOOST_TEST(largest_error(*found, data) < 1e-3);
    }
}

BOOST_AUTO_TEST_CASE(a_bend_is_a_stop) {
  const ColoredPlaces data = square_of(
      [](Point p) { return p.x < 2 ? 0.3 + 0.02 * (p.x + 12) : 0.58 - 0.01 * (p.x - 2); });
  const auto found = fit_gradient(data, usual, any_cost, nullptr);
  BOOST_REQUIRE(found);
  BOOST_TEST(!found->is_radial);
  BOOST_TEST(found->stops.size() >= 3U);
  BOOST_TEST(largest_error(*found, data) < 0.02);
}

BOOST_AUTO_TEST_CASE(circles_of_one_colour_have_their_centre) {
  const Point centre = {3, -2};
  const ColoredPlaces data = square_of([&](Point p) { return 0.9 - 0.03 * length(p - centre); });
  const auto found = fit_gradient(data, usual, any_cost, nullptr);
  BOOST_REQUIRE(found);
  BOOST_TEST(found->is_radial);
  BOOST_TEST(length(found->centre - centre) < 0.3);
  BOOST_TEST(largest_error(*found, data) < 0.02);
}

BOOST_AUTO_TEST_CASE(what_costs_more_than_the_limit_is_not_found) {
  const ColoredPlaces data = square_of([](Point p) { return 0.5 + 0.01 * p.x; });
  BOOST_TEST(!fit_gradient(data, usual, 1, nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chorus::shapes
