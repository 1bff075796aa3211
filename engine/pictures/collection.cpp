#include "chorus/pictures.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "alpha.hpp"
#include "chorus/error.hpp"
#include "formatted.hpp"
#include "image_file.hpp"
#include "layout.hpp"
#include "parallel.hpp"
#include "printable.hpp"

namespace chorus {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    throw Error(formatted("no such file or folder: {}", shown(path)));
  if (status.type() == fs::file_type::none)
    throw Error(formatted("cannot read {}: {}", shown(path), error.message()));
  return fs::is_directory(status);
}

std::vector<std::size_t> sizes_of(const Layout& layout) {
  std::vector<std::size_t> sizes;
  for (const auto& [size, images] : layout.by_size) sizes.push_back(size);
  return sizes;
}

[[noreturn]] void fail_unreadable(const fs::path& folder,
                                  const std::vector<std::string>& problems) {
  throw Error(formatted("cannot read {} file{} of {}: {}", problems.size(),
                        problems.size() == 1 ? "" : "s", shown(folder), summary(problems, "; ")));
}

void report_notes(const fs::path& folder, const Layout& layout, const LoadOptions& options) {
  if (!options.note) return;
  for (const std::string& note : layout.notes) options.note(note);
  const std::size_t count = layout.problems.size();
  if (count > 0)
    options.note(formatted("{}: left out {} file{} that cannot be read: {}", shown(folder), count,
                           count == 1 ? "" : "s", summary(layout.problems, "; ")));
}

// ---- Which images -------------------------------------------------------------------------------

std::vector<ImageFile> all_images(const Layout& layout) {
  std::vector<ImageFile> all = layout.flat;
  for (const auto& [size, images] : layout.by_size)
    all.insert(all.end(), images.begin(), images.end());
  return all;
}

/// A flat folder offers no choice, so the size must be that of all its images.
void check_flat_size(const fs::path& path, const std::vector<ImageFile>& images, std::size_t size) {
  const auto [least, most] =
      std::minmax_element(images.begin(), images.end(), [](const ImageFile& a, const ImageFile& b) {
        return a.size.longer_side() < b.size.longer_side();
      });
  const std::size_t smallest = least->size.longer_side();
  const std::size_t largest = most->size.longer_side();
  if (smallest == size && largest == size) return;
  const std::string found =
      smallest == largest ? formatted("{}", smallest) : formatted("{} to {}", smallest, largest);
  throw Error(
      formatted("{} has no images of {} pixels to pick: neither folders nor names tell "
                "sizes, and its images are of {} pixels",
                shown(path), size, found));
}

std::vector<ImageFile> choose(const fs::path& folder, const Layout& layout,
                              std::optional<std::size_t> size) {
  if (layout.by_size.empty()) {
    if (size) check_flat_size(folder, layout.flat, *size);
    return layout.flat;
  }
  const auto sizes = formatted("{}", listed(sizes_of(layout), ", "));
  if (!size && layout.by_size.size() > 1)
    throw Error(formatted("{} has images of several sizes; a size must be chosen: {}",
                          shown(folder), sizes));
  const auto chosen = size ? layout.by_size.find(*size) : layout.by_size.begin();
  if (chosen == layout.by_size.end())
    throw Error(
        formatted("{} has no images of {} pixels; there are: {}", shown(folder), *size, sizes));
  return chosen->second;
}

void sort_by_unique_name(const fs::path& folder, std::vector<ImageFile>& images) {
  std::sort(images.begin(), images.end(),
            [](const ImageFile& a, const ImageFile& b) { return a.name < b.name; });
  const auto same =
      std::adjacent_find(images.begin(), images.end(),
                         [](const ImageFile& a, const ImageFile& b) { return a.name == b.name; });
  if (same == images.end()) return;
  throw Error(formatted("two images of {} have the name \"{}\": {} and {}", shown(folder),
                        same->name, shown(same->file.lexically_relative(folder)),
                        shown(std::next(same)->file.lexically_relative(folder))));
}

// ---- Loading ------------------------------------------------------------------------------------

/// One image with alpha gives alpha to all.
Collection of_one_kind(Collection collection) {
  const bool alpha = std::any_of(collection.begin(), collection.end(),
                                 [](const NamedImage& each) { return each.image.has_alpha(); });
  for (NamedImage& each : collection)
    if (alpha) each.image = with_alpha(std::move(each.image));
  return collection;
}

/// A file that was read, or the reason why it could not be.
struct ReadFile {
  std::optional<Image> image;
  std::string problem;
  std::vector<std::string> remarks;
};

