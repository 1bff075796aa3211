#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/pictures.hpp"

namespace chorus::app {

/// "#ffffff".
std::string shown_color(const Rgb& color);

/// From now on, files that cannot be read are left out with a note (--skip-unreadable).
void skip_unreadable_files();

/// load_collection(), whose notes go to standard error, each of them once in a run of the program.
/// `keep` is that of LoadOptions.
Collection load_images(const std::filesystem::path& folder, std::optional<std::size_t> size,
                       const std::optional<Rgb>& background,
                       const std::function<std::vector<bool>(std::size_t)>& keep = {});
/// available_sizes(), which may leave out unreadable files as well.
std::vector<std::size_t> offered_sizes(const std::filesystem::path& folder);

/// Loads images as a model sees them: with alpha if it has alpha, else over its background. A model
/// that names none takes `background`, or white. Throws Error if a background is asked for that is
/// not the model's.
Collection load_for(const Model& model, const std::filesystem::path& folder,
                    std::optional<std::size_t> size, const std::optional<Rgb>& background,
                    const std::function<std::vector<bool>(std::size_t)>& keep = {});

/// A checksum of the names, sizes and pixels of images, without the pixels that `split` holds out.
/// Processes that share a collection find that of all their images.
std::string data_checksum(const Collection& data, const Split& split = {});
/// Sets the checksums of the images of a model that are among these, by their names.
void set_checksums(Model& model, const Collection& data);

/// Prints a note if images of a model that were found in a folder, by name and size, are not those
/// that it was trained on. `found` has an entry for each image of the model, null where the folder
/// lacks it.
void note_other_images(const Model& model, const std::filesystem::path& folder,
                       const std::vector<const Image*>& found);

}  // namespace chorus::app
