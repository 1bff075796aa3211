#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chorus/pictures.hpp"
#include "errors.hpp"
#include "png_samples.hpp"
#include "temporary_folder.hpp"

namespace chorus::test {

using Names = std::vector<std::string>;
using Sizes = std::vector<std::size_t>;

/// A folder of PNGs for one test.
class PngFolder {
 public:
  const std::filesystem::path& path() const { return folder_.path(); }

  PngFolder& add(const std::string& file, unsigned width, unsigned height = 0,
                 unsigned char grey = 128) {
    return add_bytes(file, plain_png(width, height == 0 ? width : height, grey));
  }

  PngFolder& add_bytes(const std::string& file, const Bytes& bytes) {
    write_bytes(path() / file, bytes);
    return *this;
  }

  Collection load(std::optional<std::size_t> size = {}, const std::string& inside = "") const {
    LoadOptions options;
    options.size = size;
    return load_collection(path() / inside, options);
  }

  Names names(std::optional<std::size_t> size = {}) const {
    Names names;
    for (const auto& image : load(size)) names.push_back(image.name);
    return names;
  }

  std::string error(std::optional<std::size_t> size = {}) const {
    return error_of([&] { load(size); });
  }

  /// The notes of loading, and the names of the images loaded.
  std::pair<Names, Names> noted(std::optional<std::size_t> size = {}, bool skip = false) const {
    Names notes, names;
    LoadOptions options{.size = size, .skip_unreadable = skip};
    options.note = [&](const std::string& note) { notes.push_back(note); };
    for (const auto& image : load_collection(path(), options)) names.push_back(image.name);
    return {notes, names};
  }

 private:
  TemporaryFolder folder_;
};

inline void check_names(const Names& names, const Names& expected) {
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

}  // namespace chorus::test
