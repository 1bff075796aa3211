#include "layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <system_error>
#include <utility>

#include "chorus/error.hpp"
#include "printable.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;

// ---- Sizes in names -----------------------------------------------------------------------------

/// A size as it is written in names: 48 or 48x32, with or without "px" after it.
struct StatedSize {
  std::size_t width = 0;
  std::size_t height = 0;  ///< 0 if one number states the longer side

  std::size_t longer_side() const { return std::max(width, height); }

  bool agrees_with(const PixelSize& size) const {
    if (height == 0) return width == size.longer_side();
    return width == size.width && height == size.height;
  }
};

/// Takes a whole number from 1 to 99,999, without leading zeros, from the front of `text`.
std::optional<std::size_t> take_number(std::string_view& text) {
  constexpr std::size_t most_digits = 5;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits > most_digits || text.front() == '0') return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

std::optional<StatedSize> parse_size(std::string_view text) {
  if (text.ends_with("px")) text.remove_suffix(2);
  const auto width = take_number(text);
  if (!width) return std::nullopt;
  if (text.empty()) return StatedSize{*width, 0};
  if (!text.starts_with('x')) return std::nullopt;
  text.remove_prefix(1);
  const auto height = take_number(text);
  if (!height || !text.empty()) return std::nullopt;
  return StatedSize{*width, *height};
}

/// Removes the numbers at the ends of names if they are sizes. A number can mean anything
/// (`arrow_2`), so it counts as a size only if it is that of the image, for every image of the
/// folder.
bool remove_sizes(std::vector<ImageFile>& images) {
  std::vector<std::string> names;
  for (const ImageFile& image : images) {
    ImageName name = image_name(image.file, image.size);
    if (!name.had_size) return false;
    names.push_back(std::move(name.name));
  }
  for (std::size_t i = 0; i < images.size(); ++i) images[i].name = std::move(names[i]);
  return true;
}

// ---- Folders ------------------------------------------------------------------------------------

bool is_named_png(const fs::path& file) {
  std::string name = file.filename().string();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name.ends_with(".png");
}

/// The direct content of a folder, in byte order.
struct Listing {
  std::vector<fs::path> images;   ///< files named like images; unreadable ones are found out later
  std::vector<fs::path> folders;  ///< without hidden folders
};

Listing list(const fs::path& folder) {
  Listing listing;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    std::error_code ignored;  // such as a link that leads nowhere, which is not a folder
    if (is_named_png(path))
      listing.images.push_back(path);
    else if (fs::is_directory(path, ignored) && !path.filename().string().starts_with('.'))
      listing.folders.push_back(path);
  }
  if (error) throw Error(fmt::format("cannot read folder {}: {}", shown(folder), error.message()));
  std::sort(listing.images.begin(), listing.images.end());
  std::sort(listing.folders.begin(), listing.folders.end());
  return listing;
}

struct SizeFolder {
  fs::path folder;
  StatedSize size;
  std::vector<fs::path> images;
};

/// The folders in a folder that hold PNGs.
struct Folders {
  std::vector<SizeFolder> sized;
  std::vector<std::string> others;
};

Folders folders_with_images(const std::vector<fs::path>& folders) {
  Folders found;
  for (const fs::path& folder : folders) {
    std::vector<fs::path> images = list(folder).images;
    if (images.empty()) continue;
    if (const auto size = parse_size(folder.filename().string()))
      found.sized.push_back({folder, *size, std::move(images)});
    else
      found.others.push_back(shown(folder.filename()));
  }
  return found;
}

