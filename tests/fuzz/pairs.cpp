// Scores of pairs that are stored beside a model (MODEL.pairs.PATH.json), which the report reads.
// An
// "@" stands for the checksum of the model, without which the rows would not be read.
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

#include "chorus/error.hpp"
#include "evaluation/pair_study.hpp"
#include "files.hpp"
#include "fuzzing.hpp"
#include "support/fingerprint.hpp"

namespace {

using namespace chorus;

class SavedModel {
 public:
  SavedModel() {
    std::filesystem::create_directories(folder_);
    save_model(model, file());
    const std::string bytes = read_file(file());
    app::Fingerprint fingerprint;
    fingerprint.add(bytes.data(), bytes.size());
    checksum_ = fingerprint.hex();
  }
  SavedModel(const SavedModel&) = delete;
  SavedModel& operator=(const SavedModel&) = delete;
  ~SavedModel() { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "model.safetensors"; }

  void write_judgements(std::string_view text) const {
    std::ofstream out(folder_ / "model.pairs.linear.json", std::ios::binary);
    for (const char character : text)
      if (character == '@')
        out << checksum_;
      else
        out << character;
  }

  app::Session session{{.name = "reference", .threads = 1}};
  Model model = make_model(session.memory, {.width = 8, .hidden_layers = 1, .latent = 4},
                           {{"a", 8, 8}, {"b", 8, 8}, {"c", 8, 8}, {"d", 8, 8}}, 1);

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("chorus_fuzz_pairs_" + std::to_string(getpid()));
  std::string checksum_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static SavedModel saved;
  saved.write_judgements(fuzz::text_of(data, size));
  try {
    const auto study =
        app::stored_study(saved.session, saved.model, saved.file(), PathKind::linear);
    if (study) app::to_json(*study).dump();
  } catch (const Error&) {
  }
  return 0;
}
