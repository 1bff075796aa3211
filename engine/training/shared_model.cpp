#include "shared_model.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace chorus {

namespace {

/// The images of all processes, in process 0.
std::vector<EncodedImage> gathered_images(Communicator& processes,
                                          const std::vector<EncodedImage>& own) {
  struct Entry {
    std::uint64_t name_bytes, checksum_bytes, width, height;
  };
  std::vector<Entry> entries;
  std::vector<char> texts;
  for (const EncodedImage& image : own) {
    entries.push_back({image.name.size(), image.checksum.size(), image.width, image.height});
    for (const std::string* text : {&image.name, &image.checksum})
      texts.insert(texts.end(), text->begin(), text->end());
  }
  const std::vector<char> all_texts = gathered(processes, texts);
  std::vector<EncodedImage> all;
  auto next = all_texts.begin();
  const auto take = [&](std::uint64_t bytes) {
    const auto begin = std::exchange(next, next + static_cast<std::ptrdiff_t>(bytes));
    return std::string(begin, next);
  };
  for (const Entry& entry : gathered(processes, entries)) {
    std::string name = take(entry.name_bytes);
    all.push_back({std::move(name), entry.width, entry.height, take(entry.checksum_bytes)});
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
