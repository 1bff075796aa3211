#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chorus/pictures.hpp"
#include "workplace.hpp"

// Names of images that a command line could take for something else.

using namespace chorus;
using namespace chorus::test;

namespace {

/// The text as one word of the shell.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

const std::vector<std::string> names = {
    "[a,b]", "[a]",   "[[a],[b]]", "a,b",       "-a",   "--help", "-5",   "a b", "a:b",   "a=b",
    "'a'",   "\"a\"", "info",      "\xC3\xBC ", "%s{}", "$HOME",  "a\\b", "*",   "#hash", "--"};

void train_odd(const Workplace& place) {
  fs::create_directory(place.path("odd"));
  for (std::size_t i = 0; i < names.size(); ++i)
    write_png(place.path("odd/" + names[i] + ".png"),
              Image(4, 4, static_cast<float>(i) / static_cast<float>(names.size())));
  place.must("train odd -o m.safetensors --head rgb --width 8 --latent 2 --threads 1 --steps 1");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_names)

BOOST_AUTO_TEST_CASE(every_name_is_taken_as_it_is) {
  const Workplace place;
  train_odd(place);
  const std::string tail = " --size 4 --frames 2 --overwrite -o way ";
  for (const std::string& name : names) {
    const std::string printed = name + " -> ";
    const std::string out =
        place.must("interpolate m.safetensors" + tail + "-- " + quoted(name) + " '[a]'");
    BOOST_TEST(out.find(printed + "[a] (") != std::string::npos, out);
  }
  // A walk over three, of which one looks like a list; options may follow.
  const std::string walk =
      place.must("interpolate m.safetensors '[a,b]' a,b '[[a],[b]]' --open" + tail);
  BOOST_TEST(walk.find("[a,b] -> a,b (") != std::string::npos, walk);
  BOOST_TEST(walk.find("a,b -> [[a],[b]] (") != std::string::npos, walk);
  place.must_fail(2, "interpolate m.safetensors '[a,b]'" + tail, "at least two names");
  place.must_fail(2, "interpolate m.safetensors a,b --wrong" + tail, "--wrong");
}

BOOST_AUTO_TEST_CASE(files_and_folders_may_be_called_anything) {
  const Workplace place;
  train_odd(place);
  for (const std::string& name : names) {
    const std::string model = quoted("./" + name);
    place.must("train odd --head rgb --width 8 --latent 2 --threads 1 --steps 1 --overwrite -o " +
               model);
    place.must("info " + model);
    place.must("upsample " + model + " --size 4 -o " + quoted("./up" + name));
  }
  place.must("train icons -o '[x,y]' --steps 1" + small);
  place.must("info '[x,y]'");
}

BOOST_AUTO_TEST_SUITE_END()
