#include <lodepng.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "metrics.hpp"
#include "png_file.hpp"
#include "png_samples.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace std::string_literals;
using chorus::Image;
using chorus::read_png;

namespace {

Image noise_image(std::size_t width, std::size_t height, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(-0.2F, 1.2F);
  Image image(width, height);
  for (float& v : image.values) v = value(random);
  return image;
}

Bytes file_bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Chunk {
  std::string type;
  Bytes data;
};

std::vector<Chunk> chunks_of(const Bytes& png) {
  std::vector<Chunk> chunks;
  for (std::size_t at = 8; at < png.size();) {
    BOOST_TEST_REQUIRE(lodepng_chunk_check_crc(&png[at]) == 0U);
    const std::size_t length = lodepng_chunk_length(&png[at]);
    chunks.push_back(
        {std::string(&png[at + 4], &png[at + 8]), slice(png, at + 8, at + 8 + length)});
    at += length + 12;
  }
  return chunks;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(png_write)

BOOST_AUTO_TEST_CASE(writes_straight_colours_exactly) {
  // All colours at all alphas that 8 bits can tell apart: 16 of each.
  Image image({64, 64}, 4);
  for (std::size_t pixel = 0; pixel < image.pixels(); ++pixel) {
    const auto level = [&](std::size_t shift) {
      return static_cast<float>((pixel >> shift & 15U) * 17) / 255.0F;
    };
    const float alpha = level(8);
    chorus::set_color(image, pixel, {alpha * level(0), alpha * level(4), 0, alpha});
  }
  const TemporaryFolder folder;
  chorus::write_png(folder.path() / "a.png", image);
  const Image read = read_png(folder.path() / "a.png");
  BOOST_TEST_REQUIRE(read.channels == 4U);
  for (std::size_t i = 0; i < image.values.size(); ++i)
    BOOST_TEST(std::abs(read.values[i] - image.values[i]) < 1e-6F);
}

BOOST_AUTO_TEST_CASE(pixels_that_cannot_be_seen_have_the_colour_of_their_neighbours) {
  Image image({5, 1}, 4);
  chorus::set_color(image, 2, {1, 0.4F, 0, 1});
  lodepng::State state;
  std::vector<unsigned char> rgba;
  unsigned width = 0, height = 0;
  const auto png = chorus::encode_png(image);
  BOOST_TEST_REQUIRE(lodepng::decode(rgba, width, height, png) == 0U);
  const std::vector<unsigned char> expected = {0, 0,   0,   0,   255, 102, 0, 0, 255, 102,
                                               0, 255, 255, 102, 0,   0,   0, 0, 0,   0};
  BOOST_TEST(rgba == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(writes_what_it_reads_back) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.png";
  const Image image = noise_image(17, 5, 1);
  chorus::write_png(file, image);
  const Image back = read_png(file);
  BOOST_TEST(back.width == 17U);
  BOOST_TEST(back.values == chorus::quantized(image).values);
  chorus::write_png(file, Image(3, 2, 0.5F));
  const Bytes bytes = file_bytes(file);
  BOOST_TEST(bytes[24] == 8);  // bit depth
  BOOST_TEST(bytes[25] == 2);  // RGB, although it is all grey
}

BOOST_AUTO_TEST_CASE(clips_what_it_writes) {
  const TemporaryFolder folder;
  Image image(1, 1);
  image.values = {-1e30F, std::numeric_limits<float>::infinity(),
                  std::numeric_limits<float>::quiet_NaN()};
  chorus::write_png(folder.path() / "a.png", image);
  BOOST_TEST(read_png(folder.path() / "a.png").values == std::vector<float>({0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(refuses_to_write_what_is_no_image) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.png";
  Image wrong(2, 2);
  wrong.values.pop_back();
  BOOST_CHECK_THROW(chorus::write_png(file, wrong), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::write_png(file, Image()), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::write_png(folder.path() / "none" / "a.png", Image(1, 1)),
                    chorus::Error);
  BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(writes_animations) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.png";
  const std::vector<Image> frames = {noise_image(7, 6, 1), noise_image(7, 6, 2),
                                     noise_image(7, 6, 3)};
  chorus::write_animation(file, frames, 40);
  BOOST_TEST(read_png(file).values == chorus::quantized(frames[0]).values);

  const Bytes bytes = file_bytes(file);
  const std::vector<Chunk> chunks = chunks_of(bytes);
  const std::vector<std::string> expected = {"IHDR", "tEXt", "acTL", "fcTL", "IDAT",
                                             "fcTL", "fdAT", "fcTL", "fdAT", "IEND"};
  BOOST_TEST_REQUIRE(chunks.size() == expected.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) BOOST_TEST(chunks[i].type == expected[i]);
  BOOST_TEST(chunks[2].data == big_endian(3) + big_endian(0), "3 frames, for ever");
  std::size_t sequence_number = 0;
  std::size_t frame = 0;
  for (const Chunk& c : chunks) {
    if (c.type != "fcTL" && c.type != "fdAT") continue;
    BOOST_TEST(slice(c.data, 0, 4) == big_endian(sequence_number++));
    if (c.type == "fcTL") {
      const Bytes size_and_offset = big_endian(7) + big_endian(6) + big_endian(0) + big_endian(0);
      const Bytes time_and_mode = {0, 40, 1000 >> 8, 1000 & 255, 0, 0};
      BOOST_TEST(slice(c.data, 4, 26) == size_and_offset + time_and_mode);
    } else {
      const Bytes alone = slice(bytes, 0, png_header_end) +
                          chunk("IDAT", slice(c.data, 4, c.data.size())) + chunk("IEND", {});
      write_bytes(folder.path() / "alone.png", alone);
      BOOST_TEST(read_png(folder.path() / "alone.png").values ==
                 chorus::quantized(frames[++frame]).values);
    }
  }
  BOOST_TEST(frame == 2U);
}

BOOST_AUTO_TEST_CASE(knows_the_files_that_it_wrote) {
  const TemporaryFolder folder;
  const auto file = [&](const char* name) { return folder.path() / name; };
  const Image image = noise_image(5, 4, 1);
  chorus::write_png(file("picture.png"), image);
  chorus::write_animation(file("animation.png"), {image, image}, 40);
  for (const char* name : {"picture.png", "animation.png"}) {
    BOOST_TEST(chorus::written_by_chorus(file(name)), name);
    const std::vector<Chunk> chunks = chunks_of(file_bytes(file(name)));
    const std::string text = "Software\0chorus"s;
    BOOST_TEST(chunks[1].type == "tEXt");
    BOOST_TEST(chunks[1].data == Bytes(text.begin(), text.end()));
  }
  const Bytes ours = file_bytes(file("picture.png"));
  // The same picture without the text, and files too short to hold it.
  write_bytes(file("foreign.png"),
              slice(ours, 0, png_header_end) + slice(ours, png_header_end + 27, ours.size()));
  BOOST_TEST(read_png(file("foreign.png")).values == read_png(file("picture.png")).values);
  write_bytes(file("short.png"), slice(ours, 0, png_header_end + 20));
  write_bytes(file("empty.png"), {});
  for (const char* name : {"foreign.png", "short.png", "empty.png", "absent.png", "."})
    BOOST_TEST(!chorus::written_by_chorus(file(name)), name);
}

BOOST_AUTO_TEST_CASE(refuses_impossible_animations) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.png";
  const Image frame(4, 4);
  BOOST_CHECK_THROW(chorus::write_animation(file, {}, 40), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::write_animation(file, {frame, Image(4, 5)}, 40), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::write_animation(file, {frame}, 0), std::invalid_argument);
  BOOST_CHECK_THROW(chorus::write_animation(file, {frame}, 65'536), std::invalid_argument);
  BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_SUITE_END()
