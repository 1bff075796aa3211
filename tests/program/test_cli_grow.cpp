#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "model_file.hpp"
#include "safetensors.hpp"
#include "workplace.hpp"

// Models that get more images, and trainings that get more steps.

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

const std::string small_network = " --width 32 --latent 8 --threads 1 ";

std::vector<std::string> names_of(const Model& model) {
  std::vector<std::string> names;
  for (const EncodedImage& image : model.images) names.push_back(image.name);
  return names;
}

Model load_model_of(const Workplace& place, const std::string& file) {
  Memory memory(make_backend("reference"));
  return load_model(memory, place.path(file));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_grow)

BOOST_AUTO_TEST_CASE(fit_keeps_the_images_of_the_model) {
  const GrowingPlace place;
  place.must("train old --steps 100 -o m.safetensors" + small_network);
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

BOOST_AUTO_TEST_CASE(a_complete_training_becomes_longer) {
  const GrowingPlace place;
  place.must("train old --steps 150 -o m.safetensors" + small_network);
  const auto copy_as = [&](const std::string& name) {
    for (const char* ending : {".safetensors", ".state.safetensors", ".metrics.jsonl"})
      fs::copy_file(place.path("m" + std::string(ending)), place.path(name + ending));
  };
  for (const char* name : {"a", "b", "c"}) copy_as(name);
  const std::string longer = "train old --resume --steps 20000 --threads 1 -o ";
  place.must(longer + "a.safetensors");
  BOOST_TEST(place.psnr("a.safetensors", "old") > place.psnr("m.safetensors", "old") + 1);
  const json info = json::parse(place.must("info a.safetensors --json"));
  BOOST_TEST(info.at("notes").at("steps") == "20000");

  {
    const std::string before = read_file(place.path("b.safetensors"));
    BackgroundTraining stopped(place, longer + "b.safetensors --checkpoint-seconds 0.1");
    BackgroundTraining::wait_until(
        [&] { return read_file(place.path("b.safetensors")) != before; });
    BOOST_TEST(WEXITSTATUS(stopped.stop(SIGINT)) == 1);
  }
  place.must_fail(1, "train old --resume --steps 20001 -o b.safetensors",
                  "before the end of its 20000");
  place.must("train old --resume --threads 1 -o b.safetensors");
  BOOST_TEST(place.same_bytes("a.safetensors", "b.safetensors"));

  place.must_fail(1, "train old --resume --steps 150 -o c.safetensors", "has done 150 steps");
  place.must_fail(1, "train old --resume -o c.safetensors", "make it longer");
  place.must_fail(2, "train old --resume --epochs 9 -o c.safetensors", "--epochs");
}

BOOST_AUTO_TEST_CASE(a_training_becomes_longer_by_the_clock) {
  const GrowingPlace place;
  place.must("train old --seconds 0.3 -o m.safetensors" + small_network);
  const double before = place.psnr("m.safetensors", "old");
  place.must("train old --resume --seconds 2 --threads 1 -o m.safetensors");
  BOOST_TEST(place.psnr("m.safetensors", "old") > before);
  place.must_fail(1, "train old --resume --seconds 1 -o m.safetensors", "expected a length beyond");
}

BOOST_AUTO_TEST_CASE(new_images_are_learnt_and_the_others_not_lost) {
  const GrowingPlace place;
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(fs::path(CHORUS_DATA_DIR) / "icons/24"))
    names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  std::vector<std::string> known, added, all;
  for (std::size_t i = 0; i < 25; ++i) {
    all.push_back(names[4 * i]);
    (i % 5 == 4 ? added : known).push_back(names[4 * i]);
  }
  place.copy("known", known);
  place.copy("added", added);
  place.copy("all", all);
  const std::string network = " --width 48 --latent 16 --threads 1 --steps 1500 ";
  place.must("train known -o known.safetensors" + network);
  place.must("train all -o all.safetensors" + network);
  const double known_before = place.psnr("known.safetensors", "known");
  const double added_jointly = place.psnr("all.safetensors", "added");

  const std::string add = "add known.safetensors added --threads 1 ";
  place.must(add + "--steps 3000 -o drawn.safetensors");
  BOOST_TEST(place.psnr("drawn.safetensors", "known") >= known_before - 0.5);
  BOOST_TEST(place.psnr("drawn.safetensors", "added") >= added_jointly - 2);
  place.must(add + "--data known --steps 1500 -o given.safetensors");
  BOOST_TEST(place.psnr("given.safetensors", "known") >= known_before - 0.5);
  BOOST_TEST(place.psnr("given.safetensors", "added") >= added_jointly - 2);
}

BOOST_AUTO_TEST_CASE(an_interrupted_addition_goes_on_exactly) {
  const GrowingPlace place;
  place.must("train old --steps 100 -o m.safetensors" + small_network);
  const std::string add = "add m.safetensors new --steps 20000 --threads 1 ";
  place.must(add + "-o whole.safetensors");
  {
    BackgroundTraining stopped(place, add + "--checkpoint-seconds 0.1 -o cut.safetensors");
    stopped.wait_for("cut.safetensors");
    BOOST_TEST(WEXITSTATUS(stopped.stop(SIGINT)) == 1);
  }
  place.must("add m.safetensors new --resume --threads 1 -o cut.safetensors");
  BOOST_TEST(place.same_bytes("whole.safetensors", "cut.safetensors"));
  BOOST_TEST(names_of(load_model_of(place, "cut.safetensors")) ==
                 std::vector<std::string>({"about", "camera", "folder", "key", "search"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_added_is_said) {
  const GrowingPlace place;
  place.must("train old --steps 5 -o m.safetensors" + small_network);
  place.copy("mixed", {"camera", "key"});
  place.must_fail(1, "add m.safetensors mixed --steps 5 -o x.safetensors",
                  "1 of 2 images of mixed have names");
  place.must_fail(1, "add m.safetensors new --data mixed --steps 5 -o x.safetensors",
                  "mixed has no image 'about' of 24 x 24 px");
  BOOST_TEST(!fs::exists(place.path("x.safetensors")));
}

BOOST_AUTO_TEST_CASE(images_with_and_without_alpha_are_added) {
  const GrowingPlace place;
  fs::create_directories(place.path("glass"));
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(fs::path(CHORUS_DATA_DIR) / "transparent/24"))
    files.push_back(file.path());
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i < 3; ++i)
    fs::copy_file(files[i], place.path("glass") / fmt::format("glass_{}.png", "abc"[i]));
  place.must("train glass --steps 100 -o alpha.safetensors" + small_network);
  place.must("train old --steps 100 -o opaque.safetensors" + small_network);
  place.must("add alpha.safetensors new --steps 400 --threads 1 -o a.safetensors");
  place.must("add opaque.safetensors glass --steps 400 --threads 1 -o b.safetensors");
  BOOST_TEST(place.psnr("a.safetensors", "new") > 15);
  BOOST_TEST(place.psnr("b.safetensors", "glass") > 15);
  place.must_fail(1, "add alpha.safetensors new --background ff0000 -o c.safetensors",
                  "with alpha");
}

BOOST_AUTO_TEST_SUITE_END()
