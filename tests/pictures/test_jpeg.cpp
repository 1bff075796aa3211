#include "loaded_picture.hpp"
#include "picture_samples.hpp"

using namespace chorus::test;
using chorus::Image;

namespace {

LoadedPicture load_jpeg(const Bytes& bytes) { return load_picture("a.jpg", bytes); }

Bytes grey_slopes(unsigned width, unsigned height) {
  Bytes grey;
  for (unsigned i = 0; i < width * height; ++i)
    grey.push_back(static_cast<unsigned char>(20 + 200 * (i % width) / width));
  return grey;
}

Bytes rgba_of_grey(const Bytes& grey) {
  Bytes rgba;
  for (const unsigned char value : grey) rgba = rgba + Bytes{value, value, value, 255};
  return rgba;
}

/// Where the frame header's data begins.
std::size_t frame_of(const Bytes& jpeg) {
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i)
    if (jpeg[i] == 0xFF && (jpeg[i + 1] == 0xC0 || jpeg[i + 1] == 0xC2)) return i + 4;
  throw std::logic_error("no frame header");
}

/// A JPEG whose last scan is there `count` times.
Bytes with_scans(const Bytes& jpeg, std::size_t count) {
  std::size_t last = 0;
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i)
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xDA) last = i;
  const auto begin = jpeg.begin() + static_cast<std::ptrdiff_t>(last);
  Bytes all(jpeg.begin(), begin);
  for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), begin, jpeg.end() - 2);
  return all + Bytes{0xFF, 0xD9};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jpeg)

BOOST_AUTO_TEST_CASE(reads_jpegs_of_every_sampling) {
  for (const int sampling : {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440, TJSAMP_411})
    for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
      JpegSample sample;
      sample.sampling = sampling;
      sample.flags = flags;
      const LoadedPicture loaded = load_jpeg(encoded(sample));
      check_only_note(loaded, "");
      BOOST_TEST(loaded.image.channels == 3U);
      check_near(loaded.image, sample.pixels, sampling == TJSAMP_444 ? 4 : 8);
    }
}

BOOST_AUTO_TEST_CASE(reads_grey_jpegs) {
  const Bytes grey = grey_slopes(24, 16);
  const LoadedPicture loaded =
      load_jpeg(encoded({.pixels = grey, .pixel_format = TJPF_GRAY, .sampling = TJSAMP_GRAY}));
  check_only_note(loaded, "");
  check_near(loaded.image, rgba_of_grey(grey), 3);
}

BOOST_AUTO_TEST_CASE(converts_cmyk_jpegs_and_says_so) {
  Bytes ink, light;  // as Adobe stores it: the ink that is left out
  for (unsigned i = 0; i < 24 * 16; ++i) {
    const auto value = static_cast<unsigned char>(255 - i / 2);
    ink = ink + Bytes{value, 200, 100, 204};
    light = light + Bytes{static_cast<unsigned char>(value * 204 / 255), 160, 80, 255};
  }
  const Bytes jpeg = encoded({.pixels = ink, .pixel_format = TJPF_CMYK});
  const LoadedPicture loaded = load_jpeg(jpeg);
  check_only_note(loaded, "CMYK colours, which are converted without a profile");
  check_near(loaded.image, light, 8);
}

BOOST_AUTO_TEST_CASE(turns_jpegs_as_exif_says) {
  const Bytes jpeg = encoded(JpegSample());
  const Image plain = load_jpeg(jpeg).image;
  const auto with_exif = [&](unsigned char orientation) {
    const Bytes identified = as_bytes("Exif") + Bytes{0, 0} + exif_block(orientation);
    return load_jpeg(with_segments(jpeg, segment(0xE1, identified)));
  };
  check_only_note(with_exif(6), "");
  const Image turned = with_exif(6).image;  // a quarter to the right
  BOOST_TEST_REQUIRE(turned.width == plain.height);
  BOOST_TEST_REQUIRE(turned.height == plain.width);
  for (std::size_t y = 0; y < turned.height; ++y)
    for (std::size_t x = 0; x < turned.width; ++x)
      BOOST_TEST(color_at(turned, y * turned.width + x) ==
                 color_at(plain, (plain.height - 1 - x) * plain.width + y));
  BOOST_TEST(with_exif(1).image.values == plain.values);
  BOOST_TEST(with_exif(9).image.values == plain.values);
}

