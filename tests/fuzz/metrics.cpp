// Metrics lines (MODEL.metrics.jsonl): what a resumed training keeps of them, and the report's
// curves, whose page no text may break out of.
#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "fuzzing.hpp"
#include "report/page.hpp"
#include "training/run_log.hpp"

namespace {

using namespace chorus;

void check_page(const std::vector<nlohmann::json>& lines) {
  nlohmann::ordered_json data = {{"curves", app::training_curves(lines)}};
  for (const nlohmann::json& line : lines)
    if (line.contains("run")) data["run"] = line["run"];
  const std::string page = app::report_page(data);
  const std::size_t opened = page.find("<script type=\"application/json\"");
  const std::size_t closed = page.find("</script>", opened);
  fuzz::require(opened != std::string::npos && closed != std::string::npos);
  fuzz::require(page.find('<', page.find('>', opened)) == closed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::text_of(data, size));
  const std::vector<nlohmann::json> lines = app::read_metrics(file.path());
  for (const nlohmann::json& line : lines) (void)app::step_of(line);
  try {
    check_page(lines);
  } catch (const Error&) {
  }
  return 0;
}
