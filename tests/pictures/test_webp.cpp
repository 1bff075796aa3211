#include "loaded_picture.hpp"
#include "picture_samples.hpp"

using namespace chorus::test;
using chorus::Image;

namespace {

constexpr unsigned width = 24, height = 16;
constexpr unsigned char has_profile = 0x20, has_exif = 0x08;

LoadedPicture load_webp(const Bytes& bytes) { return load_picture("a.webp", bytes); }

Bytes still(bool lossless = true, bool transparent = false) {
  return encoded_webp(slopes(width, height, transparent), width, height, lossless);
}

Bytes cut(const Bytes& bytes, std::size_t kept) {
  return Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(kept));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(webp)

BOOST_AUTO_TEST_CASE(reads_lossless_and_lossy_webps) {
  const LoadedPicture exact = load_webp(still());
  check_only_note(exact, "");
  BOOST_TEST(exact.image.channels == 3U);
  check_near(exact.image, slopes(width, height), 1e-3);
  check_near(load_webp(still(false)).image, slopes(width, height), 10);
}

BOOST_AUTO_TEST_CASE(keeps_the_alpha_of_webps) {
  const Image exact = load_webp(still(true, true)).image;
  BOOST_TEST(exact.channels == 4U);
  check_near(exact, slopes(width, height, true), 1e-3);
  check_near(load_webp(still(false, true)).image, slopes(width, height, true), 10);
}

BOOST_AUTO_TEST_CASE(reads_the_first_frame_of_an_animation_with_a_note) {
  const Bytes other = encoded_webp(Bytes(width * height * 4, 255), width, height, true);
  const LoadedPicture loaded = load_webp(animated_webp({still(), other}, width, height));
  check_only_note(loaded, "further frames of an animation, which are not read");
  check_near(loaded.image, slopes(width, height), 1e-3);
  check_only_note(load_webp(animated_webp({still()}, width, height)), "");
}

BOOST_AUTO_TEST_CASE(turns_webps_as_exif_says) {
  const Image plain = load_webp(still()).image;
  const Bytes exif = riff_chunk("EXIF", exif_block(3));
  const LoadedPicture loaded = load_webp(extended_webp(still(), width, height, has_exif, {}, exif));
  check_only_note(loaded, "");
  for (std::size_t i = 0; i < plain.pixels(); ++i)
    BOOST_TEST(color_at(loaded.image, i) == color_at(plain, plain.pixels() - 1 - i));
}

BOOST_AUTO_TEST_CASE(notes_colour_profiles_of_webps) {
  const auto with_profile = [](std::string_view name, std::size_t spare = 0) {
    const Bytes profile = riff_chunk("ICCP", profile_named(name) + Bytes(spare, 0));
    return load_webp(extended_webp(still(), width, height, has_profile, profile, {}));
  };
  check_only_note(with_profile("sRGB IEC61966-2.1"), "");
  check_only_note(with_profile("Display P3"), "a colour profile (ICC), which is not applied");
  check_only_note(with_profile("Display P3", 300'000), "a colour profile (ICC)");
}

BOOST_AUTO_TEST_CASE(cut_and_damaged_webps_are_pictures_or_errors) {
  check_every_cut("a.webp", still());
  check_every_cut("a.webp", still(false, true));
  check_damage("a.webp", still());
  check_damage("a.webp", still(false, true));
  check_damage("a.webp", animated_webp({still(), still(false)}, width, height));
}

BOOST_AUTO_TEST_CASE(says_why_a_webp_cannot_be_read) {
  const Bytes good = still(false);
  check_holds(load_webp(cut(good, 14)).error, {"a.webp: truncated: it ends within its header"});
  check_holds(load_webp(cut(good, good.size() - 40)).error, {"ends before its pixel data does"});
  check_holds(load_webp(extended_webp(good, 16'000, 16'000, 0, {}, {})).error, {"a.webp: "});
  check_holds(load_webp(animated_webp({good}, 16'000, 16'000)).error,
              {"states a size of 16000 x 16000 pixels; the limit is 67108864"});
}

BOOST_AUTO_TEST_SUITE_END()
