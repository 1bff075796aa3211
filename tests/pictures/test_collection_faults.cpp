#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "chorus/pictures.hpp"
#include "png_folder.hpp"

namespace fs = std::filesystem;
using namespace chorus::test;
using chorus::available_sizes;
using chorus::Collection;
using chorus::load_collection;

// Folders of which something cannot be read, or is to be left alone.

BOOST_AUTO_TEST_SUITE(collection_faults)

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

BOOST_AUTO_TEST_SUITE_END()
