#include "parse_json.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chorus/error.hpp"

using namespace chorus;

namespace {

std::string failure(const std::string& text) {
  try {
    (void)parse_json(text, "the text");
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parse_json)

BOOST_AUTO_TEST_CASE(values_are_those_of_the_library) {
  const std::string text = R"({"b": [1, -2, 0.5, "x", null, true], "a": {"b": {}}})";
  BOOST_TEST((chorus::parse_json(text, "it") == nlohmann::json::parse(text)));
  BOOST_TEST(parse_ordered_json(text, "it").dump() == nlohmann::ordered_json::parse(text).dump());
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_refused_with_the_place) {
  BOOST_TEST(failure("") == "the text is not valid JSON (at byte 1)");
  BOOST_TEST(failure("[1,,2]") == "the text is not valid JSON (at byte 4)");
  BOOST_TEST(failure(std::string("[1]\0 2", 6)) == "the text is not valid JSON (at byte 4)");
  BOOST_TEST(failure("\"\xFF\"").starts_with("the text is not valid JSON"));
  BOOST_TEST(failure("[1] 2").starts_with("the text is not valid JSON"));
  BOOST_TEST(failure("[1e999]") == "the text has a number that is too large");
}

BOOST_AUTO_TEST_CASE(a_key_may_occur_once_in_each_object) {
  BOOST_TEST(failure(R"([{"a": 1, "b": {"a": 1}}, {"a": 1}])").empty());
  BOOST_TEST(failure(R"({"a": {"b": 1}, "c": [], "a": 2})") == "the text has the key 'a' twice");
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused_before_it_exhausts_the_stack) {
  BOOST_TEST(failure(nested(max_json_depth)).empty());
  BOOST_TEST(failure(nested(max_json_depth + 1)) == "the text is nested deeper than 64 levels");
  BOOST_TEST(failure(nested(1'000'000)) == "the text is nested deeper than 64 levels");
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += R"({"a":)";
  BOOST_TEST(failure(objects) == "the text is nested deeper than 64 levels");
  // Side by side, any number.
  std::string flat = "[";
  for (int i = 0; i < 1000; ++i) flat += "[],";
  BOOST_TEST(failure(flat + "0]").empty());
}

BOOST_AUTO_TEST_CASE(time_grows_with_the_text_and_no_faster) {
  std::string objects = "{", numbers = "[";
  for (int i = 0; i < 300'000; ++i) {
    objects += "\"" + std::to_string(i) + "\":{},";
    numbers += "[1],";
  }
  const auto began = std::chrono::steady_clock::now();
  BOOST_TEST(failure(objects + "\"a\":0}").empty());
  BOOST_TEST(failure(numbers + "0]").empty());
  // A minute, where each element looks at all before it.
  BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds(10)));
  BOOST_CHECK_THROW(parse_ordered_json(objects + "\"a\":0}", "it"), Error);
}

BOOST_AUTO_TEST_SUITE_END()
