// Model files: the safetensors container and the metadata. A model that is accepted can be decoded
// and written, and is accepted again.
#include "chorus/model.hpp"

#include <algorithm>

#include "checksums.hpp"
#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "fuzzing.hpp"
#include "model_file.hpp"

namespace {

using namespace chorus;

void check_model(const std::string& file) {
  Memory memory(fuzz::backend());
  try {
    const Model model = load_model(memory, file);
    Renderer renderer(memory, model);
    for (std::size_t i = 0; i < std::min<std::size_t>(model.images.size(), 2); ++i) {
      const auto samples_per_axis = std::min<std::size_t>(model.samples_per_axis, 3);
      fuzz::require(renderer.render(i, {{3, 2}, samples_per_axis}).pixels() == 6);
    }
    from_tensor_file(memory, to_tensor_file(model), "again");
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  const std::string_view bytes = fuzz::text_of(data, size);
  file.write(bytes);
  check_model(file.path());
  file.write(fuzz::with_safetensors_checksum(bytes));
  check_model(file.path());
  return 0;
}
