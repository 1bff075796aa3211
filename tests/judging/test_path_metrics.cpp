#include "path_metrics.hpp"
#include "reference_paths.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <stdexcept>

#include "chorus/pictures.hpp"
#include "metrics.hpp"
#include "random.hpp"
#include "resample.hpp"

namespace {

using namespace chorus;
using Frames = std::vector<Image>;

constexpr std::size_t size_px = 48;

/// A shape that covers a pixel where inside(x, y) is true; 4 x 4 points a pixel.
template <class Inside>
Image drawing(const Rgb& color, const Inside& inside) {
  Image image(4 * size_px, 4 * size_px, 1.0F);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x)
      if (inside((static_cast<double>(x) + 0.5) / 4, (static_cast<double>(y) + 0.5) / 4))
        std::copy(color.begin(), color.end(), image.pixel(x, y));
  return resample(image, size_px, size_px, Filter::box);
}

constexpr Rgb red = {0.9F, 0.2F, 0.1F}, blue = {0.1F, 0.3F, 0.8F};

Image square(double left, double top, double side, const Rgb& color) {
  return drawing(color, [=](double x, double y) {
    return x >= left && x < left + side && y >= top && y < top + side;
  });
}

Image icon(const std::string& name) {
  return read_png(std::filesystem::path(CHORUS_DATA_DIR) / "icons/48" / (name + ".png"));
}

/// The frames between the ends changed.
template <class Change>
Frames changed(Frames frames, const Change& change) {
  for (std::size_t k = 1; k + 1 < frames.size(); ++k)
    for (float& value : frames[k].values) value = change(value);
  return frames;
}

Frames moved_square() {
  Frames frames;
  for (std::size_t k = 0; k < judged_frames; ++k)
    frames.push_back(square(8 + 0.75 * static_cast<double>(k), 14, 18, red));
  return frames;
}

/// The red of each pixel becomes its green, and so on.
Image other_colors(Image image) {
  for (std::size_t p = 0; p < image.pixels(); ++p)
    std::rotate(&image.values[3 * p], &image.values[3 * p] + 1, &image.values[3 * p] + 3);
  return image;
}

Image blurred(const Image& image) {
  const Image small = resample(image, image.width / 3, image.height / 3, Filter::box);
  return resample(small, image.width, image.height, Filter::bicubic);
}

