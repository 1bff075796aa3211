#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <optional>
#include <ostream>
#include <random>
#include <set>
#include <streambuf>
#include <system_error>
#include <utility>
#include <vector>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "printable.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail_to_write(const fs::path& file, int error) {
  throw Error(formatted("cannot write {}: {}", shown(file), reason(error)));
}

[[noreturn]] void fail_to_write(const fs::path& file, int error, std::size_t written) {
  throw Error(formatted("cannot write {}: {} after {} bytes", shown(file), reason(error), written));
}

[[noreturn]] void fail_to_read(const fs::path& file, int error) {
  throw Error(formatted("cannot read {}: {}", shown(file), reason(error)));
}

/// Anything but a regular file may have no end, or may wait for another program.
[[noreturn]] void fail_irregular(const char* action, const fs::path& file) {
  throw Error(formatted("cannot {} {}: it is a device or a pipe, expected a regular file", action,
                        shown(file)));
}

/// Repeats a call of a system function as long as signals interrupt it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// An open file that is closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  /// Some file systems report a failed write only here.
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

/// Writes to a descriptor and keeps the system's reason for a failure, which std::ofstream would
/// lose.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int fd) : fd_(fd) { setp(buffer_.data(), buffer_.data() + size()); }

  /// The error number of the first write that failed; 0 if none has failed.
  int error() const { return error_; }
  /// The number of bytes that the system has accepted.
  std::size_t written() const { return written_; }

 protected:
  int_type overflow(int_type next) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(next, traits_type::eof())) sputc(traits_type::to_char_type(next));
    return traits_type::not_eof(next);
  }

  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    if (count < size()) return std::streambuf::xsputn(bytes, count);
    return sync() == 0 && drain(bytes, bytes + count) ? count : 0;
  }

  int sync() override {
    const bool done = drain(pbase(), pptr());
    setp(buffer_.data(), buffer_.data() + size());
    return done ? 0 : -1;
  }

 private:
  std::ptrdiff_t size() const { return std::ssize(buffer_); }

  bool drain(const char* begin, const char* end) {
    while (error_ == 0 && begin != end) {
      const auto count = static_cast<std::size_t>(end - begin);
      const ssize_t written = uninterrupted([&] { return ::write(fd_, begin, count); });
      if (written < 0) {
        error_ = errno;
      } else {
        begin += written;
        written_ += static_cast<std::size_t>(written);
      }
    }
    return error_ == 0;
  }

  int fd_;
  int error_ = 0;
  std::size_t written_ = 0;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16);  // too large for a stack
};

void fill(int fd, const fs::path& file, const std::function<void(std::ostream&)>& write) {
  DescriptorBuffer buffer(fd);
  std::ostream stream(&buffer);
  write(stream);
  stream.flush();
  if (!stream) fail_to_write(file, buffer.error() != 0 ? buffer.error() : EIO, buffer.written());
}

/// The folder that the system expects: for a plain name, the current folder.
fs::path folder_of(const fs::path& file) {
  const fs::path parent = file.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

std::string temporary_name(int process, unsigned number) {
  return formatted(".chorus-{}-{:08x}.tmp", process, number);
}

/// Whether this is the name of a temporary file (see TemporaryFile) whose process has ended.
bool is_left_behind(const std::string& name) {
  int process = 0;
  unsigned number = 0;
  return std::sscanf(name.c_str(), ".chorus-%d-%x.tmp", &process, &number) == 2 &&
         name == temporary_name(process, number) && ::kill(process, 0) != 0 && errno == ESRCH;
}

/// Removes the files that killed processes have left in a folder. This is done once per folder,
/// which may hold many files. The process of another machine that shares the folder would seem to
/// have ended, so files that were changed within the last minute stay.
void remove_left_behind(const fs::path& folder) {
  static std::mutex mutex;
  static std::set<fs::path> seen;
  {
    const std::scoped_lock lock(mutex);
    if (!seen.insert(folder).second) return;
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (!is_left_behind(entry.path().filename().string())) continue;
    const auto age = fs::file_time_type::clock::now() - entry.last_write_time(ignored);
    if (age > std::chrono::minutes(1)) fs::remove(entry.path(), ignored);
  }
}

/// The new content before it is in place. It has no name until it is complete, so that not even
/// SIGKILL leaves it behind (except within the instant between its naming and its renaming). If the
/// system cannot make nameless files, it has a unique name, and is removed after a failure.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& destination)
      : destination_(destination), descriptor_(create()) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  int descriptor() const { return descriptor_.get(); }

  void rename_into_place() {
    const bool on_disk = uninterrupted([&] { return ::fsync(descriptor_.get()); }) == 0;
    if (!on_disk) fail_to_write(destination_, errno);
    if (path_.empty()) choose_name([&] { return link_descriptor() == 0; });
    if (!descriptor_.close() || ::rename(path_.c_str(), destination_.c_str()) != 0)
      fail_to_write(destination_, errno);
    path_.clear();
  }

 private:
  Descriptor create() {
    Descriptor nameless(
        ::open(folder_of(destination_).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666));
    // Without /proc the file could not be given a name later.
    if (nameless.is_open() && ::access(proc_path(nameless).c_str(), F_OK) == 0) return nameless;
    int created = -1;
    choose_name([&] {
      created = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      return created >= 0;
    });
    return Descriptor(created);
  }

  static std::string proc_path(const Descriptor& file) {
    return formatted("/proc/self/fd/{}", file.get());
  }

  int link_descriptor() const {
    return ::linkat(AT_FDCWD, proc_path(descriptor_).c_str(), AT_FDCWD, path_.c_str(),
                    AT_SYMLINK_FOLLOW);
  }

  /// Tries names until `use` accepts one. Their length does not depend on that of the destination's
  /// name, which may be the longest one allowed.
  template <class Use>
  void choose_name(Use use) {
    std::random_device random;
    for (int attempt = 0; attempt < 16; ++attempt) {
      path_ = destination_.parent_path() / temporary_name(::getpid(), random());
      if (use()) return;
      if (errno != EEXIST) break;
    }
    path_.clear();
    fail_to_write(destination_, errno);
  }

  fs::path destination_;
  fs::path path_;
  Descriptor descriptor_;
};

