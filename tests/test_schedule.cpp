#include <boost/test/unit_test.hpp>
#include <cmath>

#include "chorus/trainer.hpp"

using namespace chorus;

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(the_schedule_rises_and_falls) {
  BOOST_TEST(schedule_factor(0, 0.1) > 0);
  BOOST_TEST(schedule_factor(0, 0.1) < 0.05);
  BOOST_TEST(std::abs(schedule_factor(0.25, 0.1) - (0.5 + 0.5 * std::sqrt(0.5))) < 1e-12);
  BOOST_TEST(std::abs(schedule_factor(1, 0.1)) < 1e-12);
  BOOST_TEST(std::abs(schedule_factor(7, 0.1)) < 1e-12);
  BOOST_TEST(schedule_factor(0, 0) == 1);
  BOOST_TEST(schedule_factor(0.05, 0.1) < schedule_factor(0.1, 0.1));
}

BOOST_AUTO_TEST_CASE(the_share_of_steps_follows_the_time_they_take) {
  // 3/4 of the steps take 1 each, 1/4 takes 3 each: both halves of the time.
  BOOST_TEST(share_of_steps(0.5, 0.75, 3) == 0.75, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(share_of_steps(0.25, 0.75, 3) == 0.375, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(share_of_steps(0.75, 0.75, 3) == 0.875, boost::test_tools::tolerance(1e-12));
  for (const double from : {0.0, 0.3, 1.0}) {
    BOOST_TEST(share_of_steps(0, from, 5) == 0);
    BOOST_TEST(share_of_steps(1, from, 5) == 1, boost::test_tools::tolerance(1e-12));
  }
  for (const double t : {0.1, 0.5, 0.9})
    for (const double from : {0.0, 1.0})
      BOOST_TEST(share_of_steps(t, from, 5) == t, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
