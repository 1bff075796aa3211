#include "inpaint.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "files.hpp"
#include "random.hpp"

using chorus::Image;
using chorus::Inpainting;
using nlohmann::json;

namespace {

constexpr Inpainting all_methods[] = {Inpainting::nearest, Inpainting::linear, Inpainting::cubic,
                                      Inpainting::biharmonic};

/// The results of SciPy and scikit-image: see tests/data/inpaint/make.py.
json expected(const std::string& name) {
  return json::parse(chorus::read_file(CHORUS_TEST_DATA_DIR "/inpaint/" + name + ".json"));
}

std::vector<bool> random_mask(std::size_t pixels, double share) {
  chorus::RandomStream random(3, chorus::Stream{0});
  std::vector<bool> mask(pixels);
  for (std::size_t i = 0; i < pixels; ++i) mask[i] = random.uniform(0, 1) < share;
  return mask;
}

/// a + b x + c y + d (x^2 - y^2), different in each channel.
Image smooth_image(std::size_t width, std::size_t height, float quadratic) {
  Image image(width, height);
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (std::size_t c = 0; c < 3; ++c) {
        const auto u = static_cast<float>(x) / 40, v = static_cast<float>(y) / 40;
        image.pixel(x, y)[c] =
            0.3F + 0.2F * u + 0.1F * static_cast<float>(c) * v + quadratic * (u * u - v * v);
      }
  return image;
}

Image poisoned(Image image, const std::vector<bool>& missing) {
  for (std::size_t i = 0; i < image.values.size(); ++i)
    if (missing[i / 3]) image.values[i] = 1e6F;
  return image;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(inpaint)

BOOST_AUTO_TEST_CASE(agrees_with_scipy_on_scattered_points) {
  const json file = expected("scattered");
  Image image(file.at("width"), file.at("height"), 1e6F);
  std::vector<bool> missing(image.pixels(), true);
  const auto place = [&](const json& point) {
    return point.at(1).get<std::size_t>() * image.width + point.at(0).get<std::size_t>();
  };
  for (std::size_t i = 0; i < file.at("points").size(); ++i) {
    const std::size_t at = place(file.at("points").at(i));
    missing[at] = false;
    for (std::size_t c = 0; c < 3; ++c) image.values[3 * at + c] = file.at("values").at(i).at(c);
  }
  for (const Inpainting method : {Inpainting::linear, Inpainting::cubic}) {
    const Image filled = chorus::inpaint(image, missing, method);
    const json& values = file.at(std::string(chorus::name(method)));
    BOOST_REQUIRE(values.size() > 200U);
    double most = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
      for (std::size_t c = 0; c < 3; ++c)
        most = std::max(most, std::abs(filled.values[3 * place(file.at("queries").at(i)) + c] -
                                       values.at(i).at(c).get<double>()));
    BOOST_TEST(most < 2e-5, chorus::name(method) << ": " << most);
  }
}

BOOST_AUTO_TEST_CASE(agrees_with_scikit_image_on_biharmonic_filling) {
  const json file = expected("biharmonic");
  Image image(file.at("width"), file.at("height"));
  image.values = file.at("image").get<std::vector<float>>();
  std::vector<bool> missing;
  for (const json& each : file.at("missing")) missing.push_back(each == 1);
  const Image filled = chorus::inpaint(poisoned(image, missing), missing, Inpainting::biharmonic);
  double most = 0;
  for (std::size_t i = 0; i < filled.values.size(); ++i)
    most = std::max(most, std::abs(filled.values[i] - file.at("filled").at(i).get<double>()));
  BOOST_TEST(most < 1e-5, most);
}

BOOST_AUTO_TEST_CASE(keeps_the_kept_pixels_and_reads_no_other) {
  const Image image = smooth_image(23, 19, 0.1F);
  const std::vector<bool> missing = random_mask(image.pixels(), 0.4);
  for (const Inpainting method : all_methods) {
    const Image filled = chorus::inpaint(image, missing, method);
    BOOST_TEST((filled.values == chorus::inpaint(poisoned(image, missing), missing, method).values),
               chorus::name(method));
    for (std::size_t i = 0; i < filled.values.size(); ++i)
      if (!missing[i / 3]) BOOST_REQUIRE(filled.values[i] == image.values[i]);
  }
}

BOOST_AUTO_TEST_CASE(reproduces_what_it_should) {
  std::vector<bool> missing = random_mask(31 * 29, 0.3);
  // With the corners kept, every pixel is inside the hull.
  for (const std::size_t corner : {0, 30, 28 * 31, 28 * 31 + 30}) missing[corner] = false;
  const auto error = [&](const Image& image, Inpainting method) {
    const Image filled = chorus::inpaint(poisoned(image, missing), missing, method);
    float most = 0;
    for (std::size_t i = 0; i < image.values.size(); ++i)
      most = std::max(most, std::abs(filled.values[i] - image.values[i]));
    return most;
  };
  const Image plain(31, 29, 0.4F), slope = smooth_image(31, 29, 0);
  for (const Inpainting method : all_methods) BOOST_TEST(error(plain, method) < 1e-6F);
  BOOST_TEST(error(slope, Inpainting::linear) < 1e-6F);
  BOOST_TEST(error(slope, Inpainting::cubic) < 1e-5F);
  const Image saddle = smooth_image(31, 29, 0.4F);
  BOOST_TEST(error(saddle, Inpainting::cubic) < 0.5F * error(saddle, Inpainting::linear));
}

BOOST_AUTO_TEST_CASE(nearest_takes_the_closest) {
  Image image(5, 1);
  for (std::size_t x = 0; x < 5; ++x) image.pixel(x, 0)[0] = static_cast<float>(x);
  const Image filled =
      chorus::inpaint(image, {false, true, true, true, false}, Inpainting::nearest);
  const std::vector<float> wanted = {0, 0, 0, 4, 4};  // of two equally close ones the first
  for (std::size_t x = 0; x < 5; ++x) BOOST_TEST(filled.pixel(x, 0)[0] == wanted[x]);
}

BOOST_AUTO_TEST_CASE(what_lies_outside_the_hull_takes_the_nearest) {
  Image image(4, 3, 0.5F);
  image.pixel(0, 0)[1] = 0.9F;
  std::vector<bool> missing(12, true);
  missing[0] = missing[1] = missing[2] = false;  // on one line: no triangle at all
  for (const Inpainting method : {Inpainting::linear, Inpainting::cubic}) {
    const Image line = chorus::inpaint(image, missing, method);
    BOOST_TEST(line.pixel(0, 2)[1] == 0.9F);
    BOOST_TEST(line.pixel(3, 2)[1] == 0.5F);
  }
  missing[4 * 2] = false;
  const Image corner = chorus::inpaint(image, missing, Inpainting::linear);
  BOOST_TEST(corner.pixel(3, 2)[0] == 0.5F);
  BOOST_TEST(std::abs(corner.pixel(0, 1)[1] - 0.7F) < 1e-6F);  // on an edge of the hull
}

BOOST_AUTO_TEST_CASE(refuses_what_makes_no_sense) {
  const Image image(3, 2);
  for (const Inpainting method : all_methods) {
    BOOST_CHECK_THROW(chorus::inpaint(image, std::vector<bool>(5), method), std::invalid_argument);
    BOOST_CHECK_THROW(chorus::inpaint(image, std::vector<bool>(6, true), method),
                      std::invalid_argument);
  }
}

BOOST_AUTO_TEST_SUITE_END()