const auto within_percent = [](double percent) {
  return boost::test_tools::tolerance(percent / 100);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(path_metrics)

BOOST_AUTO_TEST_CASE(a_cross_fade_is_straight_even_and_a_ghost) {
  for (const auto& [a, b] : {std::pair("about", "camera"), std::pair("key", "folder"),
                             std::pair("briefcase", "department"), std::pair("grid", "shop")}) {
    const PathScores scores = score_path(cross_fade(icon(a), icon(b), judged_frames));
    BOOST_TEST_CONTEXT(a << " to " << b) {
      BOOST_TEST(scores.length == 1, within_percent(1));
      BOOST_TEST(scores.step_max_over_mean == 1, within_percent(5));
      BOOST_TEST(scores.monotone == 1);
      BOOST_TEST(scores.ghost > 0.03);
      BOOST_TEST(scores.flat_share < 0.9);
      BOOST_TEST(scores.entropy > 1.2);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_hard_cut_is_crisp_and_one_step) {
  const PathScores scores = score_path(hard_cut(icon("about"), icon("camera"), judged_frames));
  BOOST_TEST(scores.ghost == 0);
  BOOST_TEST(scores.length == 1, within_percent(0.001));
  BOOST_TEST(scores.step_max_over_mean == 16, within_percent(0.001));
  BOOST_TEST(scores.flat_share == 1, within_percent(3));
  BOOST_TEST(scores.entropy == 1, within_percent(10));
  BOOST_TEST(scores.monotone == 1.0 / 16);
}

BOOST_AUTO_TEST_CASE(a_moved_square_is_no_ghost_and_its_fade_is_one) {
  const Frames moved = moved_square();
  const PathScores path = score_path(moved);
  BOOST_TEST(path.ghost < 0.002);
  BOOST_TEST(path.flat_share == 1, within_percent(5));
  BOOST_TEST(path.entropy < 1.15);
  BOOST_TEST(path.step_max_over_mean < 1.5);
  BOOST_TEST(path.monotone == 1);
  // As many pixels change in each step, and squares add up: the root of the steps.
  BOOST_TEST(path.length > 1.5);
  const PathScores fade = score_path(cross_fade(moved.front(), moved.back(), judged_frames));
  BOOST_TEST(fade.ghost > 0.03);
}

BOOST_AUTO_TEST_CASE(ghosts_of_large_images_are_sought_at_64_pixels) {
  const auto at = [](const char* name, std::size_t width, std::size_t height) {
    return resample(icon(name), width, height, Filter::bicubic);
  };
  const auto fade_at = [&](std::size_t width, std::size_t height) {
    return cross_fade(at("about", width, height), at("camera", width, height), 3);
  };
  const auto index = [](const Frames& frames) {
    return ghost_index({frames[1]}, frames.front(), frames.back());
  };
  Frames small;
  for (const Image& frame : fade_at(128, 96)) small.push_back(resample(frame, 64, 48, Filter::box));
  BOOST_TEST(index(fade_at(128, 96)) == index(small));
  BOOST_TEST(index(small) > 0.03);
  // Displacements go to 64 pixels here, which would take hours.
  BOOST_TEST(index(fade_at(512, 512)) == index(fade_at(64, 64)), within_percent(30));
}

BOOST_AUTO_TEST_CASE(a_recoloured_icon_is_no_ghost) {
  for (const char* name : {"businesswoman", "camera", "shop"}) {
    const Image image = icon(name);
    const PathScores scores = score_path(cross_fade(image, other_colors(image), judged_frames));
    BOOST_TEST(scores.ghost < 0.002, name);
    BOOST_TEST(scores.flat_share == 1, within_percent(3));
  }
}

BOOST_AUTO_TEST_CASE(a_turned_shape_is_less_of_a_ghost_than_its_fade) {
  Frames turned;
  for (std::size_t k = 0; k < judged_frames; ++k) {
    const double angle = std::numbers::pi / 4 * static_cast<double>(k) / 16;
    turned.push_back(drawing(blue, [=](double x, double y) {
      const double u = std::cos(angle) * (x - 24) + std::sin(angle) * (y - 24);
      const double v = std::cos(angle) * (y - 24) - std::sin(angle) * (x - 24);
      return std::abs(u) < 18 && std::abs(v) < 5;
    }));
  }
  const double fade = ghost_index(cross_fade(turned.front(), turned.back(), judged_frames),
                                  turned.front(), turned.back());
  BOOST_TEST(fade > 0.02);
  BOOST_TEST(ghost_index(turned, turned.front(), turned.back()) < 0.15 * fade);
}

BOOST_AUTO_TEST_CASE(noise_and_grey_are_no_ghosts_but_other_measures_tell) {
  RandomStream random(1, Stream{0});
  const Frames fade = cross_fade(icon("about"), icon("camera"), judged_frames);
  const PathScores noise = score_path(changed(fade, [&](float) { return random.uniform(0, 1); }));
  BOOST_TEST(noise.length > 5);
  BOOST_TEST(noise.flat_share < 0.05);
  BOOST_TEST(noise.entropy > 2);
  BOOST_TEST(noise.monotone < 0.5);
  const PathScores grey = score_path(changed(fade, [](float) { return 0.5F; }));
  BOOST_TEST(grey.entropy < 0.1);
  BOOST_TEST(grey.length > 1.3);
  BOOST_TEST(grey.step_max_over_mean > 4);
}

BOOST_AUTO_TEST_CASE(a_cross_fade_does_not_get_away_in_disguise) {
  const Frames fade = cross_fade(icon("briefcase"), icon("department"), judged_frames);
  const double plain = score_path(fade).ghost;
  const double faint = score_path(changed(fade, [](float v) { return 0.4F * v + 0.3F; })).ghost;
  BOOST_TEST(faint > 0.8 * plain);
  RandomStream random(1, Stream{0});
  const double noisy =
      score_path(changed(fade, [&](float v) { return v + 0.05F * random.normal(); })).ghost;
  BOOST_TEST(noisy > 0.6 * plain);
  Frames soft = fade;
  for (std::size_t k = 1; k + 1 < soft.size(); ++k) soft[k] = blurred(soft[k]);
  const PathScores of_soft = score_path(soft);
  BOOST_TEST(of_soft.ghost > 0.4 * plain);
  BOOST_TEST(of_soft.flat_share < 0.7);
  // The middle of the path stands still at a fade of 1 to 3.
  Frames uneven = fade;
  std::fill(uneven.begin() + 4, uneven.begin() + 13, fade[4]);
  BOOST_TEST(score_path(uneven).ghost > 0.3 * plain);
}

BOOST_AUTO_TEST_CASE(small_noise_changes_little) {
  RandomStream random(1, Stream{0});
  const Frames moved = moved_square();
  const PathScores clean = score_path(moved);
  const PathScores noisy =
      score_path(changed(moved, [&](float v) { return v + 1.0F / 255 * random.normal(); }));
  BOOST_TEST(noisy.flat_share == clean.flat_share, within_percent(3));
  BOOST_TEST(noisy.ghost < 0.002);
  BOOST_TEST(noisy.entropy == clean.entropy, within_percent(10));
}

BOOST_AUTO_TEST_CASE(flat_pixels_and_colors_are_counted) {
  BOOST_TEST(flat_share(Image(10, 10, 0.3F)) == 1);
  // Two columns of pixels lie at the border of the halves.
  Image halves(10, 10, 1.0F);
  for (std::size_t y = 0; y < 10; ++y)
    for (std::size_t x = 0; x < 5; ++x) halves.pixel(x, y)[1] = 0;
  BOOST_TEST(flat_share(halves) == 0.8);
  BOOST_TEST(color_entropy(halves) == 1);
  BOOST_TEST(color_entropy(Image(10, 10, 0.3F)) == 0);
  Image ramp(10, 1);
  for (std::size_t x = 0; x < 10; ++x)
    for (std::size_t c = 0; c < 3; ++c) ramp.pixel(x, 0)[c] = static_cast<float>(8 * x) / 255;
  BOOST_TEST(flat_share(quantized(ramp)) == 0.2);  // 16 from the left to the right of a pixel
}

BOOST_AUTO_TEST_CASE(equal_ends_and_small_images_give_numbers) {
  const PathScores still = score_path(Frames(5, Image(12, 9, 1.0F)));
  BOOST_TEST(still.length == 1);
  BOOST_TEST(still.step_max_over_mean == 1);
  BOOST_TEST(still.flat_share == 1);
  BOOST_TEST(still.entropy == 1);
  BOOST_TEST(still.ghost == 0);
  const PathScores tiny = score_path(cross_fade(Image(1, 1, 0.0F), Image(1, 1, 1.0F), 3), 1);
  BOOST_TEST(tiny.length == 1, within_percent(1));
  BOOST_TEST(tiny.ghost == 0);
  BOOST_CHECK_THROW(score_path(Frames(2, Image(4, 4))), std::invalid_argument);
  BOOST_CHECK_THROW(score_path({Image(4, 4), Image(4, 5), Image(4, 4)}), std::invalid_argument);
  BOOST_CHECK_THROW(score_path(Frames(3, Image())), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
