#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "chorus/error.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "safetensors.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using chorus::read_file;
using chorus::write_atomically;

namespace {

/// Larger than any buffer on the way to the disk.
const std::string& long_text() {
  static const std::string text(300'000, 'x');
  return text;
}

void write_text(const fs::path& file, const std::string& text) {
  write_atomically(file, [&](std::ostream& stream) { stream << text; });
}

std::ptrdiff_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

mode_t mode_of(const fs::path& file) {
  struct stat status {};
  BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// Checks for an Error whose message holds all of `parts`.
template <class Action>
void check_error(Action action, const std::vector<std::string>& parts) {
  BOOST_CHECK_EXCEPTION(action(), chorus::Error, [&](const chorus::Error& error) {
    const std::string message = error.what();
    for (const auto& part : parts)
      BOOST_TEST(message.find(part) != std::string::npos, "'" << part << "' in: " << message);
    return true;
  });
}

/// Makes the disk "full" after so many bytes of a file. What the test framework prints goes to
/// files as well, so nothing may be checked while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(writes_what_is_read_back) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.bin";
  for (const std::string& text :
       {std::string(), std::string("one\0two\n", 8), long_text(), std::string("short")}) {
    write_text(file, text);
    BOOST_CHECK(read_file(file) == text);
    BOOST_TEST(fs::file_size(file) == text.size());
  }
  BOOST_TEST(entries(folder.path()) == 1);
}

BOOST_AUTO_TEST_CASE(mixes_small_and_large_pieces_in_order) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.bin";
  std::string expected;
  write_atomically(file, [&](std::ostream& stream) {
    for (int i = 0; i < 2000; ++i) {
      const std::string piece(static_cast<std::size_t>(i % 7 == 0 ? i * 50 : i % 13), 'a');
      stream << i << piece;
      stream.put('\n');
      expected += std::to_string(i) + piece + '\n';
    }
  });
  BOOST_CHECK(read_file(file) == expected);
}

BOOST_AUTO_TEST_CASE(takes_a_name_in_the_current_folder_and_the_longest_name) {
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const std::string longest(255, 'n');
  write_text("plain", "1");
  write_text(longest, "2");
  BOOST_TEST(read_file("plain") == "1");
  BOOST_TEST(read_file(longest) == "2");
  fs::current_path(before);
}

BOOST_AUTO_TEST_CASE(failed_writer_leaves_the_old_file) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.txt";
  write_text(file, "old");
  const auto broken = [](std::ostream& stream) {
    stream << long_text();
    throw std::logic_error("broken");
  };
  BOOST_CHECK_THROW(write_atomically(file, broken), std::logic_error);
  BOOST_CHECK_THROW(write_atomically(folder.path() / "new.txt", broken), std::logic_error);
  check_error(
      [&] {
        write_atomically(file, [](std::ostream& stream) { stream.setstate(std::ios::badbit); });
      },
      {file.string()});
  BOOST_TEST(read_file(file) == "old");
  BOOST_TEST(entries(folder.path()) == 1);
}

BOOST_AUTO_TEST_CASE(a_killed_writer_leaves_nothing_behind) {
  const TemporaryFolder folder;
  const int nameless = ::open(folder.path().c_str(), O_WRONLY | O_TMPFILE, 0600);
  if (nameless < 0) return;  // a file system that lacks what this rests on
  ::close(nameless);
  const fs::path file = folder.path() / "a.txt";
  write_text(file, "old");
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0)
    write_atomically(file, [](std::ostream& stream) {
      stream << long_text() << std::flush;
      ::kill(::getpid(), SIGKILL);
    });
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(read_file(file) == "old");
  BOOST_TEST(entries(folder.path()) == 1);
}

BOOST_AUTO_TEST_CASE(full_disk_leaves_the_old_file) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.txt";
  write_text(file, "old");
  std::string message;
  try {
    const FileSizeLimit limit(100'000);
    write_text(file, long_text());
  } catch (const chorus::Error& error) {
    message = error.what();
  }
  BOOST_TEST(message == "cannot write " + file.string() + ": File too large after 100000 bytes");
  BOOST_TEST(read_file(file) == "old");
  BOOST_TEST(entries(folder.path()) == 1);
}

BOOST_AUTO_TEST_CASE(full_device_is_reported) {
  BOOST_REQUIRE(fs::exists("/dev/full"));
  check_error([] { write_text("/dev/full", "text"); },
              {"cannot write /dev/full", "No space left on device"});
}

