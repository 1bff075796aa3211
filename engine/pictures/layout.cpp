#include "layout.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "image_file.hpp"
#include "listing.hpp"
#include "printable.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;

// ---- Sizes in names -----------------------------------------------------------------------------

/// A size as it is written in names: 48 or 48x32, with or without "px" after it. Folders of icon
/// themes add a scale: pictures of 16x16@2 are meant for 16 x 16 points, and have 32 x 32 pixels.
struct StatedSize {
  std::size_t width = 0;   ///< pixels
  std::size_t height = 0;  ///< pixels; 0 if one number states the longer side
  bool scaled = false;

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

/// Takes "@2" or "@2x" from the end of `text`; 1 if there is none.
std::size_t take_scale(std::string_view& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return 1;
  std::string_view digits = text.substr(at + 1);
  if (digits.ends_with('x')) digits.remove_suffix(1);
  const auto scale = take_number(digits);
  if (!scale || *scale > 16 || !digits.empty()) return 1;
  text = text.substr(0, at);
  return *scale;
}

std::optional<StatedSize> parse_folder_size(std::string_view text) {
  const std::size_t scale = take_scale(text);
  const auto size = parse_size(text);
  if (!size) return std::nullopt;
  return StatedSize{size->width * scale, size->height * scale, scale > 1};
}

/// Splits a size from the end of a name, if it is that of the image.
ImageName split_size(std::string name, const PixelSize& size) {
  const std::size_t separator = name.find_last_of("_-");
  if (separator == std::string::npos || separator == 0) return {std::move(name), false};
  const auto stated = parse_size(std::string_view(name).substr(separator + 1));
  if (!stated || !stated->agrees_with(size)) return {std::move(name), false};
  name.resize(separator);
  return {std::move(name), true};
}

/// Removes the numbers at the ends of names if they are sizes. A number can mean anything
/// (`arrow_2`), so it counts as a size only if it is that of the image, for every image of the
/// folder.
bool remove_sizes(std::vector<ImageFile>& images) {
  std::vector<std::string> names;
  for (const ImageFile& image : images) {
    ImageName name = split_size(image.name, image.size);
    if (!name.had_size) return false;
    names.push_back(std::move(name.name));
  }
  for (std::size_t i = 0; i < images.size(); ++i) images[i].name = std::move(names[i]);
  return true;
}

// ---- Folders ------------------------------------------------------------------------------------

struct SizeFolder {
  fs::path folder;
  StatedSize size;
  Listing files;  ///< of the folder and of those in it
};

/// The folders in a folder that hold images.
struct Folders {
  std::vector<SizeFolder> sized;
  std::vector<std::string> others;
};

/// Whether a folder is a link to its neighbour, as `16x16@2` is in themes without larger drawings.
bool is_link_to_neighbour(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(folder, error))) return false;
  const fs::path real = fs::canonical(folder, error);
  return !error && real.parent_path() == fs::canonical(folder.parent_path(), error);
}

Folders folders_with_images(const std::vector<fs::path>& folders) {
  Folders found;
  for (const fs::path& folder : folders) {
    if (const auto size = parse_folder_size(folder.filename().string())) {
      if (size->scaled && is_link_to_neighbour(folder)) continue;
      Listing files = list_below(folder);
      if (!files.images.empty()) found.sized.push_back({folder, *size, std::move(files)});
    } else if (!list(folder).images.empty()) {
      found.others.push_back(shown(folder.filename()));
    }
  }
  // So that a scaled folder finds the names that a plain one of its pixels has.
  std::stable_partition(found.sized.begin(), found.sized.end(),
                        [](const SizeFolder& each) { return !each.size.scaled; });
  return found;
}

std::vector<std::string> relative_to(const fs::path& top, const std::vector<fs::path>& files) {
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const fs::path& file : files) names.push_back(shown(file.lexically_relative(top)));
  return names;
}

/// Libraries with which a build would read these files, as a sentence; empty if there are none.
std::string libraries_to_read(const std::vector<fs::path>& files) {
  std::set<std::string_view> libraries;
  for (const fs::path& file : files) libraries.insert(missing_library(extension_of(file)));
  libraries.erase("");
  if (libraries.empty()) return "";
  return formatted(" (or build chorus with {})", listed(libraries, " and "));
}

/// "a.svg is no PNG, JPEG or WebP; convert it to PNG", with what else can be done.
std::string not_read(const fs::path& top, const std::vector<fs::path>& files) {
  const std::vector<std::string> names = relative_to(top, files);
  if (names.size() == 1)
    return formatted("{} is no {}; convert it to PNG to use it{}", names.front(), format_names(),
                     libraries_to_read(files));
  return formatted("{} files are no {}: {}; convert them to PNG to use them{}", names.size(),
                   format_names(), summary(names, ", "), libraries_to_read(files));
}

