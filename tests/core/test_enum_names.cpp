#include "enum_names.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace chorus;

namespace {

enum class Season { spring, summer, autumn };

constexpr auto seasons = enum_table<Season>(
    "season", {{Season::spring, "spring"}, {Season::summer, "summer"}, {Season::autumn, "autumn"}});
static_assert(seasons.size() == 3);
static_assert(seasons.name(Season::summer) == "summer");

}  // namespace

BOOST_AUTO_TEST_SUITE(enum_names)

BOOST_AUTO_TEST_CASE(every_name_is_read_back) {
  for (const Season each : seasons.values())
    BOOST_TEST((seasons.parse(seasons.name(each)) == each));
  BOOST_TEST(seasons.choices() == "spring, summer or autumn");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_told_all_that_there_are) {
  for (const char* wrong : {"", "winter", "Spring", "spring "})
    BOOST_CHECK_EXCEPTION(seasons.parse(wrong), Error, [&](const Error& error) {
      return error.what() ==
             "unknown season '" + std::string(wrong) + "'; expected spring, summer or autumn";
    });
  BOOST_CHECK_THROW(seasons.name(Season{7}), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
