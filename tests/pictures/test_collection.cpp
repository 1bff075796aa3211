#include "chorus/pictures.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "errors.hpp"
#include "png_samples.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace chorus::test;
using chorus::available_sizes;
using chorus::Collection;
using chorus::load_collection;

namespace {

using Names = std::vector<std::string>;
using Sizes = std::vector<std::size_t>;

/// A folder of PNGs for one test.
class PngFolder {
 public:
  const fs::path& path() const { return folder_.path(); }

  PngFolder& add(const std::string& file, unsigned width, unsigned height = 0,
                 unsigned char grey = 128) {
    return add_bytes(file, plain_png(width, height == 0 ? width : height, grey));
  }

  PngFolder& add_bytes(const std::string& file, const Bytes& bytes) {
    write_bytes(path() / file, bytes);
    return *this;
  }

  Collection load(std::optional<std::size_t> size = {}, const std::string& inside = "") const {
    chorus::LoadOptions options;
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
    chorus::LoadOptions options{.size = size, .skip_unreadable = skip};
    options.note = [&](const std::string& note) { notes.push_back(note); };
    for (const auto& image : load_collection(path(), options)) names.push_back(image.name);
    return {notes, names};
  }

 private:
  TemporaryFolder folder_;
};

void check_names(const Names& names, const Names& expected) {
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(collection)

BOOST_AUTO_TEST_CASE(loads_the_icons_of_this_project) {
  const fs::path icons = CHORUS_DATA_DIR "/icons";
  BOOST_TEST(available_sizes(icons) == (Sizes{24, 32, 48, 64, 96, 128, 256}),
             boost::test_tools::per_element());
  Collection previous;
  for (const std::size_t size : available_sizes(icons)) {
    chorus::LoadOptions options;
    options.size = size;
    const Collection images = load_collection(icons, options);
    BOOST_TEST_REQUIRE(images.size() == 100U);
    for (std::size_t i = 0; i < images.size(); ++i) {
      BOOST_TEST(images[i].image.width == size);
      BOOST_TEST(images[i].image.height == size);
      if (!previous.empty()) BOOST_TEST(images[i].name == previous[i].name);
    }
    previous = images;
  }
  BOOST_TEST(previous.front().name == "about");
  BOOST_TEST(previous.back().name == "support");
}

BOOST_AUTO_TEST_CASE(loads_a_flat_folder_of_different_shapes_sorted_by_name) {
  PngFolder folder;
  folder.add("b.png", 3, 5).add("a.PNG", 7).add("B.Png", 2).add("c.d.png", 1, 9);
  folder.add_bytes("notes.txt", as_bytes("text")).add_bytes("photo.gif", as_bytes("x"));
  fs::create_directory(folder.path() / "empty");
  folder.add(".hidden/x.png", 2);
  BOOST_TEST(available_sizes(folder.path()).empty());
  check_names(folder.names(), {"B", "a", "b", "c.d"});
  const auto images = folder.load();
  BOOST_TEST(images[2].image.width == 3U);
  BOOST_TEST(images[2].image.height == 5U);
}

BOOST_AUTO_TEST_CASE(loads_size_folders_in_every_spelling) {
  for (const char* spelling : {"48", "48x48", "48px", "48x48px"}) {
    PngFolder folder;
    folder.add(fmt::format("{}/a.png", spelling), 48).add(fmt::format("{}/b.png", spelling), 48);
    folder.add("9/a.png", 9);
    BOOST_TEST(available_sizes(folder.path()) == (Sizes{9, 48}), boost::test_tools::per_element());
    check_names(folder.names(48), {"a", "b"});
    check_names(folder.names(9), {"a"});
    BOOST_TEST(folder.load(9)[0].image.width == 9U);
  }
}

BOOST_AUTO_TEST_CASE(takes_the_only_size_without_being_asked) {
  PngFolder folder;
  folder.add("16/a.png", 16, 12);
  fs::create_directory(folder.path() / "32");  // without images it is no choice
  check_names(folder.names(), {"a"});
  check_names(folder.names(16), {"a"});
}

BOOST_AUTO_TEST_CASE(joins_folders_of_one_size) {
  PngFolder folder;
  folder.add("8/a.png", 8).add("8x8/b.png", 8).add("8x4/c.png", 8, 4);
  check_names(folder.names(8), {"a", "b", "c"});
}

BOOST_AUTO_TEST_CASE(takes_sizes_out_of_names) {
  PngFolder folder;
  folder.add("icon_a_16.png", 16).add("icon_a_8.png", 8).add("b-16x16.png", 16);
  folder.add("b-8x8.png", 8).add("wide_16x4.png", 16, 4).add("tall-2x8px.png", 2, 8);
  BOOST_TEST(available_sizes(folder.path()) == (Sizes{8, 16}), boost::test_tools::per_element());
  check_names(folder.names(16), {"b", "icon_a", "wide"});
  check_names(folder.names(8), {"b", "icon_a", "tall"});
  BOOST_TEST(folder.load(16)[2].image.height == 4U);
}

BOOST_AUTO_TEST_CASE(takes_sizes_out_of_names_in_size_folders) {
  PngFolder folder;
  folder.add("8/a_8.png", 8).add("8/b_8.png", 8).add("16/a-16.png", 16).add("16/b-16.png", 16);
  check_names(folder.names(8), {"a", "b"});
  check_names(folder.names(16), {"a", "b"});
}

BOOST_AUTO_TEST_CASE(does_not_mistake_other_numbers_for_sizes) {
  PngFolder numbered;
  numbered.add("icon_2.png", 8).add("icon_8.png", 8);  // one of them by chance
  BOOST_TEST(available_sizes(numbered.path()).empty());
  check_names(numbered.names(), {"icon_2", "icon_8"});

  PngFolder some;
  some.add("a_8.png", 8).add("b.png", 8);
  check_names(some.names(), {"a_8", "b"});

  PngFolder odd;  // no name left, a leading zero, the wrong order, too long to be a number
  odd.add("_8.png", 8).add("a_08.png", 8).add("b_4x8.png", 8, 4).add("c_8x8x8.png", 8);
  odd.add("d_99999999999999999999999.png", 8).add("e8.png", 8);
  BOOST_TEST(odd.load().size() == 6U);
  check_names({odd.load()[0].name}, {"_8"});
}

BOOST_AUTO_TEST_CASE(lists_the_sizes_there_are) {
  PngFolder folder;
  folder.add("24/a.png", 24).add("8/a.png", 8);
  check_holds(folder.error(), {"several sizes", "8, 24"});
  check_holds(folder.error(16), {"no images of 16 pixels", "8, 24"});
  check_holds(folder.error(0), {"no images of 0 pixels", "8, 24"});
}

BOOST_AUTO_TEST_CASE(a_flat_folder_has_the_size_of_all_its_images) {
  PngFolder folder;
  folder.add("a.png", 8, 6).add("b.png", 5, 8);
  check_names(folder.names(8), {"a", "b"});
  check_holds(folder.error(16), {"no images of 16 pixels", "of 8 pixels"});
  folder.add("c.png", 12);
  check_holds(folder.error(8), {"no images of 8 pixels", "of 8 to 12 pixels"});
}

BOOST_AUTO_TEST_CASE(loads_a_single_file) {
  PngFolder folder;
  folder.add("a_8.png", 8, 4, 51).add("b_9.png", 8);
  const auto images = folder.load({}, "a_8.png");
  BOOST_TEST_REQUIRE(images.size() == 1U);
  BOOST_TEST(images[0].name == "a");
  BOOST_TEST(images[0].image.values[0] == 0.2F);
  BOOST_TEST(folder.load({}, "b_9.png")[0].name == "b_9");
  BOOST_TEST(folder.load(8, "a_8.png").size() == 1U);
  BOOST_CHECK_THROW(folder.load(9, "b_9.png"), chorus::Error);
  BOOST_TEST(available_sizes(folder.path() / "a_8.png") == (Sizes{8}));
  BOOST_TEST(available_sizes(folder.path() / "b_9.png").empty());
}

BOOST_AUTO_TEST_CASE(composites_over_the_chosen_background) {
  PngFolder folder;
  folder.add_bytes("a.png", encoded({.type = LCT_RGBA, .samples = {0, 0, 0, 0}}));
  chorus::LoadOptions options;
  options.background = chorus::Rgb{0.25F, 0.5F, 0.75F};
  BOOST_TEST(load_collection(folder.path(), options)[0].image.values ==
             std::vector<float>({0.25F, 0.5F, 0.75F}));
}

BOOST_AUTO_TEST_CASE(one_image_with_alpha_gives_alpha_to_all) {
  PngFolder folder;
  folder.add("opaque.png", 8);
  BOOST_TEST(!folder.load()[0].image.has_alpha());
  folder.add_bytes("glass.png", encoded({.type = LCT_RGBA, .samples = {255, 0, 0, 51}}));
  const auto images = folder.load();
  BOOST_TEST(images[0].image.values == std::vector<float>({0.2F, 0, 0, 0.2F}));
  BOOST_TEST(images[1].image.has_alpha());
  BOOST_TEST(images[1].image.values[3] == 1);
}

BOOST_AUTO_TEST_CASE(names_every_file_that_it_cannot_read) {
  PngFolder folder;
  Bytes damaged = plain_png(8, 8);
  damaged[45] ^= 1;
  folder.add("good.png", 8).add_bytes("empty.png", {}).add_bytes("text.png", as_bytes("hello"));
  folder.add_bytes("damaged.png", damaged);
  fs::create_directory(folder.path() / "folder.png");
  fs::create_symlink("nowhere", folder.path() / "link.png");
  const std::string message = folder.error();
  check_holds(message, {"cannot read 5 files of ", "empty.png: the file is empty",
                        "text.png: is not a PNG", "damaged.png: damaged: a checksum is wrong",
                        "folder.png: is a folder", "link.png: is a link to"});
  BOOST_TEST(message.find("good.png") == std::string::npos);
  check_holds(error_of([&] { available_sizes(folder.path()); }), {"cannot read 4 files"});
}

BOOST_AUTO_TEST_CASE(lists_at_most_ten_files) {
  PngFolder folder;
  for (int i = 100; i < 113; ++i) folder.add_bytes(fmt::format("f{}.png", i), {});
  const std::string message = folder.error();
  check_holds(message, {"cannot read 13 files", "f109.png: ", "; and 3 more"});
  BOOST_TEST(message.find("f110.png") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(does_not_mind_damage_at_another_size) {
  PngFolder folder;
  folder.add("8/a.png", 8).add_bytes("16/a.png", {});
  check_names(folder.names(8), {"a"});
  check_holds(folder.error(16), {"cannot read 1 file of ", "16/a.png: the file is empty"});
}

BOOST_AUTO_TEST_CASE(shows_odd_names_as_one_line_of_text) {
  PngFolder folder;
  folder.add("tab\tnew\nline.png", 2).add("latin\xE9.png", 2).add("gr\xC3\xBC\xC3\x9F.png", 2);
  folder.add("esc\x1B[2J.png", 2).add("c1\xC2\x9B.png", 2).add("cut\xE2\x82.png", 2);
  folder.add("over\xC0\xAF\xED\xA0\x80.png", 2);
  check_names(folder.names(),
              {"c1\\xc2\\x9b", "cut\\xe2\\x82", "esc\\x1b[2J", "gr\xC3\xBC\xC3\x9F", "latin\\xe9",
               "over\\xc0\\xaf\\xed\\xa0\\x80", "tab\\x09new\\x0aline"});
  folder.add_bytes("bad\n.png", {});
  check_holds(folder.error(), {"bad\\x0a.png: the file is empty"});
}

BOOST_AUTO_TEST_CASE(refuses_two_images_of_one_name) {
  PngFolder folder;
  folder.add("a.png", 8).add("a.PNG", 9);
  check_holds(folder.error(), {"the name \"a\"", "a.png", "a.PNG"});
  PngFolder sized;
  sized.add("8/a.png", 8).add("8x8/a.png", 8);
  check_holds(sized.error(8), {"the name \"a\"", "8/a.png", "8x8/a.png"});
  PngFolder named;
  named.add("a_8.png", 8).add("a-8.png", 8).add("a_9.png", 9);
  check_holds(named.error(8), {"the name \"a\"", "a_8.png", "a-8.png"});
  check_names(named.names(9), {"a"});
}

BOOST_AUTO_TEST_CASE(refuses_to_skip_images) {
  PngFolder beside;
  beside.add("8/a.png", 8).add("loose.png", 8);
  check_holds(beside.error(8), {"beside the size folders", "loose.png"});
  PngFolder flat;
  flat.add("a.png", 8).add("old/a.png", 8).add("older/a.png", 8);
  check_holds(flat.error(), {"other folders with images: old, older"});
  PngFolder classes;
  classes.add("cats/a.png", 8).add("dogs/a.png", 8);
  check_holds(classes.error(), {"holds no PNG", "cats, dogs", "give one of them"});
}

BOOST_AUTO_TEST_CASE(refuses_images_that_belie_their_folder) {
  PngFolder folder;
  folder.add("2023/a.png", 8);
  check_holds(folder.error(), {"2023/a.png is 8 x 8 pixels", "its folder is named 2023"});
  BOOST_TEST(folder.load({}, "2023").size() == 1U);
  PngFolder shape;
  shape.add("8x4/a.png", 8, 8);
  check_holds(shape.error(), {"8 x 8 pixels", "named 8x4"});
}

BOOST_AUTO_TEST_CASE(says_what_is_missing) {
  const PngFolder folder;
  check_holds(folder.error(), {"holds no PNG"});
  write_bytes(folder.path() / "text.txt", as_bytes("text"));
  check_holds(folder.error(), {"holds no PNG"});
  check_holds(error_of([&] { folder.load({}, "none"); }), {"no such file or folder: ", "none"});
  check_holds(error_of([&] { load_collection(""); }), {"no such file or folder: "});
  check_holds(error_of([&] { folder.load({}, "text.txt"); }), {"text.txt: is not a PNG"});
  check_holds(error_of([&] { load_collection("/dev/null"); }), {"is not a regular file"});
}

BOOST_AUTO_TEST_CASE(passes_over_what_is_hidden) {
  PngFolder folder;
  folder.add("a.png", 8).add_bytes("._a.png", as_bytes("Mac OS X")).add("__MACOSX/a.png", 8);
  folder.add_bytes("._b.jpg", {}).add_bytes("__MACOSX/b/._a.png", {});
  const auto [notes, names] = folder.noted();
  check_names(names, {"a"});
  check_names(notes, {});
}

BOOST_AUTO_TEST_CASE(loads_icon_themes) {
  PngFolder theme;
  theme.add("16x16/apps/key.png", 16).add("16x16/actions/key.png", 16).add("16x16/top.png", 16);
  theme.add("32x32/apps/key.png", 32, 0, 51).add("16x16@2/apps/key.png", 32, 0, 255);
  theme.add("16x16@2/apps/more/lock.png", 32).add("24x24@2x/apps/key.png", 48);
  theme.add_bytes("scalable/apps/key.svg", as_bytes("<svg/>")).add("symbolic/key.png", 5);
  fs::create_directory_symlink("16x16", theme.path() / "16x16@3");
  fs::create_directory_symlink("..", theme.path() / "16x16" / "loop");
  BOOST_TEST(available_sizes(theme.path()) == (Sizes{16, 32, 48}),
             boost::test_tools::per_element());
  check_names(theme.names(16), {"actions.key", "apps.key", "top"});
  check_names(theme.names(48), {"apps.key"});
  const auto [notes, names] = theme.noted(32);
  check_names(names, {"apps.key", "apps.more.lock"});
  BOOST_TEST(theme.load(32)[0].image.values[0] == 0.2F, "that of 32x32, not of 16x16@2");
  BOOST_TEST_REQUIRE(notes.size() == 2U);
  check_holds(notes[0], {"left out 1 image of 16x16@2, since another folder of this size"});
  check_holds(notes[1], {"folders that are not named by size: symbolic"});
}

BOOST_AUTO_TEST_CASE(names_below_size_folders_stay_unique) {
  PngFolder folder;
  folder.add("8/apps/a_8.png", 8).add("8/apps.a.png", 8);
  check_names(folder.names(), {"apps.a", "apps.a_8"});
  folder.add("8/apps/a.png", 8);
  check_holds(folder.error(), {"the name \"apps.a\"", "8/apps.a.png", "8/apps/a.png"});
}

BOOST_AUTO_TEST_CASE(notes_pictures_that_are_no_pngs) {
  PngFolder folder;
  folder.add("a.png", 8).add_bytes("notes.txt", {}).add_bytes("b.SVG", {}).add_bytes("c.ico", {});
  const auto [notes, names] = folder.noted();
  check_names(names, {"a"});
  BOOST_TEST_REQUIRE(notes.size() == 1U);
  check_holds(notes[0], {"left out; 2 files are no PNG", ": b.SVG, c.ico; convert them to PNG"});

  PngFolder sized;
  sized.add("8/a.png", 8).add_bytes("8/b.gif", {}).add("9/a.png", 9).add_bytes("9/c.bmp", {});
  const Names at_8 = sized.noted(8).first;
  BOOST_TEST_REQUIRE(at_8.size() == 1U);
  check_holds(at_8[0], {"left out; 8/b.gif is no PNG", "; convert it to PNG"});

  PngFolder none;
  none.add_bytes("a.ico", {});
  check_holds(none.error(), {"holds no PNG", "; a.ico is no PNG", "; convert it to PNG"});
}

BOOST_AUTO_TEST_CASE(goes_on_without_unreadable_files_if_asked) {
  PngFolder folder;
  Bytes damaged = plain_png(8, 8);
  damaged[45] ^= 1;
  folder.add("8/good.png", 8).add_bytes("8/empty.png", {}).add_bytes("8/damaged.png", damaged);
  folder.add_bytes("9/empty.png", {});
  const auto [notes, names] = folder.noted(8, true);
  check_names(names, {"good"});
  BOOST_TEST_REQUIRE(notes.size() == 1U);
  check_holds(notes[0], {"left out 2 files that cannot be read: ", "8/empty.png: the file is empty",
                         "8/damaged.png: damaged: a checksum is wrong"});
  BOOST_TEST(available_sizes(folder.path(), true) == (Sizes{8}), boost::test_tools::per_element());
  check_holds(error_of([&] { folder.noted(9, true); }), {"cannot read 1 file of ", "9/empty.png"});
  PngFolder bad;
  bad.add_bytes("damaged.png", damaged);
  check_holds(error_of([&] { bad.noted({}, true); }), {"cannot read 1 file of ", "damaged.png"});
}

BOOST_AUTO_TEST_CASE(some_of_the_images_can_be_chosen) {
  PngFolder folder;
  folder.add("a.png", 4).add("c.png", 4).add("d.png", 4).add_bytes("b.png", plain_png(4, 4, 1));
  std::size_t asked = 0;
  chorus::LoadOptions options;
  options.keep = [&](std::size_t images) {
    asked = images;
    std::vector<bool> keep(images);
    for (std::size_t i = 0; i < images; i += 2) keep[i] = true;
    return keep;
  };
  const auto names = [&] {
    Names loaded;
    for (const auto& each : load_collection(folder.path(), options)) loaded.push_back(each.name);
    return loaded;
  };
  BOOST_TEST(names() == (Names{"a", "c"}));
  BOOST_TEST(asked == 4U);
  // Those left out are not read; with skip_unreadable all are, and unreadable ones do not count.
  Bytes damaged = plain_png(4, 4, 1);
  damaged[damaged.size() - 20] ^= 0xFF;
  folder.add_bytes("b.png", damaged);
  BOOST_TEST(names() == (Names{"a", "c"}));
  options.skip_unreadable = true;
  BOOST_TEST(names() == (Names{"a", "d"}));
  BOOST_TEST(asked == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
