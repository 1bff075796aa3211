#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "chorus/backend.hpp"
#include "workplace.hpp"

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

// What `bench` and `train --profile` show; how fast anything is has no test.

BOOST_AUTO_TEST_SUITE(cli_bench)

BOOST_AUTO_TEST_CASE(speed_is_given_with_its_parts) {
  const Workplace place;
  const json result = json::parse(
      place.must("bench --width 16 --repetitions 1 --backend cpu:base --threads 1 --json"));
  BOOST_TEST(result.at("peak_gflops").get<double>() > 0);
  BOOST_TEST(result.at("threads") == 1);
  const json& training = result.at("training").at(0);
  BOOST_TEST(training.at("arch") == "base");
  BOOST_TEST(training.at("width") == 16);
  BOOST_TEST(training.at("precision") == "fp32");
  BOOST_TEST(training.at("mpixel_per_s").get<double>() > 0);
  double parts = 0;
  for (const json& share : training.at("parts")) parts += share.get<double>();
  BOOST_TEST(std::abs(parts - 1) < 1e-6);
  BOOST_TEST(result.at("decode").size() == 2U);
  BOOST_TEST(place.must("train icons" + small + "--steps 3 --profile -o m.safetensors")
                 .find("gradients of weights") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(speed_is_measured_in_part_and_line_by_line) {
  const Workplace place;
  const std::string bench = "bench --width 16 --repetitions 1 --threads 1 --json-lines ";
  const auto kinds = [&](const std::string& arguments) {
    std::vector<std::string> found;
    std::istringstream lines(place.must(bench + arguments));
    for (std::string line; std::getline(lines, line);)
      found.push_back(json::parse(line).at("measured"));
    return found;
  };
  const std::string on_base = "--backend cpu:base ";
  BOOST_TEST(kinds(on_base + "--only decoding") ==
                 std::vector<std::string>({"decode 48 px", "decode 256 px"}),
             boost::test_tools::per_element());
  BOOST_TEST(kinds(on_base + "--only training --images 3 --pixels 5") ==
                 std::vector<std::string>({"train 15", "train 48"}),
             boost::test_tools::per_element());
  place.must_fail(2, bench + "--only sleeping", "sleeping");
}

BOOST_AUTO_TEST_CASE(a_device_is_profiled_by_its_own_clock) {
  const Workplace place(CHORUS_PROGRAM_EMULATED);
  const std::string on_device = "--backend cuda-emulated --workers 1 ";
  const std::string line = place.must(
      "bench --width 16 --repetitions 1 --json-lines --only training --images 2 --pixels 8 " +
      on_device);
  const json row = json::parse(line.substr(0, line.find('\n')));
  double parts = 0;
  for (const json& share : row.at("parts")) parts += share.get<double>();
  BOOST_TEST(std::abs(parts - 1) < 1e-6);
  std::size_t sine_layers = 0;
  for (const json& launch : row.at("launches")) {
    BOOST_TEST(launch.at("us_per_step").get<double>() > 0);
    if (launch.at("launch").get<std::string>().starts_with("sine")) ++sine_layers;
  }
  BOOST_TEST(sine_layers > 0U);
  const std::string profile = place.must(
      "train icons --size 24 --width 16 --latent 4 --steps 2 "
      "--profile -o m.safetensors " +
      on_device);
  BOOST_TEST(profile.find("time on the device, all queues") != std::string::npos);
  BOOST_TEST(profile.find("waiting") == std::string::npos);
  BOOST_TEST(profile.find("adam") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_precision_shown_is_that_of_the_products) {
  const std::string name = "avx512bf16-emulated";
  const auto backends = list_backends();
  const auto info = std::ranges::find(backends, name, &BackendInfo::name);
  BOOST_TEST_REQUIRE((info != backends.end()));
  const Workplace place(CHORUS_PROGRAM_EMULATED);
  place.must_fail(1, "bench --precision tf32 --backend cpu --threads 1", "no precision tf32");
  if (!info->unavailable.empty()) return;  // no AVX-512 here
  const json result = json::parse(place.must(
      "bench --width 32 --repetitions 1 --threads 1 --precision bf16 --json --backend " + name));
  BOOST_TEST(result.at("training").at(0).at("precision") == "bf16");
  BOOST_TEST(result.at("training").at(0).at("arch") == name);
}

BOOST_AUTO_TEST_SUITE_END()