BOOST_AUTO_TEST_CASE(files_in_memory_are_files_like_any_other) {
  const fs::path folder = "/dev/shm/chorus-test-" + std::to_string(::getpid());
  std::error_code error;
  if (!fs::create_directory(folder, error)) return;  // a machine without it
  write_text(folder / "a.txt", "old");
  write_text(folder / "a.txt", "new");
  BOOST_TEST(read_file(folder / "a.txt") == "new");  // not "oldnew"
  fs::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(modes_are_those_of_an_ordinary_write) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.txt";
  const mode_t mask = ::umask(027);
  write_text(file, "new");
  BOOST_TEST(mode_of(file) == 0640U);
  BOOST_REQUIRE(::chmod(file.c_str(), 0604) == 0);
  write_text(file, "changed");
  ::umask(mask);
  BOOST_TEST(mode_of(file) == 0604U);
  BOOST_TEST(read_file(file) == "changed");
}

BOOST_AUTO_TEST_CASE(links_stay_links) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "there");
  const fs::path target = folder.path() / "there" / "target.txt";
  const fs::path link = folder.path() / "link.txt";
  fs::create_symlink(fs::path("there") / "target.txt", link);
  for (const std::string text : {"first, with the link dangling", "second"}) {
    write_text(link, text);
    BOOST_TEST(fs::is_symlink(link));
    BOOST_TEST(!fs::is_symlink(target));
    BOOST_TEST(read_file(target) == text);
  }
  BOOST_TEST(entries(folder.path() / "there") == 1);
}

BOOST_AUTO_TEST_CASE(pipes_and_devices_are_written_straight_through) {
  const TemporaryFolder folder;
  write_text("/dev/null", long_text());
  BOOST_TEST(fs::is_character_file("/dev/null"));

  const fs::path pipe = folder.path() / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string received;
  std::thread reader([&] {
    std::ifstream in(pipe);
    received.assign(std::istreambuf_iterator<char>(in), {});
  });
  write_text(pipe, long_text());
  reader.join();
  BOOST_CHECK(received == long_text());
  BOOST_TEST(fs::is_fifo(pipe));
}

BOOST_AUTO_TEST_CASE(file_behind_a_descriptor_is_not_replaced) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "redirected.txt";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT, 0600);
  BOOST_REQUIRE(fd >= 0);
  BOOST_TEST(::write(fd, "before ", 7) == 7);
  struct stat before {};
  struct stat after {};
  ::fstat(fd, &before);
  write_text("/proc/self/fd/" + std::to_string(fd), "after");
  BOOST_REQUIRE(::stat(file.c_str(), &after) == 0);
  ::close(fd);
  BOOST_TEST(before.st_ino == after.st_ino);
  BOOST_TEST(read_file(file) == "before after");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_named) {
  const TemporaryFolder folder;
  const fs::path missing = folder.path() / "missing" / "a.txt";
  check_error([&] { write_text(missing, ""); }, {missing.string(), "No such file or directory"});
  check_error([&] { write_text(folder.path(), ""); }, {folder.path().string(), "Is a directory"});
  const fs::path loop = folder.path() / "loop";
  fs::create_symlink(loop, loop);
  check_error([&] { write_text(loop / "a.txt", ""); }, {"Too many levels of symbolic links"});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named) {
  const TemporaryFolder folder;
  const fs::path missing = folder.path() / "missing.txt";
  check_error([&] { read_file(missing); },
              {"cannot read", missing.string(), "No such file or directory"});
  check_error([&] { read_file(folder.path()); }, {folder.path().string(), "Is a directory"});
}

BOOST_AUTO_TEST_CASE(only_regular_files_are_read_and_taken_as_targets) {
  const TemporaryFolder folder;
  const fs::path pipe = folder.path() / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);  // nobody writes to it
  for (const fs::path& file : {fs::path("/dev/zero"), pipe}) {
    check_error([&] { read_file(file); }, {"cannot read", file.string(), "a regular file"});
    check_error([&] { chorus::require_regular_target(file); },
                {"cannot write", file.string(), "a regular file"});
  }
  check_error([&] { chorus::require_regular_target(folder.path()); }, {"Is a directory"});
  BOOST_CHECK_NO_THROW(chorus::require_regular_target(folder.path() / "new.txt"));
  BOOST_TEST(!read_file("/proc/self/status").empty());  // says that it has 0 bytes
}

