#include "shared_model.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace chorus {

namespace {

/// The images of all processes, in process 0.
std::vector<EncodedImage> gathered_images(Communicator& processes,
                                          const std::vector<EncodedImage>& own) {
  struct Entry {
    std::uint64_t name_bytes, width, height;
  };
  std::vector<Entry> entries;
  std::vector<char> names;
  for (const EncodedImage& image : own) {
    entries.push_back({image.name.size(), image.width, image.height});
    names.insert(names.end(), image.name.begin(), image.name.end());
  }
  const std::vector<char> all_names = gathered(processes, names);
  std::vector<EncodedImage> all;
  auto name = all_names.begin();
  for (const Entry& entry : gathered(processes, entries)) {
    const auto end = name + static_cast<std::ptrdiff_t>(entry.name_bytes);
    all.push_back({std::string(name, end), entry.width, entry.height});
    name = end;
  }
  return all;
}

Tensor gathered_rows(Memory& memory, const Tensor& part, Communicator& processes) {
  if (!part) return {};
  const std::vector<float> values = gathered(processes, to_host(part));
  return memory.from(values, values.size() / part.cols(), part.cols());
}

}  // namespace

Model part_of(Memory& memory, const Model& whole, const ImageRange& images) {
  Model part = whole;
  const auto first = whole.images.begin() + static_cast<std::ptrdiff_t>(images.first);
  part.images.assign(first, first + static_cast<std::ptrdiff_t>(images.count));
  part.split.first_image = whole.split.first_image + images.first;
  // Copies, so that the numbers of other images need not stay in memory.
  for (Tensor Model::*rows : {&Model::latents, &Model::palettes, &Model::shifts})
    if (const Tensor& all = whole.*rows)
      part.*rows =
          memory.from(to_host(all.row_range(images.first, images.count)), images.count, all.cols());
  return part;
}

Model whole_model(Memory& memory, const Model& part, Communicator& processes) {
  Model whole = part;
  whole.images = gathered_images(processes, part.images);
  whole.split.first_image = 0;
  for (Tensor Model::*rows : {&Model::latents, &Model::palettes, &Model::shifts})
    whole.*rows = gathered_rows(memory, part.*rows, processes);
  return whole;
}

}  // namespace chorus
