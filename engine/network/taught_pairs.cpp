#include "taught_pairs.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "parse_json.hpp"

namespace chorus {

namespace {

using nlohmann::json;

constexpr std::uint64_t most_frames = 1024;

std::vector<TaughtPairs::Pair> pairs_from(const json& list, std::size_t images) {
  const auto is_image = [&](const json& number) {
    return number.is_number_unsigned() && number.get<std::uint64_t>() < images;
  };
  std::vector<TaughtPairs::Pair> pairs;
  pairs.reserve(list.size());
  for (const json& entry : list) {
    if (!entry.is_array() || entry.size() != 2 || !is_image(entry[0]) || !is_image(entry[1]) ||
        entry[0] == entry[1])
      throw Error(formatted("paths has the pair {}; expected two images, as numbers below {}",
                            entry.dump(), images));
    pairs.push_back(entry.get<TaughtPairs::Pair>());
  }
  return pairs;
}

}  // namespace

std::string taught_pairs_text(const TaughtPairs& pairs) {
  return json{{"frames", pairs.frames}, {"trained", pairs.trained}, {"held_out", pairs.held_out}}
      .dump();
}

TaughtPairs parse_taught_pairs(const std::string& text, std::size_t images) {
  const json object = parse_json(text, "paths");
  const json& frames = object.at("frames");
  if (!frames.is_number_unsigned() || frames.get<std::uint64_t>() < 1 ||
      frames.get<std::uint64_t>() > most_frames)
    throw Error(formatted("frames is {}; expected 1 to {}", frames.dump(), most_frames));
  return {pairs_from(object.at("trained"), images), pairs_from(object.at("held_out"), images),
          frames.get<std::size_t>()};
}

}  // namespace chorus