BOOST_AUTO_TEST_CASE(a_file_without_room_is_named_with_its_size) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "a.bin";
  BOOST_CHECK_NO_THROW(chorus::require_room(file, 1));
  BOOST_CHECK_NO_THROW(chorus::require_room(folder.path() / "missing" / "a.bin", 1));
  check_error([&] { chorus::require_room(file, std::uintmax_t{1} << 60); },
              {file.string(), "1152921504606846976 bytes", "are free"});
}

BOOST_AUTO_TEST_CASE(what_killed_writers_left_is_removed) {
  const pid_t ended = ::fork();
  BOOST_REQUIRE(ended >= 0);
  if (ended == 0) ::_exit(0);
  ::waitpid(ended, nullptr, 0);
  const TemporaryFolder folder;
  const auto leave = [&](const std::string& name, int minutes) {
    std::ofstream(folder.path() / name) << "half";
    fs::last_write_time(folder.path() / name,
                        fs::file_time_type::clock::now() - std::chrono::minutes(minutes));
  };
  const std::string process = std::to_string(ended);
  leave(".chorus-" + process + "-0123abcd.tmp", 5);
  const std::set<std::string> kept = {
      ".chorus-" + process + "-76543210.tmp",                     // perhaps of another machine
      ".chorus-" + std::to_string(::getpid()) + "-0123abcd.tmp",  // still running
      ".chorus-" + process + "-0123abcd.tmp.png", ".chorus-" + process + "-12.tmp", "a.txt"};
  for (const std::string& name : kept) leave(name, name.find("7654") != name.npos ? 0 : 5);
  write_text(folder.path() / "a.txt", "new");
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    found.insert(entry.path().filename().string());
  BOOST_TEST((found == kept));
}

BOOST_AUTO_TEST_CASE(odd_names_are_shown_on_one_line) {
  const TemporaryFolder folder;
  const fs::path odd = folder.path() / "new\nline\x1b[2J\xff";
  const std::string shown = "new\\x0aline\\x1b[2J\\xff";
  check_error([&] { read_file(odd); }, {"cannot read", shown, "No such file"});
  check_error([&] { write_text(odd / "a", ""); }, {"cannot write", shown, "No such file"});
  write_text(odd, "");
  check_error([&] { chorus::make_folder(odd); }, {shown + ": ", shown + " is not a folder"});
  check_error([&] { chorus::read_safetensors(odd); }, {shown, "found 0 bytes"});
}

BOOST_AUTO_TEST_CASE(names_cannot_steer_a_terminal) {
  using chorus::printable;
  BOOST_TEST(printable("gr\u00fcn \u05d0\u05d1 \u65e5\u672c") ==
             "gr\u00fcn \u05d0\u05d1 \u65e5\u672c");
  BOOST_TEST(printable("a\xc2\x9b"
                       "31m") == "a\\xc2\\x9b31m");
  for (const std::string mark :
       {"\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"})
    BOOST_TEST(printable("gnp" + mark + ".exe").find(mark) == std::string::npos);
  BOOST_TEST(chorus::printable_json("{\n\"gr\u00fcn\": \"a\xc2\x9b\u202e\u2028\x7f\"}") ==
             "{\n\"gr\u00fcn\": \"a\\u009b\\u202e\\u2028\\u007f\"}");
}

BOOST_AUTO_TEST_CASE(folders_are_made_with_their_parents) {
  const TemporaryFolder folder;
  const fs::path deep = folder.path() / "a" / "b" / "c";
  for (int again = 0; again < 2; ++again) {
    chorus::make_folder(deep);
    BOOST_TEST(fs::is_directory(deep));
  }
  chorus::make_folder(deep / "with_slash" / "");
  BOOST_TEST(fs::is_directory(deep / "with_slash"));
  BOOST_CHECK_NO_THROW(chorus::make_folder(fs::path("plain.txt").parent_path()));
}

BOOST_AUTO_TEST_CASE(what_stands_in_the_way_of_a_folder_is_named) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  write_text(file, "");
  for (const fs::path& wanted : {file, file / "a" / "b"})
    check_error([&] { chorus::make_folder(wanted); },
                {wanted.string() + ": " + file.string() + " is not a folder"});
  check_error([] { chorus::make_folder("/proc/chorus"); }, {"/proc/chorus", "No such file"});
}

BOOST_AUTO_TEST_SUITE_END()
