#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "files.hpp"
#include "workplace.hpp"

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(cli_paths)

BOOST_AUTO_TEST_CASE(paths_are_judged_beside_cross_fade_and_hard_cut) {
  const Workplace place;
  place.must("train icons -o m.safetensors --steps 20" + small);
  const json paths =
      json::parse(place.must("evaluate m.safetensors icons --size 24 --paths --json"))["paths"];
  const auto check = [](const json& group, std::size_t pairs) {
    BOOST_TEST(group["pairs"].size() == pairs);
    BOOST_TEST(group["per_pair"].size() == pairs);
    for (const json& figures : {group, group["crossfade"], group["hard_cut"], group["per_pair"][0]})
      for (const char* key : {"length", "step_max_over_mean", "flat_share", "entropy", "ghost",
                              "monotone", "psnr_ends"})
        BOOST_TEST(figures[key].is_number(), key);
    BOOST_TEST(group["hard_cut"]["step_max_over_mean"].get<double>() > 15.9);
  };
  check(paths, 2);            // of four images
  check(paths["random"], 6);  // all there are
  BOOST_TEST(paths["known_truth"]["pairs"] == 0);
  BOOST_TEST(place
                 .must("evaluate m.safetensors icons --size 24 --paths --path spherical "
                       "--pairs-measure palette --pairs-seed 5")
                 .find("most similar pairs by palette") != std::string::npos);
  place.must_fail(2, "evaluate m.safetensors icons --paths --path straight", "straight");
  place.must_fail(2, "evaluate m.safetensors icons --paths --pairs-measure taste", "taste");
  place.must_fail(2, "evaluate m.safetensors icons --path linear", "--paths");
}

BOOST_AUTO_TEST_CASE(pairs_are_ranked_chosen_and_studied) {
  const Workplace place;
  place.must("train icons -o m.safetensors --steps 20" + small);
  const json result =
      json::parse(place.must("pairs m.safetensors --measure ssim --count 2 --json"));
  BOOST_TEST(result["measure"] == "ssim");
  BOOST_TEST(result["pairs"].size() == 2U);
  BOOST_TEST(result["ranking"].size() == 6U);
  const std::string study = "pairs m.safetensors --study --ranking 0 --json";
  const std::string first = place.must(study);
  const json correlation = json::parse(first)["study"]["rank_correlation"];
  BOOST_TEST(correlation.size() == 10U);
  BOOST_TEST(correlation["pixel"]["all"].get<double>() <= 1);
  BOOST_REQUIRE(fs::exists(place.path("m.pairs.linear.json")));
  const auto written = fs::last_write_time(place.path("m.pairs.linear.json"));
  BOOST_TEST(place.must(study) == first);
  BOOST_TEST((fs::last_write_time(place.path("m.pairs.linear.json")) == written));
  // Neither another model's judgements nor damaged ones count.
  place.must("train icons -o m.safetensors --overwrite --steps 25" + small);
  BOOST_TEST(place.must(study) != first);
  std::ofstream(place.path("m.pairs.linear.json")) << "{\"of\": 3";
  BOOST_TEST(json::parse(place.must(study))["study"]["pairs"] == 6);
  place.must_fail(2, "pairs m.safetensors --sample 3", "--study");
  place.must_fail(1, "pairs missing.safetensors", "missing.safetensors");
}

BOOST_AUTO_TEST_CASE(known_truth_is_made_trained_on_and_judged) {
  const Workplace place;
  place.must("known-truth icons -o known --per-kind 1 --size 24 --size 32");
  BOOST_TEST(json::parse(chorus::read_file(place.path("known/known_truth.json")))["pairs"].size() ==
             5U);
  place.must_fail(1, "known-truth icons -o known", "not empty");
  place.must("train known -o k.safetensors --steps 20" + small);
  const json info = json::parse(place.must("info k.safetensors --json"));
  BOOST_TEST(info["images"].size() == 10U);  // the middles are not read
  const json known =
      json::parse(place.must("evaluate k.safetensors known --size 24 --paths "
                             "--json"))["paths"]["known_truth"];
  BOOST_TEST(known["pairs"] == 5);
  BOOST_TEST(known["by_kind"].size() == 5U);
  for (const char* key : {"psnr_mid", "psnr_mid_crossfade", "psnr_mid_lerp", "psnr_mid_wipe"})
    BOOST_TEST(known[key].get<double>() > 3, key);
  BOOST_TEST(!known.contains("psnr_quarters"));
}

BOOST_AUTO_TEST_CASE(pairs_with_moving_parts_have_true_frames_at_three_moments) {
  const Workplace place;
  place.must("known-truth --kind parts -o parts --size 24 --compositions 2");
  const json index = json::parse(chorus::read_file(place.path("parts/known_truth.json")));
  BOOST_TEST(index["pairs"].size() >= 26U);
  const std::string name = index["pairs"][0]["middle"];
  for (const char* folder : {"quarter", "middle", "three_quarters"})
    BOOST_TEST(std::filesystem::exists(place.path("parts") / folder / "24" / (name + ".png")));
  place.must_fail(1, "known-truth icons --kind parts -o other", "not made of images");
  place.must_fail(1, "known-truth -o other", "expected a folder of images");
}

BOOST_AUTO_TEST_SUITE_END()
