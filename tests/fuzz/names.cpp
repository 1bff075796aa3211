// Names of images, which come from the names of files: printed, written as JSON (known_truth.json
// has them), and taken apart by their form NAME.KIND.a, by which known middles are found.
#include <nlohmann/json.hpp>

#include "fuzzing.hpp"
#include "known_truth.hpp"
#include "layout.hpp"
#include "printable.hpp"

using namespace chorus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  const std::string clean = printable(text);
  fuzz::require(printable(clean) == clean);
  fuzz::require(nlohmann::json(clean).dump().size() >= clean.size());  // throws if it is not UTF-8

  (void)parse_known_end(text);
  const std::string name = image_name(text, {48, 32}).name;
  if (name.empty()) return 0;
  const KnownPair pair = {name, std::string(known_kinds.front()), {}, {}};
  const std::optional<KnownEnd> end = parse_known_end(pair.name() + ".a");
  fuzz::require(end && end->middle == pair.name() && end->kind == pair.kind &&
                end->other == pair.name() + ".b");
  return 0;
}
