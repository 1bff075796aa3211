#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "workplace.hpp"

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

// The page on which people compare two ways to interpolate, and what is made of their choices.

namespace {

constexpr const char* compare = "report --compare morph line ";

/// A place with three walks, each as a cross-fade of blotches and as a morph, made once. The folder
/// morph has one more.
const Workplace& compared() {
  static const std::unique_ptr<const Workplace> place = [] {
    auto made = std::make_unique<const Workplace>();
    made->must("train icons" + small + "--steps 150 -o m.safetensors");
    for (const char* walk : {"about camera", "folder key", "about key"})
      for (const char* path : {"linear", "morph"}) {
        const std::string ends = walk;
        made->must(
            fmt::format("interpolate m.safetensors {} --size 24 --path {} --frames 5 -o {}/{}",
                        walk, path, std::string(path) == "morph" ? path : "line",
                        std::string(ends).replace(ends.find(' '), 1, "-")));
      }
    made->must("interpolate m.safetensors camera key --size 24 --frames 5 -o morph/camera-key");
    made->must(std::string(compare) + "-o page");
    return made;
  }();
  return *place;
}

/// What the page knows of the animations.
json data_of_page() {
  const std::string page = read_file(compared().path("page/index.html"));
  const std::string begin = "id=\"data\">";
  const std::size_t first = page.find(begin) + begin.size();
  return json::parse(page.substr(first, page.find("</script>", first) - first));
}

/// Choices as the page saves them: which is better of "about-camera", "about-key" and "folder-key".
void choose(const char* file, const std::vector<std::string>& better) {
  const json data = data_of_page();
  json choices = json::array();
  for (std::size_t k = 0; k < better.size(); ++k)
    choices.push_back(
        {{"pair", data.at("pairs").at(k).at("name")}, {"better", better[k]}, {"left", "a"}});
  std::ofstream(compared().path(file))
      << json{{"chorus-choices", 1}, {"comparison", data.at("comparison")}, {"choices", choices}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_compare)

BOOST_AUTO_TEST_CASE(walks_of_the_same_name_are_on_the_page) {
  const Outcome outcome = compared().run(std::string(compare) + "-o again");
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(outcome.err.find("morph/camera-key has no counterpart") != std::string::npos,
             outcome.err);
  const json data = data_of_page();
  BOOST_TEST(data.at("a") == "morph");
  BOOST_TEST(data.at("b") == "line");
  BOOST_TEST(data.at("pairs").size() == 3U);
  for (const json& pair : data.at("pairs")) {
    BOOST_TEST(pair.at("a").get<std::string>().starts_with("data:image/png;base64,"));
    BOOST_TEST(pair.at("a") != pair.at("b"));
  }
  compared().must("report --compare morph/about-key line/about-key -o one");  // single walks
}

BOOST_AUTO_TEST_CASE(choices_are_counted_beside_what_measures_say) {
  choose("first.json", {"a", "a", "equal"});
  choose("second.json", {"a", "b", "equal"});
  const std::string arguments = std::string(compare) + "--choices first.json second.json";
  const json result = json::parse(compared().must(arguments + " --json"));
  BOOST_TEST(result.at("people") == 2);
  const json& votes = result.at("pairs");
  BOOST_TEST(votes.at(0) == (json{{"pair", "about-camera"}, {"a", 2}, {"b", 0}, {"equal", 0}}));
  BOOST_TEST(votes.at(1) == (json{{"pair", "about-key"}, {"a", 1}, {"b", 1}, {"equal", 0}}));
  BOOST_TEST(votes.at(2) == (json{{"pair", "folder-key"}, {"a", 0}, {"b", 0}, {"equal", 2}}));
  BOOST_TEST(result.at("measures").size() == 9U);
  for (const json& measure : result.at("measures")) {
    BOOST_TEST(std::abs(measure.at("rank_correlation").get<double>()) <= 1);
    BOOST_TEST(measure.at("decided") <= 1);  // people agree on one pair only
    BOOST_TEST(measure.at("alike") <= measure.at("decided"));
  }
  BOOST_TEST(compared().must(arguments).find("decides alike") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_measure_decides_as_people_do_or_against_them) {
  // A hard cut makes one large step, and a line of latents many small ones.
  const Workplace& place = compared();
  fs::create_directories(place.path("cut/about-camera"));
  for (int k = 0; k < 5; ++k)
    fs::copy_file(place.path(k < 3 ? "icons/24/about.png" : "icons/24/camera.png"),
                  place.path(fmt::format("cut/about-camera/frame_00{}.png", k)));
  fs::copy_file(place.path("icons/24/about.png"), place.path("cut/about-camera/animation.png"));
  place.must("report --compare cut line -o cuts");
  const std::string page = read_file(place.path("cuts/index.html"));
  const std::size_t id = page.find("\"comparison\":\"");
  const auto measures = [&](const char* better) {
    std::ofstream(place.path("cut.json"))
        << json{{"comparison", page.substr(id + 14, 16)},
                {"choices", {{{"pair", "about-camera"}, {"better", better}}}}};
    return json::parse(place.must("report --compare cut line --choices cut.json --json"))
        .at("measures");
  };
  const json for_cut = measures("a"), for_line = measures("b");
  for (std::size_t k = 0; k < for_cut.size(); ++k) {
    const std::string measure = for_cut.at(k).at("measure");
    BOOST_TEST(for_cut.at(k).at("decided") == for_line.at(k).at("decided"));
    BOOST_TEST(for_cut.at(k).at("alike").get<int>() + for_line.at(k).at("alike").get<int>() ==
                   for_cut.at(k).at("decided").get<int>(),
               measure);
    if (measure == "step_max_over_mean") BOOST_TEST(for_line.at(k).at("alike") == 1);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_said) {
  const Workplace& place = compared();
  place.must_fail(2, compare, "-o");
  place.must_fail(2, "report", "either a model or --compare");
  place.must_fail(2, "report m.safetensors --compare morph line -o x",
                  "either a model or --compare");
  place.must_fail(2, "report --compare morph -o x", "--compare");
  place.must_fail(2, "report m.safetensors -o x --choices first.json", "--compare");
  place.must_fail(1, "report --compare morph nowhere -o x", "nowhere: not a folder");
  place.must_fail(1, "report --compare morph icons -o x", "icons: no animation.png");
  place.must_fail(1, "report --compare morph/about-key line -o x", "no walk of the same name");

  choose("good.json", {"a", "b", "equal"});
  const json good = json::parse(read_file(place.path("good.json")));
  const auto refuse = [&](const json& choices, const std::string& reason) {
    std::ofstream(place.path("bad.json")) << choices;
    place.must_fail(1, std::string(compare) + "--choices bad.json", reason);
  };
  const auto with = [&](const char* pointer, const json& value) {
    json changed = good;
    changed[json::json_pointer(pointer)] = value;
    return changed;
  };
  refuse(with("/comparison", "0"), "it is of comparison 0");
  refuse(with("/choices/0/better", "c"), "\"better\" is c");
  refuse(with("/choices/0/pair", "x"), "no pair x");
  refuse(with("/choices/1/pair", "about-camera"), "is in it twice");
  refuse(with("/choices", 3), "no list of choices");
  refuse(with("/choices/0", 3), "no \"pair\"");
  refuse(json::array(), "no \"comparison\"");
  std::ofstream(place.path("bad.json")) << "no JSON";
  place.must_fail(1, std::string(compare) + "--choices bad.json", "bad.json");
  place.must_fail(1, std::string(compare) + "--choices missing.json", "missing.json");
}

BOOST_AUTO_TEST_SUITE_END()
