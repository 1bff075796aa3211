// Files of the seeds of a study that are finished (seed_N.json): for each protocol, measures are
// taken of what they hold, or it is refused.
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "evaluation/seed_measures.hpp"
#include "fuzzing.hpp"

namespace {

using namespace chorus;

void check_measures(app::Protocol protocol, const nlohmann::ordered_json& result) {
  try {
    for (const auto& [name, value] : app::seed_measures(protocol, result))
      fuzz::require(!name.empty());
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const nlohmann::ordered_json settings = {{"protocol", "pixels"},
                                                  {"limit", {{"steps", 5}}}};
  try {
    const app::FinishedSeed seed = app::parse_finished_seed(std::string(fuzz::text_of(data, size)));
    fuzz::require(!app::differences(seed.settings, settings).empty());
    for (const app::Protocol protocol : enum_names<app::Protocol>.values())
      check_measures(protocol, seed.result);
  } catch (const Error&) {
  }
  return 0;
}