BOOST_AUTO_TEST_CASE(notes_colour_profiles_of_jpegs) {
  const Bytes jpeg = encoded(JpegSample());
  const auto with_profile = [&](std::string_view name) {
    return load_jpeg(with_segments(
        jpeg, segment(0xE2, as_bytes("ICC_PROFILE") + Bytes{0, 1, 1} + profile_named(name))));
  };
  check_only_note(with_profile("sRGB IEC61966-2.1"), "");
  check_only_note(with_profile(std::string_view("\0s\0R\0G\0B", 8)), "");
  check_only_note(with_profile("Display P3"), "a colour profile (ICC), which is not applied");
}

BOOST_AUTO_TEST_CASE(reads_jpegs_with_much_metadata_before_their_size) {
  const Bytes jpeg = encoded(JpegSample());
  Bytes segments;
  for (int i = 0; i < 5; ++i) segments = segments + segment(0xEF, Bytes(65'000, 0xFF));
  check_near(load_jpeg(with_segments(jpeg, segments)).image, JpegSample().pixels, 4);
}

BOOST_AUTO_TEST_CASE(jpegs_with_mended_damage_are_noted) {
  const Bytes jpeg = encoded(JpegSample());
  const Bytes open(jpeg.begin(), jpeg.end() - 2);
  check_only_note(load_jpeg(open), "no end marker");
  check_only_note(load_jpeg(open + Bytes(100, 1) + Bytes{0xFF, 0xD9}), "spare bytes");
  check_only_note(load_jpeg(jpeg + as_bytes("behind the end")), "");
}

BOOST_AUTO_TEST_CASE(cut_and_damaged_jpegs_are_pictures_or_errors) {
  const Bytes progressive = encoded({.flags = TJFLAG_PROGRESSIVE});
  check_every_cut("a.jpg", encoded(JpegSample()));
  check_damage("a.jpg", encoded(JpegSample()));
  check_damage("a.jpg", progressive);
}

BOOST_AUTO_TEST_CASE(says_why_a_jpeg_cannot_be_read) {
  const Bytes jpeg = encoded(JpegSample());
  const std::size_t frame = frame_of(jpeg);
  Bytes huge = jpeg, empty = jpeg, deep = jpeg;
  for (std::size_t i = 1; i <= 4; ++i) huge[frame + i] = 0xEA, empty[frame + i] = 0;
  deep[frame] = 12;
  const auto half = static_cast<std::ptrdiff_t>(jpeg.size() / 2);
  check_holds(load_jpeg(huge).error,
              {"states a size of 60138 x 60138 pixels; the limit is 67108864"});
  check_holds(load_jpeg(empty).error, {"states a size of 0 pixels"});
  check_holds(load_jpeg(deep).error, {"has 12 bits a channel"});
  check_holds(load_jpeg(Bytes(jpeg.begin(), jpeg.begin() + half)).error, {"truncated"});
  check_holds(load_jpeg(Bytes(jpeg.begin(), jpeg.begin() + 20)).error, {"ends within its header"});
  check_holds(load_jpeg(with_scans(encoded({.flags = TJFLAG_PROGRESSIVE}), 200)).error,
              {"scans; the limit is 100"});
}

BOOST_AUTO_TEST_CASE(folders_mix_jpegs_and_pngs) {
  const TemporaryFolder folder;
  write_bytes(folder.path() / "a.JPEG", encoded(JpegSample()));
  write_bytes(folder.path() / "b.png", plain_png(24, 16));
  write_bytes(folder.path() / "c.png", encoded(JpegSample()));  // its content counts
  const auto images = chorus::load_collection(folder.path());
  BOOST_TEST_REQUIRE(images.size() == 3U);
  BOOST_TEST(images[0].name == "a");
  BOOST_TEST(images[0].image.values == images[2].image.values);
  write_bytes(folder.path() / "b.jpg", encoded(JpegSample()));
  check_holds(error_of([&] { chorus::load_collection(folder.path()); }),
              {"two images of ", " have the name \"b\": b.jpg and b.png"});
}

BOOST_AUTO_TEST_SUITE_END()
