#include "study/sizing.hpp"

#include <boost/test/unit_test.hpp>

using namespace chorus;
using namespace chorus::app;

namespace {

SirenConfig palette_network() {
  SirenConfig config;
  config.width = 16;
  config.hidden_layers = 2;
  config.latent = 8;
  config.head = Head::palette;
  config.palette_size = 5;
  return config;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sizing)

BOOST_AUTO_TEST_CASE(all_numbers_of_a_joint_network_count) {
  // Places to the first layer, two hidden layers, logits; shifts of three layers.
  const std::size_t layers = (2 * 16 + 16) + 2 * (16 * 16 + 16) + (5 * 16 + 5);
  const std::size_t shifts = 3 * 8 * 16;
  BOOST_TEST(joint_numbers(palette_network(), 10) == layers + shifts + 10 * (8 + 3 * 5));
}

BOOST_AUTO_TEST_CASE(the_latent_of_a_separate_network_does_not_count) {
  const std::size_t layers = (2 * 16 + 16) + 2 * (16 * 16 + 16) + (5 * 16 + 5);
  BOOST_TEST(separate_numbers(palette_network()) == layers + 3 * 5);
}

BOOST_AUTO_TEST_CASE(the_widest_network_uses_up_the_numbers) {
  for (const std::size_t numbers : {400U, 3000U, 100'000U}) {
    const auto separate = widest_separate(palette_network(), numbers);
    BOOST_REQUIRE(separate);
    SirenConfig wider = *separate;
    ++wider.width;
    BOOST_TEST(separate_numbers(*separate) <= numbers);
    BOOST_TEST(separate_numbers(wider) > numbers);
  }
  const auto joint = widest_joint(palette_network(), 10, 5000);
  BOOST_REQUIRE(joint);
  SirenConfig wider = *joint;
  ++wider.width;
  BOOST_TEST(joint_numbers(*joint, 10) <= 5000U);
  BOOST_TEST(joint_numbers(wider, 10) > 5000U);
  BOOST_TEST(!widest_joint(palette_network(), 10, 200));
  BOOST_TEST(!widest_separate(palette_network(), 20));
}

BOOST_AUTO_TEST_SUITE_END()
