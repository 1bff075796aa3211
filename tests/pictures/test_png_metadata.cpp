#include <boost/test/unit_test.hpp>
#include <cmath>

#include "chorus/pictures.hpp"
#include "png_samples.hpp"
#include "temporary_folder.hpp"

// The parts of a PNG beside its pixels are either applied or named in a note.

namespace fs = std::filesystem;

namespace {

using Values = std::vector<int>;

/// Puts chunks between the header and the pixels.
Bytes with(const Bytes& png, const Bytes& chunks) {
  constexpr std::ptrdiff_t header_end = 33;
  return Bytes(png.begin(), png.begin() + header_end) + chunks +
         Bytes(png.begin() + header_end, png.end());
}

struct Loaded {
  chorus::Image image;
  std::vector<std::string> notes;

  /// 0 to 255.
  Values levels() const {
    Values levels;
    for (const float value : image.values)
      levels.push_back(static_cast<int>(std::lround(value * 255)));
    return levels;
  }
};

Loaded loaded(const Bytes& png) {
  const TemporaryFolder folder;
  write_bytes(folder.path() / "a.png", png);
  Loaded loaded;
  chorus::LoadOptions options;
  options.note = [&](const std::string& note) { loaded.notes.push_back(note); };
  loaded.image = load_collection(folder.path(), options).front().image;
  return loaded;
}

const Bytes plain = encoded({.samples = {0, 128, 255}});

/// Expects a note on otherwise unchanged pixels, or with an empty `words` no note.
void check_note(const Bytes& png, const std::string& words, const Values& levels = {0, 128, 255}) {
  const Loaded found = loaded(png);
  BOOST_TEST(found.levels() == levels, boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(found.notes.size() == (words.empty() ? 0U : 1U),
                     words << (found.notes.empty() ? "" : "; found: " + found.notes.front()));
  if (words.empty()) return;
  BOOST_TEST(found.notes.front().find(": 1 file with " + words) != std::string::npos,
             found.notes.front());
  BOOST_TEST(found.notes.front().ends_with(": a.png"));
}

Bytes gamma_chunk(std::size_t hundred_thousandths) {
  return chunk("gAMA", big_endian(hundred_thousandths));
}

Bytes exif(bool little, unsigned char orientation) {
  const Bytes data =
      little ? as_bytes("II*") + Bytes{0, 8, 0, 0,           0, 1, 0, 0x12, 0x01, 3, 0, 1,
                                       0, 0, 0, orientation, 0, 0, 0, 0,    0,    0, 0}
             : as_bytes("MM") + Bytes{0, 42, 0, 0, 0, 8,           0, 1, 0x01, 0x12, 0, 3,
                                      0, 0,  0, 1, 0, orientation, 0, 0, 0,    0,    0, 0};
  return chunk("eXIf", data);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(png_metadata)

BOOST_AUTO_TEST_CASE(colours_of_srgb_are_taken_as_they_are) {
  check_note(plain, "");
  check_note(with(plain, chunk("sRGB", {0}) + gamma_chunk(100'000)), "");
  check_note(with(plain, gamma_chunk(45'455)), "");
  check_note(with(plain, chunk("cICP", {1, 13, 0, 1}) + chunk("iCCP", as_bytes("Other"))), "");
  check_note(with(plain, chunk("iCCP", as_bytes("sRGB IEC61966-2.1") + Bytes{0, 0, 1})), "");
  const Bytes primaries = big_endian(31270) + big_endian(32900) + big_endian(64000) +
                          big_endian(33000) + big_endian(30000) + big_endian(60000) +
                          big_endian(15000) + big_endian(6000);
  check_note(with(plain, chunk("cHRM", primaries)), "");
}

BOOST_AUTO_TEST_CASE(other_gammas_are_applied) {
  // 255 (128 / 255)^(1 / (2.2 x gamma)): linear light, and the gamma 1/1.8 of old Macs.
  check_note(with(plain, gamma_chunk(100'000)), "", {0, 186, 255});
  check_note(with(plain, gamma_chunk(55'556)), "", {0, 145, 255});
  const Bytes glass = encoded({.type = LCT_RGBA, .samples = {128, 255, 0, 128}});
  BOOST_TEST(loaded(with(glass, gamma_chunk(100'000))).levels() == (Values{94, 128, 0, 128}),
             boost::test_tools::per_element());
  check_note(with(plain, gamma_chunk(0)), "a gamma without meaning (gAMA)");
  Bytes damaged = gamma_chunk(100'000);
  damaged.back() ^= 1;
  check_note(with(plain, damaged), "");
}

BOOST_AUTO_TEST_CASE(other_colour_spaces_are_noted) {
  check_note(with(plain, chunk("iCCP", as_bytes("Display P3") + Bytes{0, 0, 1})),
             "a colour profile (iCCP)");
  check_note(with(plain, chunk("cICP", {9, 16, 0, 1}) + chunk("sRGB", {0})),
             "a colour space other than sRGB (cICP)");
  check_note(with(plain, chunk("cHRM", Bytes(32, 1))), "primary colours other than those of sRGB");
}

BOOST_AUTO_TEST_CASE(turns_pictures_as_exif_says) {
  // As stored: 10 20 30 / 40 50 60.
  const Bytes stored =
      encoded({.width = 3, .height = 2, .type = LCT_GREY, .samples = {10, 20, 30, 40, 50, 60}});
  const std::vector<Values> shown = {{10, 20, 30, 40, 50, 60}, {30, 20, 10, 60, 50, 40},
                                     {60, 50, 40, 30, 20, 10}, {40, 50, 60, 10, 20, 30},
                                     {10, 40, 20, 50, 30, 60}, {40, 10, 50, 20, 60, 30},
                                     {60, 30, 50, 20, 40, 10}, {30, 60, 20, 50, 10, 40}};
  for (const bool little : {true, false})
    for (unsigned char orientation = 1; orientation <= 8; ++orientation) {
      const Loaded turned = loaded(with(stored, exif(little, orientation)));
      BOOST_TEST(turned.notes.empty());
      BOOST_TEST(turned.image.width == (orientation < 5 ? 3U : 2U));
      const Values all = turned.levels();
      Values grey;
      for (std::size_t i = 0; i < all.size(); i += 3) grey.push_back(all[i]);
      BOOST_TEST(grey == shown[orientation - 1], boost::test_tools::per_element());
    }
  for (const Bytes& nonsense : {exif(true, 0), exif(false, 9), chunk("eXIf", as_bytes("II*"))})
    BOOST_TEST(loaded(with(stored, nonsense)).image.values == loaded(stored).image.values);
}

BOOST_AUTO_TEST_CASE(further_frames_are_noted) {
  const Bytes one = chunk("acTL", big_endian(1) + big_endian(0));
  const Bytes three = chunk("acTL", big_endian(3) + big_endian(0));
  check_note(with(plain, one), "");
  check_note(with(plain, three), "further frames of an animation (acTL)");
}

BOOST_AUTO_TEST_CASE(accepts_spare_bytes_and_a_missing_end) {
  check_note(plain + as_bytes("after the end"), "");
  for (std::ptrdiff_t lost = 1; lost <= 16; ++lost)
    check_note(Bytes(plain.begin(), plain.end() - lost), "no end marker");
  const Bytes start(plain.begin(), plain.begin() + 33);
  Bytes packed, more;
  lodepng::compress(packed, Bytes{0, 0, 128, 255});
  lodepng::compress(more, Bytes{0, 0, 128, 255, 0, 1, 2, 3});
  const Bytes end = chunk("IEND", {});
  check_note(start + chunk("IDAT", packed) + end, "");
  check_note(start + chunk("IDAT", packed + as_bytes("spare")) + end, "spare bytes");
  check_note(start + chunk("IDAT", packed) + chunk("IDAT", as_bytes("spare")) + end, "spare bytes");
  check_note(start + chunk("IDAT", more) + end, "spare bytes");
}

BOOST_AUTO_TEST_CASE(notes_group_files) {
  const TemporaryFolder folder;
  for (const char* name : {"a.png", "b.png", "c.png"})
    write_bytes(folder.path() / name, with(plain, chunk("iCCP", as_bytes("Other"))));
  std::vector<std::string> notes;
  chorus::LoadOptions options;
  options.note = [&](const std::string& note) { notes.push_back(note); };
  load_collection(folder.path(), options);
  BOOST_TEST_REQUIRE(notes.size() == 1U);
  BOOST_TEST(notes[0].ends_with(
      ": 3 files with a colour profile (iCCP), which is not applied: a.png, b.png, c.png"));
  notes.clear();
  load_collection(folder.path() / "b.png", options);
  BOOST_TEST_REQUIRE(notes.size() == 1U);
  BOOST_TEST(
      notes[0].ends_with("b.png: a file with a colour profile (iCCP), which is not "
                         "applied"));
}

BOOST_AUTO_TEST_SUITE_END()
