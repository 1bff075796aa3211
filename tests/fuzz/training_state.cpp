// State files of a training, as `train --resume` reads them: a training can continue from every
// file that is accepted, and the file can be written again.
#include "training/training_state.hpp"

#include "checksums.hpp"
#include "chorus/error.hpp"
#include "chorus/trainer.hpp"
#include "fuzzing.hpp"
#include "model_file.hpp"

namespace {

using namespace chorus;

/// Three small pictures under the names and in the size of the seeds' models (seeds.sh).
const Collection& pictures() {
  static const Collection list = [] {
    Collection made;
    for (const char* name : {"about", "camera", "folder"}) {
      Image image(24, 24, 1);
      for (std::size_t i = 0; i < image.values.size(); ++i)
        image.values[i] = static_cast<float>(i * 7 % 11) / 10;
      made.push_back({name, image});
    }
    return made;
  }();
  return list;
}

bool of_these_pictures(const Model& model) {
  if (model.images.size() != pictures().size()) return false;
  for (std::size_t i = 0; i < model.images.size(); ++i)
    if (model.images[i].name != pictures()[i].name ||
        model.images[i].size() != pictures()[i].image.size())
      return false;
  return true;
}

/// Larger steps are allowed, but take their time.
bool quick(const TrainConfig& config) {
  constexpr std::size_t most = 32, most_samples = 4;
  const PixelSampling& pixels = config.pixels;
  return pixels.flat_pixels <= most && pixels.edge_pixels <= most &&
         pixels.areas.flat_pixels <= most && pixels.areas.edge_pixels <= most &&
         pixels.blended.pixels <= most && pixels.areas.samples_per_axis <= most_samples &&
         pixels.blended.samples_per_axis <= most_samples && config.images_per_step <= most;
}

void check_state(const std::string& file) {
  Memory memory(fuzz::backend());
  try {
    const TensorFile content = read_safetensors(file);
    const app::TrainingState state = app::read_state(content, "state");
    Model model = from_tensor_file(memory, content, "state");
    if (!of_these_pictures(model) || !quick(state.config)) return;
    Trainer trainer(memory, model, pictures(), state.config);
    trainer.load_state(content, "state");
    trainer.step(0.5);
    TensorFile again;
    trainer.save_state(again);
    app::write_state(again, state);
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::with_safetensors_checksum(fuzz::text_of(data, size)));
  check_state(file.path());
  return 0;
}
