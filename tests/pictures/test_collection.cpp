#include "chorus/pictures.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "png_folder.hpp"

namespace fs = std::filesystem;
using namespace chorus::test;
using chorus::available_sizes;
using chorus::Collection;
using chorus::load_collection;

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
