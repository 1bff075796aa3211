#include <boost/test/unit_test.hpp>
#include <vector>

#include "evaluation/seed_measures.hpp"

using namespace chorus::app;

BOOST_AUTO_TEST_SUITE(seed_measures)

BOOST_AUTO_TEST_CASE(a_seed_without_drawings_has_the_measures_of_its_network) {
  std::vector<Measures> seeds = {{{"48 px, pooled, dB", 30}, {"96 px, pooled, dB", 20}},
                                 {{"48 px, pooled, dB", 31},
                                  {"96 px, pooled, dB", 21},
                                  {"96 px, with drawings, pooled, dB", 25},
                                  {"96 px, with drawings, images won over the network", 3}}};
  const Measures drawn = seeds.back();
  complete_undrawn(seeds);
  const Measures expected = {{"48 px, pooled, dB", 30},
                             {"96 px, pooled, dB", 20},
                             {"96 px, with drawings, pooled, dB", 20},
                             {"96 px, with drawings, images won over the network", 0}};
  BOOST_TEST((seeds.front() == expected));
  BOOST_TEST((seeds.back() == drawn));
}

BOOST_AUTO_TEST_CASE(what_else_is_missing_stays_missing) {
  std::vector<Measures> seeds = {{{"48 px, mean, dB", 30}}, {{"48 px, mean, dB", 30}, {"SSIM", 1}}};
  complete_undrawn(seeds);
  BOOST_TEST(seeds.front().size() == 1U);
  std::vector<Measures> none;
  complete_undrawn(none);
  BOOST_TEST(none.empty());
}

BOOST_AUTO_TEST_SUITE_END()
