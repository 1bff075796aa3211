#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "errors.hpp"
#include "random.hpp"
#include "range_coder.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// Bits of which `ones` of 65,536 are 1.
std::vector<bool> random_bits(std::size_t count, std::uint32_t ones, std::uint64_t seed) {
  RandomStream random(seed, Stream::test_matrices);
  std::vector<bool> bits(count);
  for (std::size_t i = 0; i < count; ++i) bits[i] = random.word() >> 16 < ones;
  return bits;
}

std::string coded(const std::vector<bool>& bits) {
  RangeEncoder coder;
  AdaptiveBit model;
  for (const bool bit : bits) coder.bit(model, bit);
  return coder.finish();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(range_coder)

BOOST_AUTO_TEST_CASE(bits_of_every_frequency_come_back) {
  for (const std::uint32_t ones : {0U, 3U, 700U, 32768U, 60000U, 65536U}) BOOST_TEST_CONTEXT(ones) {
      const std::vector<bool> bits = random_bits(5000, ones, ones);
      const std::string bytes = coded(bits);
      RangeDecoder coder(bytes);
      AdaptiveBit model;
      std::size_t wrong = 0;
      for (const bool bit : bits) wrong += coder.bit(model) != bit;
      BOOST_TEST(wrong == 0U);
      BOOST_TEST(coder.is_at_end());
    }
}

BOOST_AUTO_TEST_CASE(rare_bits_take_few_bytes) {
  constexpr std::size_t count = 200'000;
  const double share = 6000.0 / 65536;
  const double entropy = -share * std::log2(share) - (1 - share) * std::log2(1 - share);
  const double bytes = static_cast<double>(coded(random_bits(count, 6000, 1)).size());
  BOOST_TEST(bytes > entropy * count / 8 * 0.97);
  BOOST_TEST(bytes < entropy * count / 8 * 1.04);
}

/// Ones that were thought impossible make the lower end grow, and carry through bytes of 0xFF.
BOOST_AUTO_TEST_CASE(carries_and_even_bits_come_back) {
  RandomStream random(7, Stream::test_matrices);
  RangeEncoder encoder;
  AdaptiveBit models[3];
  std::vector<std::uint32_t> given;
  for (std::size_t i = 0; i < 20'000; ++i) {
    const std::uint32_t word = random.word();
    given.push_back(word & 0xFFFFFF);
    encoder.bit(models[i % 3], i % 97 == 0);
    encoder.even_bits(given.back(), 24);
    encoder.even_bits(word & 1, 1);
    encoder.even_bits(0, 0);
  }
  const std::string bytes = encoder.finish();
  RangeDecoder decoder(bytes);
  AdaptiveBit again[3];
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    wrong += decoder.bit(again[i % 3]) != (i % 97 == 0);
    wrong += decoder.even_bits(0, 24) != given[i];
    wrong += decoder.even_bits(0, 1) != (given[i] & 1);
    wrong += decoder.even_bits(0, 0) != 0;
  }
  BOOST_TEST(wrong == 0U);
  BOOST_TEST(decoder.is_at_end());
}

BOOST_AUTO_TEST_CASE(too_few_bytes_are_an_error) {
  check_holds(error_of([] { RangeDecoder("abc"); }), {"end too early"});
  const std::string bytes = coded(random_bits(800, 32768, 3));
  const auto decode = [](const std::string& some) {
    RangeDecoder coder(some);
    AdaptiveBit model;
    for (int i = 0; i < 800; ++i) coder.bit(model);
  };
  BOOST_TEST(error_of([&] { decode(bytes); }).empty());
  check_holds(error_of([&] { decode(bytes.substr(0, bytes.size() - 4)); }), {"end too early"});
}

BOOST_AUTO_TEST_SUITE_END()