/// Refuses folders of which a part would have to be skipped, since the caller would not notice.
void check_unambiguous(const fs::path& folder, const std::vector<fs::path>& images,
                       const Folders& inner) {
  const std::string others = summary(inner.others, ", ");
  if (images.empty() && inner.sized.empty()) {
    if (others.empty())
      throw Error(fmt::format(
          "{} holds no PNG files, nor folders of them named by size such as 48 or 48x48",
          shown(folder)));
    throw Error(fmt::format("{} holds no PNG files, but folders that do: {}; give one of them",
                            shown(folder), others));
  }
  if (!others.empty())
    throw Error(
        fmt::format("beside the images in {} there are other folders with PNG files: {}; "
                    "move them elsewhere",
                    shown(folder), others));
  if (images.empty() || inner.sized.empty()) return;
  std::vector<std::string> names;
  names.reserve(images.size());
  for (const fs::path& file : images) names.push_back(shown(file.filename()));
  throw Error(
      fmt::format("beside the size folders in {} there are PNG files: {}; move them into "
                  "the folder of their size",
                  shown(folder), summary(names, ", ")));
}

/// Reads the headers of files. Those that cannot be read are added to `problems`, with paths
/// relative to `top`.
std::vector<ImageFile> inspect(const fs::path& top, const std::vector<fs::path>& files,
                               std::vector<std::string>& problems) {
  std::vector<ImageFile> images;
  for (const fs::path& file : files) {
    try {
      images.push_back({file, printable(file.stem().string()), inspect_png(file)});
    } catch (const Error& error) {
      problems.push_back(fmt::format("{}: {}", shown(file.lexically_relative(top)), error.what()));
    }
  }
  return images;
}

/// Folder 48 holds images of 48 pixels; otherwise its number means something else.
void check_sizes(const SizeFolder& sized, const std::vector<ImageFile>& images) {
  for (const ImageFile& image : images) {
    if (sized.size.agrees_with(image.size)) continue;
    throw Error(
        fmt::format("{} is {} x {} pixels, but its folder is named {}; to load that folder "
                    "as it is, give {}",
                    shown(image.file), image.size.width, image.size.height,
                    shown(sized.folder.filename()), shown(sized.folder)));
  }
}

Layout layout_by_folders(const fs::path& top, const std::vector<SizeFolder>& folders,
                         std::optional<std::size_t> wanted) {
  Layout layout;
  for (const SizeFolder& sized : folders) {
    const std::size_t size = sized.size.longer_side();
    std::vector<ImageFile>& images = layout.by_size[size];
    if (wanted && *wanted != size) continue;
    std::vector<ImageFile> found = inspect(top, sized.images, layout.problems);
    check_sizes(sized, found);
    remove_sizes(found);
    std::move(found.begin(), found.end(), std::back_inserter(images));
  }
  return layout;
}

Layout layout_by_names(const fs::path& top, const std::vector<fs::path>& files) {
  Layout layout;
  std::vector<ImageFile> images = inspect(top, files, layout.problems);
  if (remove_sizes(images)) {
    for (ImageFile& image : images)
      layout.by_size[image.size.longer_side()].push_back(std::move(image));
  } else {
    layout.flat = std::move(images);
  }
  return layout;
}

}  // namespace

Layout find_images(const fs::path& folder, std::optional<std::size_t> wanted) {
  const Listing listing = list(folder);
  const Folders inner = folders_with_images(listing.folders);
  check_unambiguous(folder, listing.images, inner);
  if (listing.images.empty()) return layout_by_folders(folder, inner.sized, wanted);
  return layout_by_names(folder, listing.images);
}

ImageName image_name(const fs::path& file, const PixelSize& size) {
  std::string name = printable(file.stem().string());
  const std::size_t separator = name.find_last_of("_-");
  if (separator == std::string::npos || separator == 0) return {std::move(name), false};
  const auto stated = parse_size(std::string_view(name).substr(separator + 1));
  if (!stated || !stated->agrees_with(size)) return {std::move(name), false};
  name.resize(separator);
  return {std::move(name), true};
}

std::string summary(const std::vector<std::string>& items, std::string_view separator) {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i) {
    if (i > 0) text += separator;
    text += items[i];
  }
  if (items.size() > most) text += fmt::format("{}and {} more", separator, items.size() - most);
  return text;
}

}  // namespace chorus
