#include "support/output_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "chorus/error.hpp"
#include "files.hpp"
#include "png_file.hpp"
#include "printable.hpp"
#include "support/fingerprint.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;

/// Whether the stem is `name`, or `name` with "_" and digits after it.
bool is_numbered(std::string_view stem, std::string_view name) {
  if (!stem.starts_with(name)) return false;
  stem.remove_prefix(name.size());
  if (stem.empty()) return true;
  return stem.size() > 1 && stem.front() == '_' &&
         stem.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace

void check_replaceable(const std::vector<fs::path>& files,
                       const std::function<bool(const fs::path&)>& ours, bool overwrite) {
  if (overwrite) return;
  std::error_code ignored;
  for (const fs::path& file : files) {
    const fs::file_status status = fs::status(file, ignored);
    if (!fs::is_regular_file(status) || ours(file)) continue;
    throw Error(fmt::format(
        "{} exists, and chorus did not write it; expected another folder, or --overwrite",
        shown(file)));
  }
}

void check_replaceable(const std::vector<fs::path>& pictures, bool overwrite) {
  check_replaceable(pictures, written_by_chorus, overwrite);
}

bool begins_with_mark(const fs::path& file, std::string_view mark) {
  std::string start(512, '\0');
  std::ifstream(file, std::ios::binary).read(start.data(), std::ssize(start));
  return start.find(mark) != std::string::npos;
}

void prepare_folder(const fs::path& folder) {
  make_folder(folder);
  const fs::path here = folder.empty() ? fs::path(".") : folder;
  if (::access(here.c_str(), W_OK | X_OK) == 0) return;
  const std::string reason = std::system_category().message(errno);
  throw Error(fmt::format("cannot write to the folder {}: {}", shown(here), reason));
}

void remove_stale(const fs::path& folder, std::string_view name,
                  const std::vector<fs::path>& written) {
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& file = entry.path();
    if (file.extension() == ".png" && is_numbered(file.stem().string(), name) &&
        std::find(written.begin(), written.end(), file) == written.end() &&
        entry.is_regular_file() && written_by_chorus(file))
      stale.push_back(file);
  }
  std::error_code ignored;  // an old picture that stays is no reason to stop
  for (const fs::path& file : stale) fs::remove(file, ignored);
}

std::string file_name(const std::string& name, std::string_view ending) {
  constexpr std::size_t most_bytes = 255;
  if (name.size() + ending.size() <= most_bytes) return fmt::format("{}{}", name, ending);
  Fingerprint checksum;
  checksum.add(name.data(), name.size());
  const std::string tail = fmt::format("-{}{}", checksum.hex(), ending);
  std::size_t kept = most_bytes - tail.size();
  while (kept > 0 && (static_cast<unsigned char>(name[kept]) & 0xC0U) == 0x80U) --kept;
  return name.substr(0, kept) + tail;
}

}  // namespace chorus::app
