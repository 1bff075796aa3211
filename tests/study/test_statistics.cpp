#include "study/statistics.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "chorus/error.hpp"
#include "study/rows.hpp"

using namespace chorus;
using namespace chorus::app;

namespace {

/// Two seeds of two variants; one of them lacks a measure.
Rows some_rows() {
  return Rows({{{"seed", 1}, {"variant", "a"}, {"by", "steps"}, {"db", 30.0}},
               {{"seed", 2}, {"variant", "a"}, {"by", "steps"}, {"db", 34.0}},
               {{"seed", 3}, {"variant", "a"}, {"by", "steps"}},
               {{"seed", 1}, {"variant", "b"}, {"by", "steps"}, {"db", 31.0}},
               {{"seed", 2}, {"variant", "b"}, {"by", "steps"}, {"db", 35.5}},
               {{"seed", 1}, {"variant", "b"}, {"by", "time"}, {"db", 7.0}},
               {{"seed", 3}, {"variant", "b"}, {"by", "steps"}, {"db", 90.0}}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE(an_interval_is_that_of_student) {
  // R: t.test(c(1, 2, 4)): mean 2.333333, from -1.461250 to 6.127917.
  const Interval three = interval({1, 2, 4});
  BOOST_TEST(three.mean == 7.0 / 3, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(three.half_width == 3.794583, boost::test_tools::tolerance(2e-4));
  BOOST_TEST(interval({5}).half_width == 0);
  // 41 values, 40 degrees of freedom: t = 2.0211.
  std::vector<double> many(41);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<double>(i);
  BOOST_TEST(interval(many).half_width == 2.0211 * std::sqrt(143.5 / 41),
             boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(differences_are_paired_by_seed) {
  const Rows rows = some_rows();
  const RowFilter a = where("variant", "a"), b = both(where("variant", "b"), where("by", "steps"));
  const auto gain = rows.difference(b, a, "db");
  BOOST_REQUIRE(gain);
  BOOST_TEST(gain->mean == 1.25);  // (1 + 1.5) / 2; the third seed lacks one of them
  BOOST_TEST(gain->half_width == 12.706 * 0.25, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(rows.mean(a, "db")->mean == 32);
  BOOST_TEST(!rows.mean(a, "ssim"));
  BOOST_TEST(!rows.difference(a, where("variant", "c"), "db"));
}

BOOST_AUTO_TEST_CASE(a_table_has_a_column_for_each_field) {
  const std::string csv = to_csv({{{"seed", 1}, {"names", {"x", "y"}}, {"db", 30.5}},
                                  {{"seed", 2}, {"note", "say \"so\", twice"}}});
  BOOST_TEST(csv == "seed,db,note\n1,30.5,\n2,,\"say \"\"so\"\", twice\"\n");
}

BOOST_AUTO_TEST_CASE(a_measure_that_is_no_number_is_refused) {
  const Rows rows(std::vector<Row>{{{"seed", 1}, {"db", "much"}}});
  BOOST_CHECK_THROW(rows.mean(where("seed", 1), "db"), Error);
}

BOOST_AUTO_TEST_SUITE_END()