/// Makes a rename survive a power cut. The new content is in place already, so a file system that
/// cannot do this is no reason to report a failure.
void flush_folder(const fs::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) uninterrupted([&] { return ::fsync(opened.get()); });
}

void write_through(const fs::path& file, const std::function<void(std::ostream&)>& write) {
  const auto open_file = [&] { return ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC); };
  Descriptor opened(uninterrupted(open_file));
  if (!opened.is_open()) fail_to_write(file, errno);
  fill(opened.get(), file, write);
  if (!opened.close()) fail_to_write(file, errno);
}

/// The target of a link, even if nothing exists there yet.
fs::path follow_links(fs::path file) {
  std::error_code ignored;
  for (int depth = 0; depth < 40 && fs::is_symlink(file, ignored); ++depth)
    file = file.parent_path() / fs::read_symlink(file, ignored);
  return file;
}

/// /dev/stdout and similar names may lead to a regular file that the caller holds open, and
/// replacing it would take it away from the caller. Other names in /dev are devices, or files in
/// memory (/dev/shm), which are files like any other.
bool names_a_stream(const fs::path& file) {
  const std::string name = file.string();
  return name.starts_with("/dev/std") || name.starts_with("/dev/fd/") || name.starts_with("/proc/");
}

std::optional<struct stat> status_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  return status;
}

/// The part of `path` that exists but is not a folder; empty if there is none.
fs::path obstacle(const fs::path& path) {
  std::error_code ignored;
  fs::path walked;
  for (const auto& part : path) {
    walked /= part;
    const auto status = fs::status(walked, ignored);
    if (fs::exists(status) && !fs::is_directory(status)) return walked;
  }
  return {};
}

}  // namespace

void write_atomically(const std::filesystem::path& file,
                      const std::function<void(std::ostream&)>& write) {
  const auto existing = status_of(file);
  if (existing && S_ISDIR(existing->st_mode)) fail_to_write(file, EISDIR);
  if (existing && (!S_ISREG(existing->st_mode) || names_a_stream(file)))
    return write_through(file, write);

  const fs::path destination = follow_links(file);
  remove_left_behind(fs::absolute(folder_of(destination)));
  TemporaryFile temporary(destination);
  fill(temporary.descriptor(), file, write);
  if (existing && ::fchmod(temporary.descriptor(), existing->st_mode & 07777) != 0)
    fail_to_write(file, errno);
  temporary.rename_into_place();
  flush_folder(folder_of(destination));
}

void require_regular_target(const std::filesystem::path& file) {
  const auto existing = status_of(file);
  if (existing && S_ISDIR(existing->st_mode)) fail_to_write(file, EISDIR);
  if (existing && !S_ISREG(existing->st_mode)) fail_irregular("write", file);
}

void require_room(const std::filesystem::path& file, std::uintmax_t bytes) {
  std::error_code unknown;
  const auto free = fs::space(folder_of(follow_links(file)), unknown).available;
  if (!unknown && free < bytes)
    throw Error(
        formatted("cannot write {}: it takes {} bytes, and {} are free", shown(file), bytes, free));
}

std::string read_file(const std::filesystem::path& file) {
  // Without O_NONBLOCK, opening a pipe would wait for a writer.
  const auto open_file = [&] { return ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); };
  const Descriptor opened(uninterrupted(open_file));
  struct stat status {};
  if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) fail_to_read(file, errno);
  if (S_ISDIR(status.st_mode)) fail_to_read(file, EISDIR);
  if (!S_ISREG(status.st_mode)) fail_irregular("read", file);

  // One byte more than expected, so that the end is seen without growing the buffer. Files of /proc
  // report no size and grow it.
  std::string content(static_cast<std::size_t>(status.st_size) + 1, '\0');
  for (std::size_t filled = 0;;) {
    if (filled == content.size()) content.resize(content.size() * 2 + 4096);
    const ssize_t count = uninterrupted(
        [&] { return ::read(opened.get(), &content[filled], content.size() - filled); });
    if (count < 0) fail_to_read(file, errno);
    filled += static_cast<std::size_t>(count);
    if (count == 0) {
      content.resize(filled);
      return content;
    }
  }
}

void make_folder(const std::filesystem::path& folder) {
  if (folder.empty()) return;
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return;
  if (const auto blocking = obstacle(folder); !blocking.empty())
    throw Error(
        formatted("cannot make the folder {}: {} is not a folder", shown(folder), shown(blocking)));
  throw Error(formatted("cannot make the folder {}: {}", shown(folder), error.message()));
}

}  // namespace chorus
