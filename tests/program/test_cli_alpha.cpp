#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "alpha.hpp"
#include "chorus/pictures.hpp"
#include "workplace.hpp"

// Icons with transparency, from folder to folder.

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

namespace {

const std::string small_glass = " --size 24 --width 32 --latent 8 --steps 200 --threads 2 ";

/// A workplace with icons of every kind in `glass`, and white ones in `white`.
class GlassPlace : public Workplace {
 public:
  GlassPlace() {
    copy("glass", [](std::size_t k) { return k % 10 == 0; });
    for (const char* size : {"24", "48"}) {
      fs::create_directories(path("white") / size);
      for (const char* name : {"a", "b", "c"}) {
        const std::size_t side = std::stoul(size);
        Image icon({side, side}, 4);
        for (std::size_t y = side / 4; y < side / 2 + side / 8 * (name[0] - 'a'); ++y)
          for (std::size_t x = side / 4; x < 3 * side / 4; ++x)
            set_color(icon, y * side + x, {1, 1, 1, 1});
        write_png(path("white") / size / (std::string(name) + ".png"), icon);
      }
    }
  }

 private:
  template <class Chosen>
  void copy(const std::string& folder, const Chosen& chosen) const {
    for (const char* size : {"24", "48"}) {
      fs::create_directories(path(folder) / size);
      std::vector<fs::path> files;
      for (const auto& entry :
           fs::directory_iterator(fs::path(CHORUS_DATA_DIR) / "transparent" / size))
        files.push_back(entry.path());
      std::sort(files.begin(), files.end());
      for (std::size_t k = 0; k < files.size(); ++k)
        if (chosen(k)) fs::copy_file(files[k], path(folder) / size / files[k].filename());
    }
  }
};

double psnr_at(const json& scores, std::size_t index) {
  return scores.at("sizes").at(index).at("psnr_mean").get<double>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_alpha)

BOOST_AUTO_TEST_CASE(transparent_icons_stay_transparent_all_the_way) {
  const GlassPlace place;
  place.must("train glass" + small_glass + "-o m.safetensors --track glass");
  const json scores = json::parse(place.must("evaluate m.safetensors glass --json"));
  BOOST_TEST(psnr_at(scores, 0) > 17);
  BOOST_TEST(scores["sizes"][0]["psnr_alpha_mean"].get<double>() > 17);
  BOOST_TEST(scores["sizes"][1]["baselines"]["bicubic"].contains("psnr_alpha_mean"));

  place.must("upsample m.safetensors --size 48 --data glass -o large");
  std::size_t pictures = 0;
  for (const auto& entry : fs::directory_iterator(place.path("large"))) {
    const bool sheet = entry.path().filename().string().starts_with("contact_sheet");
    BOOST_TEST(read_png(entry.path()).has_alpha() == !sheet, entry.path());
    pictures += sheet ? 0 : 1;
  }
  BOOST_TEST(pictures == 4U);

  place.must("interpolate m.safetensors --best-pairs 1 --size 24 --frames 3 -o between");
  for (const auto& pair : fs::directory_iterator(place.path("between")))
    BOOST_TEST(read_png(pair.path() / "frame_001.png").has_alpha());
  place.must("fit m.safetensors glass --all --size 24 --latent-steps 30 -o f.safetensors");
  place.must("report m.safetensors -o page");
  BOOST_TEST(read_file(place.path("page/index.html")).find("\"channels\":4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(white_icons_are_no_white_squares) {
  const GlassPlace place;
  place.must("train white" + small_glass + "-o m.safetensors");
  place.must("upsample m.safetensors --size 24 --sheet-rows 0 -o same");
  const Image icon = read_png(place.path("same/a.png"));
  BOOST_TEST_REQUIRE(icon.has_alpha());
  BOOST_TEST(color_at(icon, 0)[3] < 0.1F);
  BOOST_TEST(color_at(icon, 24 * 9 + 12)[3] > 0.9F);
}

BOOST_AUTO_TEST_CASE(a_model_knows_its_background) {
  const GlassPlace place;
  place.must("train glass" + small_glass + "--background black -o m.safetensors");
  const json plain = json::parse(place.must("evaluate m.safetensors glass --json"));
  const json named =
      json::parse(place.must("evaluate m.safetensors glass --background black --json"));
  BOOST_TEST(psnr_at(plain, 0) == psnr_at(named, 0));
  BOOST_TEST(psnr_at(plain, 0) > 17);
  BOOST_TEST(!plain["sizes"][0].contains("psnr_alpha_mean"));
  place.must_fail(1, "evaluate m.safetensors glass --background white", "#000000");
  place.must("upsample m.safetensors --size 24 --sheet-rows 0 -o same");
  BOOST_TEST(
      !read_png(place.path("same").append(
                    fs::directory_iterator(place.path("glass/24"))->path().filename().string()))
           .has_alpha());

  place.must("train glass" + small_glass + "-o alpha.safetensors");
  place.must_fail(1, "evaluate alpha.safetensors glass --background white", "with alpha");
}

BOOST_AUTO_TEST_SUITE_END()
