#include "listing.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "image_file.hpp"
#include "printable.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;

bool is_other_picture(std::string_view extension) {
  static constexpr auto known = std::to_array<std::string_view>(
      {"jpg",  "jpeg", "webp", "svg", "svgz", "ico",  "icns", "gif", "bmp", "tif",
       "tiff", "tga",  "ppm",  "pgm", "xpm",  "avif", "heic", "jxl", "qoi", "psd"});
  return std::find(known.begin(), known.end(), extension) != known.end();
}

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name == "__MACOSX";
}

void append(std::vector<fs::path>& to, std::vector<fs::path>&& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

bool is_within(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

/// `above` are the real paths of the folders that lead here.
void add_below(const fs::path& folder, std::vector<fs::path>& above, Listing& all) {
  std::error_code error;
  fs::path real = fs::canonical(folder, error);
  const auto leads_back = [&](const fs::path& before) { return is_within(before, real); };
  if (error || std::any_of(above.begin(), above.end(), leads_back)) return;
  Listing here = list(folder);
  append(all.images, std::move(here.images));
  append(all.others, std::move(here.others));
  above.push_back(std::move(real));
  for (const fs::path& inner : here.folders) add_below(inner, above, all);
  above.pop_back();
}

}  // namespace

std::string extension_of(const fs::path& file) {
  std::string name = file.filename().string();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(dot + 1);
}

Listing list(const fs::path& folder) {
  Listing listing;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    if (is_hidden(path)) continue;
    const std::string extension = extension_of(path);
    std::error_code ignored;  // such as a link that leads nowhere, which is not a folder
    if (is_readable_extension(extension))
      listing.images.push_back(path);
    else if (fs::is_directory(path, ignored))
      listing.folders.push_back(path);
    else if (is_other_picture(extension))
      listing.others.push_back(path);
  }
  if (error) throw Error(formatted("cannot read folder {}: {}", shown(folder), error.message()));
  for (auto* paths : {&listing.images, &listing.others, &listing.folders})
    std::sort(paths->begin(), paths->end());
  return listing;
}

Listing list_below(const fs::path& folder) {
  Listing all;
  std::vector<fs::path> above;
  add_below(folder, above, all);
  return all;
}

}  // namespace chorus
