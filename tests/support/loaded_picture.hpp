#pragma once

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "alpha.hpp"
#include "chorus/pictures.hpp"
#include "errors.hpp"
#include "png_samples.hpp"
#include "temporary_folder.hpp"

// One picture in a folder, as commands load it.

namespace chorus::test {

struct LoadedPicture {
  Image image;
  std::vector<std::string> notes;
  std::string error;  ///< if it could not be read
};

inline LoadedPicture load_picture(const std::string& name, const Bytes& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder.path() / name, bytes);
  LoadedPicture loaded;
  LoadOptions options;
  options.note = [&](const std::string& note) { loaded.notes.push_back(note); };
  loaded.error =
      error_of([&] { loaded.image = load_collection(folder.path(), options).front().image; });
  return loaded;
}

/// Expects straight colours of these pixels, rows from the top, up to `tolerance` of 255 levels.
inline void check_near(const Image& image, const Bytes& rgba, double tolerance) {
  BOOST_TEST_REQUIRE(image.pixels() * 4 == rgba.size());
  double largest = 0;
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    Color color = color_at(image, i);
    if (!image.has_alpha()) color[3] = 1;
    for (std::size_t c = 0; c < 3; ++c)
      largest = std::max(largest, std::abs(color[c] * 255.0 - color[3] * rgba[4 * i + c]));
    largest = std::max(largest, std::abs(color[3] * 255.0 - rgba[4 * i + 3]));
  }
  BOOST_TEST(largest <= tolerance);
}

inline void check_only_note(const LoadedPicture& loaded, const std::string& words) {
  BOOST_TEST_REQUIRE(loaded.error == "");
  BOOST_TEST_REQUIRE(loaded.notes.size() == (words.empty() ? 0U : 1U));
  if (!words.empty()) check_holds(loaded.notes.front(), {": 1 file with " + words});
}

/// Cuts a file off behind each of its bytes: it is refused in one line, or read with a note.
inline void check_every_cut(const std::string& name, const Bytes& whole) {
  const Image complete = load_picture(name, whole).image;
  for (std::size_t kept = 0; kept < whole.size(); ++kept) {
    const LoadedPicture cut =
        load_picture(name, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept)));
    if (cut.error.empty()) {
      BOOST_TEST(!cut.notes.empty(), kept << " of " << whole.size() << " bytes");
      BOOST_TEST(cut.image.values == complete.values);
    } else {
      check_holds(cut.error, {name + ": "});
    }
  }
}

/// Changes bytes at random: what comes of it is a picture or an error of one line.
inline void check_damage(const std::string& name, const Bytes& whole) {
  std::mt19937 random(3);
  for (int trial = 0; trial < 300; ++trial) {
    Bytes damaged = whole;
    for (unsigned i = 0; i <= random() % 3; ++i)
      damaged[random() % damaged.size()] = static_cast<unsigned char>(random());
    const LoadedPicture loaded = load_picture(name, damaged);
    if (!loaded.error.empty()) check_holds(loaded.error, {name + ": "});
  }
}

}  // namespace chorus::test
