#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "model_file.hpp"
#include "safetensors.hpp"
#include "workplace.hpp"

// Models that get more images.

using namespace chorus;
using namespace chorus::test;
using nlohmann::json;

namespace {

/// A workplace with the folders `old` and `new`, each with icons of 24 px.
class GrowingPlace : public Workplace {
 public:
  GrowingPlace() {
    copy("old", {"about", "camera", "folder"});
    copy("new", {"key", "search"});
    copy("both", {"about", "camera", "folder", "key", "search"});
  }

  void copy(const std::string& folder, const std::vector<std::string>& names) const {
    fs::create_directories(path(folder));
    for (const std::string& name : names)
      fs::copy_file(fs::path(CHORUS_DATA_DIR) / "icons/24" / (name + ".png"),
                    path(folder) / (name + ".png"));
  }

  double psnr(const std::string& model, const std::string& data) const {
    const json scores = json::parse(must("evaluate " + model + " " + data + " --json"));
    return scores.at("sizes").at(0).at("psnr_mean").get<double>();
  }
};

const std::string recipe = " --width 32 --latent 8 --threads 2 ";

std::vector<std::string> names_of(const Model& model) {
  std::vector<std::string> names;
  for (const EncodedImage& image : model.images) names.push_back(image.name);
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_grow)

BOOST_AUTO_TEST_CASE(fit_keeps_the_images_of_the_model) {
  const GrowingPlace place;
  place.must("train old --steps 100 -o m.safetensors" + recipe);
  place.must("fit m.safetensors new --keep --latent-steps 30 -o latents.safetensors");
  place.must(
      "fit m.safetensors new --keep --modulations --latent-steps 30 --shift-steps 30 "
      "-o shifts.safetensors");
  place.must("fit m.safetensors new --latent-steps 30 -o alone.safetensors");

  Memory memory(make_backend("reference"));
  const Model before = load_model(memory, place.path("m.safetensors"));
  const Model alone = load_model(memory, place.path("alone.safetensors"));
  for (const char* file : {"latents.safetensors", "shifts.safetensors"}) {
    const Model after = load_model(memory, place.path(file));
    BOOST_TEST(
        names_of(after) == std::vector<std::string>({"about", "camera", "folder", "key", "search"}),
        boost::test_tools::per_element());
    for (std::size_t i = 0; i < before.images.size(); ++i) {
      const ImageCode was = image_code(before, i);
      const ImageCode is = image_code(after, find_image(after, before.images[i].name));
      BOOST_TEST(was.latent == is.latent);
      BOOST_TEST(was.palette == is.palette);
      BOOST_TEST(is.shifts == std::vector<float>(is.shifts.size()));
    }
    const std::size_t parameters = before.siren.parameters().size();
    for (std::size_t p = 0; p < parameters; ++p)
      BOOST_TEST(to_host(before.siren.parameters()[p].value) ==
                 to_host(after.siren.parameters()[p].value));
    const ImageCode fitted = image_code(after, find_image(after, "key"));
    if (after.shifts)
      BOOST_TEST(fitted.shifts != std::vector<float>(fitted.shifts.size()));
    else
      BOOST_TEST(fitted.latent == image_code(alone, find_image(alone, "key")).latent);
  }
  BOOST_TEST(static_cast<bool>(load_model(memory, place.path("shifts.safetensors")).shifts));
  BOOST_TEST(place.psnr("shifts.safetensors", "old") == place.psnr("m.safetensors", "old"));
  // Images that were fitted with shifts stay as they are when others are fitted without.
  place.copy("more", {"settings"});
  place.must("fit shifts.safetensors more --keep --latent-steps 10 -o six.safetensors");
  BOOST_TEST(place.psnr("six.safetensors", "new") == place.psnr("shifts.safetensors", "new"));

  place.must_fail(2, "fit m.safetensors new --keep --all -o x.safetensors", "--all");
}

BOOST_AUTO_TEST_SUITE_END()
