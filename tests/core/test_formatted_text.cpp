#include "formatted.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using chorus::formatted;
using chorus::listed;

BOOST_AUTO_TEST_SUITE(formatted_text)

BOOST_AUTO_TEST_CASE(patterns_take_numbers_and_text) {
  BOOST_TEST(formatted("{}: {:.2f} dB of {:>4}", "icons", 38.456, 48) == "icons: 38.46 dB of   48");
}

BOOST_AUTO_TEST_CASE(a_list_has_the_text_between_its_values_and_nowhere_else) {
  BOOST_TEST(listed(std::vector<int>{48, 48, 3}, " x ") == "48 x 48 x 3");
  BOOST_TEST(listed(std::vector<std::string>{"", "a", ""}, ",") == ",a,");
  BOOST_TEST(listed(std::vector<std::string>{}, ",").empty());
}

BOOST_AUTO_TEST_SUITE_END()
