#include "compare/choices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/pictures.hpp"
#include "files.hpp"
#include "parse_json.hpp"
#include "path_metrics.hpp"
#include "printable.hpp"
#include "ranking.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;

/// A measure of a path, as a loss: 0 is best.
struct Loss {
  const char* measure;
  double (*of)(const PathScores& scores);
};
constexpr std::array losses = {
    Loss{"length", [](const PathScores& s) { return s.length; }},
    Loss{"step_max_over_mean", [](const PathScores& s) { return s.step_max_over_mean; }},
    Loss{"flat_share", [](const PathScores& s) { return std::max(0.0, 1 - s.flat_share); }},
    Loss{"entropy", [](const PathScores& s) { return std::abs(std::log(s.entropy)); }},
    Loss{"ghost", [](const PathScores& s) { return s.ghost; }},
    Loss{"monotone", [](const PathScores& s) { return 1 - s.monotone; }},
    Loss{"contrast", [](const PathScores& s) { return std::max(0.0, 1 - s.contrast); }},
    Loss{"permanence", [](const PathScores& s) { return 1 - s.permanence; }},
    Loss{"popped", [](const PathScores& s) { return s.popped; }}};

constexpr std::size_t least_frames = 3;

PathScores scores_of_walk(const fs::path& walk) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(walk)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("frame_") && name.ends_with(".png")) files.push_back(entry.path());
  }
  if (files.size() < least_frames)
    throw Error(fmt::format("{}: {} frames (frame_*.png); expected at least {}, to judge the path",
                            shown(walk), files.size(), least_frames));
  std::ranges::sort(files);
  std::vector<Image> frames;
  frames.reserve(files.size());
  for (const fs::path& file : files) frames.push_back(read_png(file));
  for (const Image& frame : frames)
    if (frame.size() != frames.front().size() || frame.channels != frames.front().channels)
      throw Error(
          fmt::format("{}: its frames are not all alike in size and transparency", shown(walk)));
  return score_path(frames);
}

[[noreturn]] void refuse_choices(const fs::path& file, const std::string& reason) {
  throw Error(fmt::format("{}: {}; expected choices that the page of this comparison saved",
                          shown(file), reason));
}

/// Adds the choices of one file.
void add_votes(std::vector<Votes>& votes, const PathComparison& comparison, const fs::path& file) {
  const json saved = parse_json(read_file(file), shown(file));
  const auto text = [&](const json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end() || !found->is_string())
      refuse_choices(file, fmt::format("no \"{}\" where one should be", key));
    return found->get<std::string>();
  };
  if (const std::string id = text(saved, "comparison"); id != comparison.id)
    refuse_choices(file, fmt::format("it is of comparison {}, and this one is {}", printable(id),
                                     comparison.id));
  const auto choices = saved.find("choices");
  if (choices == saved.end() || !choices->is_array())
    refuse_choices(file, "it has no list of choices");
  std::set<std::string> seen;
  for (const json& choice : *choices) {
    const std::string pair = text(choice, "pair"), better = text(choice, "better");
    const auto of_pair = std::ranges::find(votes, pair, &Votes::pair);
    if (of_pair == votes.end())
      refuse_choices(file, fmt::format("there is no pair {}", printable(pair)));
    if (!seen.insert(pair).second) refuse_choices(file, fmt::format("{} is in it twice", pair));
    if (better == "a")
      ++of_pair->a;
    else if (better == "b")
      ++of_pair->b;
    else if (better == "equal")
      ++of_pair->equal;
    else
      refuse_choices(file,
                     fmt::format("\"better\" is {}, and not a, b or equal", printable(better)));
  }
}

/// The share of votes for A beyond those for B, in [-1, 1].
double lead_of_a(const Votes& votes) {
  const auto count = [](std::size_t number) { return static_cast<double>(number); };
  const double all = count(votes.a + votes.b + votes.equal);
  return all > 0 ? (count(votes.a) - count(votes.b)) / all : 0;
}

Agreement agreement(const Loss& loss, const std::vector<Votes>& votes,
                    const std::vector<std::pair<PathScores, PathScores>>& scores) {
  Agreement found{.measure = loss.measure};
  std::vector<double> of_people, of_measure;
  for (std::size_t k = 0; k < votes.size(); ++k) {
    const double people = lead_of_a(votes[k]),
                 measure = loss.of(scores[k].second) - loss.of(scores[k].first);
    of_people.push_back(people);
    of_measure.push_back(measure);
    if (people == 0 || measure == 0) continue;
    ++found.decided;
    if ((people > 0) == (measure > 0)) ++found.alike;
  }
  found.rank_correlation = rank_correlation(of_people, of_measure);
  return found;
}

}  // namespace

ChoiceSummary summarize_choices(const PathComparison& comparison,
                                const std::vector<fs::path>& files) {
  ChoiceSummary summary{.people = files.size(), .votes = {}, .measures = {}};
  for (const ComparedPair& pair : comparison.pairs) summary.votes.push_back({.pair = pair.name});
  for (const fs::path& file : files) add_votes(summary.votes, comparison, file);
  std::vector<std::pair<PathScores, PathScores>> scores;
  for (const ComparedPair& pair : comparison.pairs)
    scores.emplace_back(scores_of_walk(pair.a), scores_of_walk(pair.b));
  for (const Loss& loss : losses)
    summary.measures.push_back(agreement(loss, summary.votes, scores));
  return summary;
}

ordered_json to_json(const PathComparison& comparison, const ChoiceSummary& summary) {
  ordered_json object = {{"comparison", comparison.id},    {"a", shown(comparison.a)},
                         {"b", shown(comparison.b)},       {"people", summary.people},
                         {"pairs", ordered_json::array()}, {"measures", ordered_json::array()}};
  for (const Votes& votes : summary.votes)
    object["pairs"].push_back(
        {{"pair", votes.pair}, {"a", votes.a}, {"b", votes.b}, {"equal", votes.equal}});
  for (const Agreement& each : summary.measures)
    object["measures"].push_back({{"measure", each.measure},
                                  {"rank_correlation", each.rank_correlation},
                                  {"alike", each.alike},
                                  {"decided", each.decided}});
  return object;
}

void print_choices(const PathComparison& comparison, const ChoiceSummary& summary) {
  std::size_t width = 4;
  Votes all{.pair = "all"};
  for (const Votes& votes : summary.votes) {
    width = std::max(width, votes.pair.size());
    all.a += votes.a;
    all.b += votes.b;
    all.equal += votes.equal;
  }
  fmt::print("A: {}, B: {}; choices of {}\n\n{:<{}} {:>6} {:>6} {:>14}\n", shown(comparison.a),
             shown(comparison.b), summary.people, "pair", width, "A", "B", "no difference");
  const auto print = [&](const Votes& votes) {
    fmt::print("{:<{}} {:>6} {:>6} {:>14}\n", votes.pair, width, votes.a, votes.b, votes.equal);
  };
  for (const Votes& votes : summary.votes) print(votes);
  print(all);
  fmt::print("\nWhat measures of the same paths say (docs/measures.md):\n{:<20} {:>17} {:>14}\n",
             "measure", "rank correlation", "decides alike");
  for (const Agreement& each : summary.measures)
    fmt::print("{:<20} {:>17.2f} {:>14}\n", each.measure, each.rank_correlation,
               fmt::format("{} of {}", each.alike, each.decided));
}

}  // namespace chorus::app
