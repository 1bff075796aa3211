#include "support/model_output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "chorus/error.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "safetensors.hpp"
#include "support/fingerprint.hpp"

namespace chorus::app {

namespace fs = std::filesystem;

namespace {

/// Of a fixed length, since a model's name may be as long as names can be.
fs::path lock_file(const fs::path& model) {
  const std::string name = model.filename().string();
  Fingerprint checksum;
  checksum.add(name.data(), name.size());
  return model.parent_path() / fmt::format(".chorus-{}.lock", checksum.hex());
}

/// Whether the file that is open still has its name: the one who held the lock removes it.
bool has_its_name(int descriptor, const fs::path& file) {
  struct stat opened {};
  struct stat named {};
  return fstat(descriptor, &opened) == 0 && stat(file.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// Opens and locks the file; -1 if another process has the lock.
int locked_descriptor(const fs::path& file, const fs::path& model) {
  while (true) {
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
      throw Error(fmt::format("cannot write into the folder of {}: {}", shown(model),
                              std::generic_category().message(errno)));
    // A file system without locks is no reason not to train.
    const bool locked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if (locked && has_its_name(descriptor, file)) return descriptor;
    close(descriptor);
    if (!locked) return -1;
  }
}

}  // namespace

void require_unprotected(const fs::path& file) {
  constexpr fs::perms any_write =
      fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  std::error_code ignored;
  if ((fs::status(file, ignored).permissions() & any_write) == fs::perms::none)
    throw Error(
        fmt::format("{} is write-protected; allow writing (chmod u+w), or choose another "
                    "--output",
                    shown(file)));
}

bool holds_something(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && fs::file_size(file, ignored) > 0;
}

void check_model_output(const fs::path& file) {
  if (file.filename().empty() || fs::is_directory(file))
    throw Error(fmt::format(
        "cannot write the model '{}': expected the name of a file, not of a folder", shown(file)));
  require_regular_target(file);
  if (!holds_something(file)) return;
  require_unprotected(file);
  try {
    const TensorFile content = read_safetensors(file);
    const auto format = content.metadata.find("format");
    if (format != content.metadata.end() && format->second.starts_with("chorus ")) return;
  } catch (const Error&) {  // not even a safetensors file
  }
  throw Error(fmt::format(
      "{} exists and is not a model of chorus, so it is not replaced; choose another --output",
      shown(file)));
}

OutputLock::OutputLock(const fs::path& model)
    : file_(lock_file(model)), descriptor_(locked_descriptor(file_, model)) {
  if (descriptor_ < 0)
    throw Error(fmt::format(
        "{} is locked by another command that is writing it; choose another --output, or wait",
        shown(model)));
}

std::unique_ptr<OutputLock> OutputLock::if_free(const fs::path& model) {
  fs::path file = lock_file(model);
  const int descriptor = locked_descriptor(file, model);
  if (descriptor < 0) return nullptr;
  return std::unique_ptr<OutputLock>(new OutputLock(std::move(file), descriptor));
}

OutputLock::~OutputLock() {
  std::error_code ignored;
  if (has_its_name(descriptor_, file_)) fs::remove(file_, ignored);
  close(descriptor_);
}

}  // namespace chorus::app
