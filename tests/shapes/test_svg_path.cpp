#include <boost/test/unit_test.hpp>

#include "svg_path.hpp"

namespace chorus::shapes {

BOOST_AUTO_TEST_SUITE(svg_path)

BOOST_AUTO_TEST_CASE(numbers_are_short) {
  BOOST_TEST(svg_number(0.5, 2) == ".5");
  BOOST_TEST(svg_number(-0.25, 2) == "-.25");
  BOOST_TEST(svg_number(3, 2) == "3");
  BOOST_TEST(svg_number(100, 0) == "100");
  BOOST_TEST(svg_number(1.006, 2) == "1.01");
  BOOST_TEST(svg_number(-0.001, 2) == "0");
}

BOOST_AUTO_TEST_CASE(lines_are_relative_and_rounding_does_not_add_up) {
  SvgPen pen(1);
  pen.move_to({0, 0});
  for (int i = 1; i <= 10; ++i) pen.draw_to({0.16 * i, 0}, 0);
  BOOST_TEST(pen.data() == "M0 0h.2h.1h.2h.1h.2h.2h.1h.2h.1h.2");
  BOOST_TEST(pen.nodes() == 11U);
}

BOOST_AUTO_TEST_CASE(commands_suit_the_direction) {
  SvgPen pen(2);
  pen.move_to({1, 2});
  pen.draw_to({4, 2}, 0);
  pen.draw_to({4, 1}, 0);
  pen.draw_to({3, 2.5}, 0);
  pen.draw_to({3, 2.5}, 0);  // nowhere
  pen.close();
  BOOST_TEST(pen.data() == "M1 2h3v-1l-1 1.5z");
}

BOOST_AUTO_TEST_CASE(arcs_turn_to_their_side_and_half_circles_are_two) {
  SvgPen pen(2);
  pen.move_to({0, 0});
  pen.draw_to({2, 2}, 0.41421356237309503);
  BOOST_TEST(pen.data() == "M0 0a2 2 0 0 0 2 2");
  SvgPen half(2);
  half.move_to({0, 0});
  half.draw_to({4, 0}, -1);
  BOOST_TEST(half.data() == "M0 0a2 2 0 0 1 2-2a2 2 0 0 1 2 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chorus::shapes
