#include <lodepng.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "errors.hpp"
#include "png_samples.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace chorus::test;
using chorus::Image;
using chorus::read_png;
using chorus::Rgb;

namespace {

Image decoded(const Bytes& bytes, const Rgb& background = {1, 1, 1}) {
  const TemporaryFolder folder;
  write_bytes(folder.path() / "a.png", bytes);
  return read_png(folder.path() / "a.png", background);
}

std::string reason(const Bytes& bytes) {
  return error_of([&] { decoded(bytes); });
}

/// Expects the pixels (r, g, b each in 0..255, fractions allowed) of `bytes`.
void check_pixels(const Bytes& bytes, const std::vector<float>& expected,
                  const Rgb& background = {1, 1, 1}) {
  const Image image = decoded(bytes, background);
  BOOST_TEST_REQUIRE(image.values.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    BOOST_TEST(std::abs(image.values[i] * 255 - expected[i]) < 1e-3F,
               "value " << i << ": " << image.values[i] * 255 << ", expected " << expected[i]);
}

PngSample noise(unsigned width, unsigned height) {
  std::mt19937 random(7);
  PngSample sample{.width = width, .height = height};
  for (unsigned i = 0; i < width * height * 3; ++i)
    sample.samples.push_back(static_cast<unsigned char>(random()));
  return sample;
}

/// Zeros, compressed: a thousandth of what they inflate to.
Bytes bomb(std::size_t inflated_bytes) {
  Bytes compressed;
  lodepng::compress(compressed, Bytes(inflated_bytes));
  return compressed;
}

Bytes header(unsigned width, unsigned height) {
  return slice(plain_png(1, 1), 0, 8) +
         chunk("IHDR", big_endian(width) + big_endian(height) + Bytes{8, 2, 0, 0, 0});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(png_read)

BOOST_AUTO_TEST_CASE(reads_grey_of_every_depth) {
  check_pixels(encoded({.width = 2, .type = LCT_GREY, .bit_depth = 1, .samples = {0x40}}),
               {0, 0, 0, 255, 255, 255});
  check_pixels(encoded({.width = 2, .type = LCT_GREY, .bit_depth = 2, .samples = {0x60}}),
               {85, 85, 85, 170, 170, 170});
  check_pixels(encoded({.width = 2, .type = LCT_GREY, .bit_depth = 4, .samples = {0x3A}}),
               {51, 51, 51, 170, 170, 170});
  check_pixels(encoded({.width = 2, .type = LCT_GREY, .samples = {7, 200}}),
               {7, 7, 7, 200, 200, 200});
  const auto sixteen = encoded({.type = LCT_GREY, .bit_depth = 16, .samples = {0x12, 0x34}});
  const float value = 0x1234 / 257.0F;  // all 16 bits count
  check_pixels(sixteen, {value, value, value});
}

BOOST_AUTO_TEST_CASE(reads_colour_of_every_depth) {
  check_pixels(encoded({.samples = {1, 2, 253}}), {1, 2, 253});
  check_pixels(encoded({.bit_depth = 16, .samples = {0, 0, 0x80, 0, 0xFF, 0xFF}}),
               {0, 0x8000 / 257.0F, 255});
}

BOOST_AUTO_TEST_CASE(composites_alpha_over_the_background) {
  const Rgb background = {1.0F, 0.0F, 0.2F};
  check_pixels(encoded({.type = LCT_GREY_ALPHA, .samples = {100, 51}}),
               {0.2F * 100 + 0.8F * 255, 20, 0.2F * 100 + 0.8F * 51}, background);
  check_pixels(encoded({.width = 2, .type = LCT_RGBA, .samples = {9, 8, 7, 0, 9, 8, 7, 255}}),
               {255, 0, 51, 9, 8, 7}, background);
  check_pixels(
      encoded({.type = LCT_RGBA, .bit_depth = 16, .samples = {0, 0, 0, 0, 0xFF, 0xFF, 0x80, 0x00}}),
      {255 * (1 - 0x8000 / 65535.0F), 255 * (1 - 0x8000 / 65535.0F), 255});
}

BOOST_AUTO_TEST_CASE(keeps_alpha_where_something_shows_through) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.png";
  write_bytes(file, encoded({.type = LCT_RGBA, .samples = {255, 128, 0, 51}}));
  const Image glass = read_png(file);
  BOOST_TEST_REQUIRE(glass.channels == 4U);
  BOOST_TEST(glass.values[0] == 0.2F);
  BOOST_TEST(std::abs(glass.values[1] - 0.2F * 128 / 255) < 1e-6F);
  BOOST_TEST(glass.values[3] == 0.2F);
  write_bytes(file, encoded({.type = LCT_RGBA, .samples = {255, 128, 0, 255}}));
  BOOST_TEST(read_png(file).channels == 3U);
}

BOOST_AUTO_TEST_CASE(reads_palettes_and_transparent_colours) {
  check_pixels(encoded({.width = 3,
                        .type = LCT_PALETTE,
                        .bit_depth = 2,
                        .samples = {0x18},
                        .palette = {{10, 20, 30, 255}, {40, 50, 60, 0}, {70, 80, 90, 51}}}),
               {10, 20, 30, 0, 0, 255, 14, 16, 222}, {0, 0, 1});
  check_pixels(
      encoded({.width = 2, .samples = {1, 2, 3, 1, 2, 4}, .transparent_colour = {1, 2, 3}}),
      {255, 255, 255, 1, 2, 4});
}

BOOST_AUTO_TEST_CASE(reads_interlaced_files) {
  PngSample sample = noise(13, 9);
  const Image plain = decoded(encoded(sample));
  sample.interlaced = true;
  BOOST_TEST(decoded(encoded(sample)).values == plain.values);
  BOOST_TEST(plain.width == 13U);
  BOOST_TEST(plain.height == 9U);
  // The smallest images have passes without pixels, and low depths pad every row.
  check_pixels(encoded({.type = LCT_GREY, .bit_depth = 1, .samples = {0x80}, .interlaced = true}),
               {255, 255, 255});
}

BOOST_AUTO_TEST_CASE(says_why_a_file_cannot_be_read) {
  const Bytes good = encoded(noise(20, 20));
  Bytes bad_header = good;
  bad_header[20] ^= 1;
  Bytes bad_pixels = good;
  bad_pixels[60] ^= 1;
  const std::vector<std::pair<Bytes, std::string>> cases = {
      {{}, "the file is empty"},
      {as_bytes("hello"), "is not a PNG"},
      {as_bytes("\xFF\xD8\xFF\xE0 JFIF"), "is not a PNG (it is a JPEG)"},
      {as_bytes("version https://git-lfs.github.com/spec/v1\n"), "Git LFS pointer"},
      {slice(good, 0, 3), "truncated: it ends within its header"},
      {slice(good, 0, 20), "truncated: it ends within its header"},
      {slice(good, 0, good.size() - 30), "truncated: it ends before its pixel data does"},
      {slice(good, 0, 16 + 25), "truncated: it ends before its pixel data does"},
      {slice(good, 0, 8) + chunk("CgBI", {0x50, 0, 0x20, 2}) + slice(good, 8, good.size()),
       "is a PNG as Xcode packs it (CgBI)"},
      {bad_header, "damaged: a checksum is wrong"},
      {bad_pixels, "damaged: a checksum is wrong"},
      {header(0, 5), "states a size of 0 pixels"},
      {header(60'000, 60'000), "states a size of 60000 x 60000 pixels; the limit is 67108864"},
      {header(0xFFFFFFFF, 0xFFFFFFFF), "states a size of 4294967295 x 4294967295 pixels"},
      {header(1, 1) + chunk("IDAT", bomb(3)) + chunk("IEND", {}), "not of the size"},
      {header(1, 1) + chunk("IEND", {}), "damaged: "},
      {with_chunks(good, chunk("ABCD", {})), "damaged: "},  // a critical chunk that none knows
  };
  for (const auto& [bytes, expected] : cases) {
    const std::string message = reason(bytes);
    BOOST_TEST(message.find("a.png: ") != std::string::npos, message);
    BOOST_TEST(message.find(expected) != std::string::npos, message << "; expected: " << expected);
    BOOST_TEST(message.find('\n') == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(says_why_something_is_no_file) {
  const TemporaryFolder folder;
  const auto message = [&](const char* name) {
    return error_of([&] { read_png(folder.path() / name); });
  };
  fs::create_directory(folder.path() / "folder.png");
  fs::create_symlink("nowhere", folder.path() / "link.png");
  fs::create_symlink("loop.png", folder.path() / "loop.png");
  BOOST_TEST_REQUIRE(::mkfifo((folder.path() / "pipe.png").c_str(), 0600) == 0);
  BOOST_TEST(message("none.png").ends_with("none.png: no such file"));
  BOOST_TEST(message("folder.png").ends_with("folder.png: is a folder, not a file"));
  BOOST_TEST(message("link.png").ends_with("is a link to a file that does not exist"));
  BOOST_TEST(message("loop.png").ends_with("Too many levels of symbolic links"));
  BOOST_TEST(message("pipe.png").ends_with("pipe.png: is not a regular file"));
  BOOST_TEST(message("odd\n\xFF.png").ends_with("odd\\x0a\\xff.png: no such file"));
}

BOOST_AUTO_TEST_CASE(keeps_to_the_limit_it_is_given) {
  const TemporaryFolder folder;
  write_bytes(folder.path() / "a.png", plain_png(10, 10));
  BOOST_TEST(read_png(folder.path() / "a.png", Rgb{1, 1, 1}, 100).pixels() == 100U);
  BOOST_CHECK_THROW(read_png(folder.path() / "a.png", Rgb{1, 1, 1}, 99), chorus::Error);
}

BOOST_AUTO_TEST_CASE(decompresses_no_more_than_the_pixels) {
  const Bytes bytes = header(1, 1) + chunk("IDAT", bomb(std::size_t{1} << 26U)) + chunk("IEND", {});
  check_pixels(bytes, {0, 0, 0});
}

BOOST_AUTO_TEST_CASE(ignores_what_does_not_decide_the_pixels) {
  const Bytes good = encoded(noise(6, 4));
  const Image expected = decoded(good);
  const Bytes big = bomb(std::size_t{1} << 25U);
  Bytes wrong_checksum = chunk("tEXt", as_bytes("key"));
  wrong_checksum.back() ^= 1;
  const Bytes nonsense = chunk("zTXt", as_bytes("key") + Bytes{0, 0} + big) +
                         chunk("iCCP", as_bytes("profile") + Bytes{0, 0} + big) +
                         chunk("iCCP", as_bytes("nonsense")) + chunk("gAMA", {}) +
                         chunk("tIME", as_bytes("now")) + wrong_checksum;
  BOOST_TEST(decoded(with_chunks(good, nonsense)).values == expected.values);
  BOOST_TEST(decoded(good + as_bytes("after the end")).values == expected.values);
}

BOOST_AUTO_TEST_CASE(a_truncated_file_gives_all_of_its_pixels_or_none) {
  const Bytes good = encoded(noise(5, 3));
  const Image whole = decoded(good);
  std::size_t read = 0;
  for (std::size_t length = 0; length < good.size(); ++length) try {
      BOOST_TEST(decoded(slice(good, 0, length)).values == whole.values);
      ++read;
    } catch (const chorus::Error&) {
      BOOST_TEST(read == 0U);
    }
  BOOST_TEST(read >= 12U);  // without the end marker
  BOOST_TEST(read <= 24U);  // without all that stands behind the pixels
}

BOOST_AUTO_TEST_CASE(survives_a_thousand_corruptions) {
  PngSample palette{.width = 9, .height = 7, .type = LCT_PALETTE, .samples = Bytes(63, 1)};
  palette.palette = {{1, 2, 3, 255}, {4, 5, 6, 100}};
  PngSample interlaced = noise(12, 11);
  interlaced.interlaced = true;
  const std::vector<Bytes> good = {encoded(noise(16, 16)), encoded(palette), encoded(interlaced)};
  std::mt19937 random(2024);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    Bytes bytes = good[random() % good.size()];
    for (unsigned edits = 1 + random() % 4; edits > 0; --edits)
      bytes[random() % bytes.size()] = static_cast<unsigned char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    // Half of them get right checksums again, or little beyond those would ever be reached.
    if (bytes.size() > png_header_end && random() % 2 == 0) {
      for (auto* c = &bytes[8]; c + 12 <= bytes.data() + bytes.size();) {
        const std::size_t left = static_cast<std::size_t>(bytes.data() + bytes.size() - c);
        const std::size_t length = lodepng_chunk_length(c);
        if (length + 12 > left) break;
        lodepng_chunk_generate_crc(c);
        c += length + 12;
      }
    }
    try {
      const Image image = decoded(bytes);
      BOOST_TEST(image.values.size() == image.pixels() * 3);
    } catch (const chorus::Error&) {
      ++refused;
    }
  }
  BOOST_TEST(refused > 500);
  BOOST_TEST(refused < 1000);  // else the checksums alone were tested
}

BOOST_AUTO_TEST_SUITE_END()