ReadFile read_one(const fs::path& file, const std::optional<Rgb>& background) {
  ReadFile read;
  try {
    read.image = decode_image(file, background, &read.remarks);
  } catch (const Error& error) {
    read.problem = error.what();
  }
  return read;
}

/// Reads images, several at a time; those that cannot be read become problems of the layout.
Collection read_all(const fs::path& folder, const std::vector<ImageFile>& images,
                    const LoadOptions& options, Layout& layout) {
  std::vector<ReadFile> files(images.size());
  std::atomic<std::size_t> done = 0;
  for_each_index(images.size(), 0, [&](std::size_t i) {
    files[i] = read_one(images[i].file, options.background);
    if (options.progress)
      options.progress(static_cast<double>(++done) / static_cast<double>(images.size()));
  });
  Collection collection;
  std::map<std::string, std::vector<std::string>> files_by_remark;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::string file = shown(images[i].file.lexically_relative(folder));
    if (!files[i].image) {
      layout.problems.push_back(formatted("{}: {}", file, files[i].problem));
      continue;
    }
    collection.push_back({images[i].name, std::move(*files[i].image)});
    for (const std::string& remark : files[i].remarks) files_by_remark[remark].push_back(file);
  }
  for (const auto& [remark, with_it] : files_by_remark)
    layout.notes.push_back(formatted("{}: {} file{} with {}: {}", shown(folder), with_it.size(),
                                     with_it.size() == 1 ? "" : "s", remark,
                                     summary(with_it, ", ")));
  return collection;
}

/// Drops the items that are not to be kept.
template <class Item>
void choose_kept(std::vector<Item>& items, const LoadOptions& options) {
  if (!options.keep) return;
  const std::vector<bool> keep = options.keep(items.size());
  std::vector<Item> kept;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (keep.at(i)) kept.push_back(std::move(items[i]));
  items = std::move(kept);
}

Collection load_folder(const fs::path& folder, const LoadOptions& options) {
  Layout layout = find_images(folder, options.size);
  if (all_images(layout).empty() && !layout.problems.empty())
    fail_unreadable(folder, layout.problems);
  // After a problem no image is chosen any more; reading goes on only to name every damaged file.
  const bool hopeless = !layout.problems.empty() && !options.skip_unreadable;
  std::vector<ImageFile> images =
      hopeless ? all_images(layout) : choose(folder, layout, options.size);
  if (!hopeless) sort_by_unique_name(folder, images);
  if (!hopeless && !options.skip_unreadable) choose_kept(images, options);
  Collection collection = read_all(folder, images, options, layout);
  if (!layout.problems.empty() && (!options.skip_unreadable || collection.empty()))
    fail_unreadable(folder, layout.problems);
  report_notes(folder, layout, options);
  collection = of_one_kind(std::move(collection));
  if (options.skip_unreadable) choose_kept(collection, options);
  return collection;
}

/// Like read_image(), but notes what viewers may show otherwise.
Image read_noted(const fs::path& file, const LoadOptions& options) {
  try {
    std::vector<std::string> remarks;
    Image image = decode_image(file, options.background, &remarks);
    for (const std::string& remark : remarks)
      if (options.note) options.note(formatted("{}: a file with {}", shown(file), remark));
    return image;
  } catch (const Error& error) {
    throw Error(formatted("cannot read {}: {}", shown(file), error.what()));
  }
}

Collection load_file(const fs::path& file, const LoadOptions& options) {
  Image image = read_noted(file, options);
  const PixelSize size = inspect_image(file);
  std::string name = image_name(file, size).name;
  if (options.size) check_flat_size(file, {{file, name, size}}, *options.size);
  Collection collection = {{std::move(name), std::move(image)}};
  choose_kept(collection, options);
  return collection;
}

}  // namespace

std::vector<std::size_t> available_sizes(const fs::path& folder, bool skip_unreadable) {
  if (!is_folder(folder)) {
    const Image image = read_image(folder);
    const PixelSize size = {image.width, image.height};
    if (!image_name(folder, size).had_size) return {};
    return {size.longer_side()};
  }
  Layout layout = find_images(folder);
  if (!layout.problems.empty() && (!skip_unreadable || all_images(layout).empty()))
    fail_unreadable(folder, layout.problems);
  std::erase_if(layout.by_size, [](const auto& size) { return size.second.empty(); });
  return sizes_of(layout);
}

Collection load_collection(const fs::path& folder, const LoadOptions& options) {
  return is_folder(folder) ? load_folder(folder, options) : load_file(folder, options);
}

}  // namespace chorus
