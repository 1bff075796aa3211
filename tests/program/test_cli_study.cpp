#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "files.hpp"
#include "workplace.hpp"

// The protocols of `study` that compare trainings; those of single seeds are in test_cli.cpp.

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

namespace {

const std::string tiny =
    "study icons --size 24 --width 16 --latent 4 --threads 1 --steps 12 --head rgb ";
const std::string capacity = tiny +
                             "--protocol capacity --images 2,3 --numbers 300,500 --widths 16 "
                             "--latents 4 --hold-out-images 0.25 -o s ";
const std::string ablation = tiny + "--protocol ablation --images 3 -o s ";

json results(const Workplace& place) { return json::parse(read_file(place.path("s/study.json"))); }

json row_where(const json& rows, const json& wanted) {
  for (const json& row : rows) {
    bool fits = true;
    for (const auto& [field, value] : wanted.items())
      fits = fits && row.contains(field) && row[field] == value;
    if (fits) return row;
  }
  BOOST_REQUIRE_MESSAGE(false, "no row " << wanted.dump());
  return {};
}

/// The names of the files in a folder, without hidden ones.
std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (const std::string name = entry.path().filename().string(); !name.starts_with("."))
      names.push_back(name);
  std::ranges::sort(names);
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_study)

BOOST_AUTO_TEST_CASE(a_point_of_a_curve_is_what_train_and_evaluate_give) {
  const Workplace place;
  place.must(capacity + "--seeds 1");
  const json row =
      row_where(results(place)["rows"], {{"series", "fixed"}, {"images", 3}, {"seed", 1}});
  for (const char* size : {"24", "48"}) {
    fs::create_directories(place.path(fmt::format("hand/{}", size)));
    for (const json& name : row["names"]) {
      const std::string file = fmt::format("{}/{}.png", size, name.get<std::string>());
      fs::copy_file(place.path("icons/" + file), place.path("hand/" + file));
    }
  }
  const std::string train =
      "train hand --size 24 --width 16 --latent 4 --threads 1 --steps 12 --head rgb ";
  place.must(train + "-o all.safetensors");
  place.must(train + "--hold-out-pixels 0.2 -o part.safetensors");
  const auto scores = [&](const char* model) {
    return json::parse(place.must(fmt::format("evaluate {} hand --json --shapes off", model)));
  };
  const json all = scores("all.safetensors"), part = scores("part.safetensors");
  BOOST_TEST(all["sizes"][0]["psnr_pooled"] == row["training_pooled"]);
  BOOST_TEST(all["sizes"][1]["psnr_mean"] == row["largest_mean"]);
  BOOST_TEST(all["sizes"][1]["ssim_mean"] == row["largest_ssim"]);
  BOOST_TEST(part["held_out"]["psnr_held_out"] == row["held_out_pooled"]);
  const json info = json::parse(place.must("info all.safetensors --json"));
  const json& numbers = info["numbers"];
  BOOST_TEST(row["numbers"].get<std::size_t>() == numbers["shared"].get<std::size_t>() +
                                                      numbers["latents"].get<std::size_t>() +
                                                      numbers["palettes"].get<std::size_t>());
}

