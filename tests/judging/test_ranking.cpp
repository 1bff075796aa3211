#include "ranking.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>

namespace {

using namespace chorus;
using Values = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(ranking)

BOOST_AUTO_TEST_CASE(equal_values_share_their_ranks) {
  BOOST_TEST(ranks({30, 10, 20, 10}) == Values({3, 0.5, 2, 0.5}), boost::test_tools::per_element());
  BOOST_TEST(ranks({}).empty());
}

// With ties: scipy.stats.spearmanr([1, 2, 2, 4, 5], [2, 1, 3, 3, 9]).
BOOST_AUTO_TEST_CASE(rank_correlation_is_spearmans) {
  const auto tolerance = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(rank_correlation({1, 2, 3, 4}, {1, 10, 100, 1000}) == 1, tolerance);
  BOOST_TEST(rank_correlation({1, 2, 3, 4}, {9, 7, 6, 1}) == -1, tolerance);
  BOOST_TEST(rank_correlation({1, 2, 2, 4, 5}, {2, 1, 3, 3, 9}) == 0.76315789473684215, tolerance);
  BOOST_TEST(rank_correlation({1, 1, 1}, {1, 2, 3}) == 0);
  BOOST_CHECK_THROW(rank_correlation({1, 2}, {1}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_better_path_is_less_bad) {
  const PathScores good{.length = 1.1,
                        .step_max_over_mean = 1,
                        .flat_share = 1,
                        .entropy = 1.1,
                        .ghost = 0.01,
                        .monotone = 1};
  PathScores flatter = good, noisy = good, ghostly = good;
  flatter.flat_share = 1.2;
  noisy.length = 4;
  noisy.flat_share = 0.1;
  noisy.entropy = 3;
  ghostly.flat_share = 0.7;
  ghostly.entropy = 1 / 1.5;
  ghostly.ghost = 0.1;
  const Values badness = path_badness({noisy, good, ghostly, flatter});
  BOOST_TEST(badness[1] == badness[3]);  // more flat pixels than the ends have gain nothing
  BOOST_TEST(badness[1] < badness[2]);
  BOOST_TEST(badness[2] < badness[0]);
  for (const double value : badness) BOOST_TEST((value >= 0 && value <= 1));
}

BOOST_AUTO_TEST_SUITE_END()
