#include "compare/comparison.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "chorus/error.hpp"
#include "compare/template.hpp"
#include "files.hpp"
#include "printable.hpp"
#include "support/base64.hpp"
#include "support/fingerprint.hpp"
#include "support/html_page.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* animation_file_name = "animation.png";

/// The folders with an animation, by the name of the walk.
std::map<std::string, fs::path> walks_in(const fs::path& folder) {
  std::error_code failure;
  if (!fs::is_directory(folder, failure))
    throw Error(fmt::format("{}: not a folder; expected one that `chorus interpolate` wrote",
                            shown(folder)));
  std::map<std::string, fs::path> walks;
  for (const auto& entry : fs::directory_iterator(folder))
    if (fs::is_regular_file(entry.path() / animation_file_name, failure))
      walks[entry.path().filename().string()] = entry.path();
  if (walks.empty() && fs::is_regular_file(folder / animation_file_name, failure))
    walks[""] = folder;
  if (walks.empty())
    throw Error(
        fmt::format("{}: no {} in it or in its folders; expected a folder that `chorus "
                    "interpolate` wrote",
                    shown(folder), animation_file_name));
  return walks;
}

/// What a person reads: the last part of a path, whatever the slashes behind it.
std::string label_of(const fs::path& folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  return printable((whole.has_filename() ? whole : whole.parent_path()).filename().string());
}

std::string url_of(const fs::path& walk) {
  const std::string bytes = read_file(walk / animation_file_name);
  return "data:image/png;base64," +
         base64({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

std::string id_of(const std::vector<ComparedPair>& pairs) {
  Fingerprint fingerprint;
  const auto add = [&](const std::string& text) {
    fingerprint.add(text.data(), text.size());
    fingerprint.add("", 1);
  };
  for (const ComparedPair& pair : pairs) {
    add(pair.name);
    for (const fs::path& walk : {pair.a, pair.b}) add(read_file(walk / animation_file_name));
  }
  return fingerprint.hex();
}

}  // namespace

PathComparison find_comparison(const fs::path& a, const fs::path& b) {
  PathComparison comparison{.a = a, .b = b, .pairs = {}, .id = {}, .only_in_one = {}};
  std::map<std::string, fs::path> of_a = walks_in(a), of_b = walks_in(b);
  for (const auto& [name, walk] : of_a) {
    const auto found = of_b.find(name);
    if (found == of_b.end()) {
      comparison.only_in_one.push_back(shown(walk));
      continue;
    }
    comparison.pairs.push_back(
        {name.empty() ? label_of(walk) : printable(name), walk, found->second});
    of_b.erase(found);
  }
  for (const auto& [name, walk] : of_b) comparison.only_in_one.push_back(shown(walk));
  if (comparison.pairs.empty())
    throw Error(fmt::format("{} and {} have no walk of the same name", shown(a), shown(b)));
  comparison.id = id_of(comparison.pairs);
  return comparison;
}

std::string comparison_page(const PathComparison& comparison) {
  nlohmann::ordered_json data = {
      {"a", label_of(comparison.a)}, {"b", label_of(comparison.b)}, {"comparison", comparison.id}};
  if (data["a"] == data["b"]) {
    data["a"] = shown(comparison.a);
    data["b"] = shown(comparison.b);
  }
  for (const ComparedPair& pair : comparison.pairs)
    data["pairs"].push_back({{"name", pair.name}, {"a", url_of(pair.a)}, {"b", url_of(pair.b)}});
  return filled_page(compare_template::html, compare_template::css, compare_template::js, data);
}

}  // namespace chorus::app