BOOST_AUTO_TEST_CASE(joint_and_separate_networks_have_equal_numbers) {
  const Workplace place;
  const std::string said = place.must(capacity + "--seeds 2");
  BOOST_TEST(said.find("one network minus separate ones") != std::string::npos);
  const json whole = results(place), rows = whole["rows"];
  for (const std::size_t images : {2, 3})
    for (const std::size_t numbers : {300, 500})
      for (const char* series : {"joint", "separate"}) {
        const json row = row_where(
            rows, {{"series", series}, {"images", images}, {"budget_each", numbers}, {"seed", 2}});
        BOOST_TEST(row["numbers"].get<std::size_t>() <= images * numbers);
        BOOST_TEST(row["numbers"].get<double>() > 0.8 * static_cast<double>(images * numbers));
        BOOST_TEST(row["steps"] == 12);
      }
  // The separate networks of fewer images are those of the first ones.
  const json two = row_where(rows, {{"series", "separate"}, {"images", 2}, {"seed", 1}}),
             three = row_where(rows, {{"series", "separate"}, {"images", 3}, {"seed", 1}});
  BOOST_TEST(two["training_mean"] != three["training_mean"]);
  BOOST_TEST(two["width"] == three["width"]);
  for (const char* control : {"pca", "enlarged", "one_step"})
    row_where(rows, {{"series", control}, {"images", 3}});
  // A line of the table for each row, and one of headings.
  const std::string csv = read_file(place.path("s/study.csv"));
  BOOST_TEST(std::ranges::count(csv, '\n') == std::ssize(rows) + 1);
  BOOST_TEST(csv.starts_with("seed,series,images,"));
  BOOST_TEST(read_file(place.path("s/study.html")).find("Gain of sharing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_study_of_jobs_goes_on_where_it_was) {
  const Workplace place;
  place.must(capacity + "--seeds 1");
  const json whole = results(place);
  const std::vector<std::string> jobs = files_in(place.path("s/jobs"));
  fs::remove(place.path("s/jobs") / jobs.front());
  const std::string said = place.must(capacity + "--seeds 1");
  BOOST_TEST(said.find(fmt::format("{} of {} jobs: finished before", jobs.size() - 1,
                                   jobs.size())) != std::string::npos,
             said);
  json again = results(place);
  const auto without_times = [](json study) {
    for (json& row : study["rows"]) row.erase("cpu_seconds");
    return study;
  };
  BOOST_TEST((without_times(again) == without_times(whole)));
  for (const auto& [flags, setting] : std::vector<std::pair<std::string, std::string>>{
           {"--steps 13 --seeds 1", "limit/steps"},
           {"--edge-pixels 5 --seeds 1", "edge_pixels"},
           {"--background black --seeds 1", "background"}}) {
    std::string changed = capacity + flags;
    if (flags.starts_with("--steps")) changed.erase(changed.find("--steps 12 "), 11);
    place.must_fail(1, changed, setting);
  }
  std::ofstream(place.path("s/jobs") / jobs.back()) << "{}";
  place.must_fail(1, capacity + "--seeds 1", jobs.back());
}

BOOST_AUTO_TEST_CASE(processes_share_a_study) {
  const Workplace place;
  const std::string once = ablation + "--seeds 2 --variants rgb,film,points_only,no_assignment";
  {
    const BackgroundTraining other(place, once);
    other.wait_for("s/jobs");
    const std::string said = place.must(once);
    BackgroundTraining::wait_until([&] { return fs::exists(place.path("s/study.html")); });
    // `rgb` is the head already, and the loss of assignments has no part in it.
    BOOST_TEST(said.find("rgb ") == std::string::npos, said);
  }
  const json rows = results(place)["rows"];
  BOOST_TEST(rows.size() % 4 == 0U);  // seeds, and equal steps and equal time
  const json film = row_where(rows, {{"variant", "film"}, {"by", "time"}, {"seed", 1}});
  const double ratio = film["time_ratio"].get<double>();
  const double steps = std::abs(ratio - 1) > 0.03 ? std::round(12 / ratio) : 12;
  BOOST_TEST(film["steps"].get<double>() == std::max(1.0, steps));
}

BOOST_AUTO_TEST_CASE(a_study_that_cannot_be_says_why) {
  const Workplace place;
  place.must_fail(1, tiny + "--protocol capacity --images 9 -o s", "4 images");
  place.must_fail(1, tiny + "--protocol ablation --images 9 -o s", "4 images");
  place.must_fail(1, ablation + "--variants rgb", "none of the variants");
  place.must_fail(2, tiny + "--protocol capacity --variants rgb -o s", "--variants");
  place.must_fail(2, tiny + "--protocol ablation --widths 8 -o s", "--widths");
  place.must_fail(2, tiny + "--protocol ablation --variants wings -o s", "wings");
  place.must_fail(2, tiny + "--protocol pixels --images 3 -o s", "--images");
  place.must_fail(2, "study icons --size 24 --protocol capacity --seconds 5 -o s", "--seconds");
}

BOOST_AUTO_TEST_SUITE_END()