/// Refuses folders of which a part would have to be skipped, since the caller would not notice.
void check_unambiguous(const fs::path& folder, const Listing& listing, const Folders& inner) {
  const std::vector<fs::path>& images = listing.images;
  const std::string others = summary(inner.others, ", ");
  if (images.empty() && inner.sized.empty()) {
    if (others.empty())
      throw Error(formatted(
          "{} holds no {} files, nor folders of them named by size such as 48 or 48x48{}",
          shown(folder), format_names(),
          listing.others.empty() ? "" : formatted("; {}", not_read(folder, listing.others))));
    throw Error(formatted("{} holds no {} files, but folders that do: {}; give one of them",
                          shown(folder), format_names(), others));
  }
  if (!others.empty() && inner.sized.empty())
    throw Error(
        formatted("beside the images in {} there are other folders with images: {}; "
                  "move them elsewhere",
                  shown(folder), others));
  if (images.empty() || inner.sized.empty()) return;
  throw Error(
      formatted("beside the size folders in {} there are images: {}; move them into "
                "the folder of their size",
                shown(folder), summary(relative_to(folder, images), ", ")));
}

/// The name of an image somewhere below a folder: `apps/key.png` is apps.key, since a name has to
/// serve as the name of a file.
std::string name_below(const fs::path& folder, const fs::path& file) {
  std::string name;
  for (const fs::path& part : file.parent_path().lexically_relative(folder))
    if (part != ".") name += part.string() + ".";
  return printable(name + file.stem().string());
}

/// Reads the headers of files below `folder`. Those that cannot be read are added to `problems`,
/// with paths relative to `top`.
std::vector<ImageFile> inspect(const fs::path& top, const fs::path& folder,
                               const std::vector<fs::path>& files,
                               std::vector<std::string>& problems) {
  std::vector<ImageFile> images;
  for (const fs::path& file : files) {
    try {
      images.push_back({file, name_below(folder, file), inspect_image(file)});
    } catch (const Error& error) {
      problems.push_back(formatted("{}: {}", shown(file.lexically_relative(top)), error.what()));
    }
  }
  return images;
}

/// Folder 48 holds images of 48 pixels; otherwise its number means something else.
void check_sizes(const SizeFolder& sized, const std::vector<ImageFile>& images) {
  for (const ImageFile& image : images) {
    if (sized.size.agrees_with(image.size)) continue;
    throw Error(
        formatted("{} is {} x {} pixels, but its folder is named {}; to load that folder "
                  "as it is, give {}",
                  shown(image.file), image.size.width, image.size.height,
                  shown(sized.folder.filename()), shown(sized.folder)));
  }
}

void note_others(const fs::path& top, const std::vector<fs::path>& others, Layout& layout) {
  if (!others.empty())
    layout.notes.push_back(formatted("{}: left out; {}", shown(top), not_read(top, others)));
}

/// Adds images of one size, without those of a scaled folder that a plain one has, too: 32x32
/// before 16x16@2.
void add_images(const fs::path& top, const SizeFolder& sized, std::vector<ImageFile> found,
                Layout& layout) {
  std::vector<ImageFile>& images = layout.by_size[sized.size.longer_side()];
  std::set<std::string> names;
  if (sized.size.scaled)
    for (const ImageFile& image : images) names.insert(image.name);
  const auto known =
      std::erase_if(found, [&](const ImageFile& image) { return names.contains(image.name); });
  if (known > 0)
    layout.notes.push_back(formatted(
        "{}: left out {} image{} of {}, since another folder of this size has the same names",
        shown(top), known, known == 1 ? "" : "s", shown(sized.folder.filename())));
  std::move(found.begin(), found.end(), std::back_inserter(images));
}

Layout layout_by_folders(const fs::path& top, const Folders& folders, std::vector<fs::path> others,
                         std::optional<std::size_t> wanted) {
  Layout layout;
  for (const SizeFolder& sized : folders.sized) {
    const std::size_t size = sized.size.longer_side();
    layout.by_size.try_emplace(size);
    if (wanted && *wanted != size) continue;
    std::vector<ImageFile> found = inspect(top, sized.folder, sized.files.images, layout.problems);
    check_sizes(sized, found);
    remove_sizes(found);
    add_images(top, sized, std::move(found), layout);
    others.insert(others.end(), sized.files.others.begin(), sized.files.others.end());
  }
  note_others(top, others, layout);
  if (!folders.others.empty())
    layout.notes.push_back(
        formatted("{}: left out the images of folders that are not named by size: {}", shown(top),
                  summary(folders.others, ", ")));
  return layout;
}

Layout layout_by_names(const fs::path& top, const Listing& listing) {
  Layout layout;
  std::vector<ImageFile> images = inspect(top, top, listing.images, layout.problems);
  note_others(top, listing.others, layout);
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
  check_unambiguous(folder, listing, inner);
  if (listing.images.empty()) return layout_by_folders(folder, inner, listing.others, wanted);
  return layout_by_names(folder, listing);
}

ImageName image_name(const fs::path& file, const PixelSize& size) {
  return split_size(printable(file.stem().string()), size);
}

std::string summary(const std::vector<std::string>& items, std::string_view separator) {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i) {
    if (i > 0) text += separator;
    text += items[i];
  }
  if (items.size() > most) text += formatted("{}and {} more", separator, items.size() - most);
  return text;
}

}  // namespace chorus
