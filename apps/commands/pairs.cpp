#include "pairs.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chorus/error.hpp"
#include "commands.hpp"
#include "evaluation/pair_study.hpp"
#include "printable.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Model& model, const std::vector<ImagePair>& pairs) {
  ordered_json list = ordered_json::array();
  for (const ImagePair& pair : pairs)
    list.push_back({{"a", model.images[pair.a].name},
                    {"b", model.images[pair.b].name},
                    {"distance", pair.distance}});
  return list;
}

void print_pairs(const Model& model, const std::vector<ImagePair>& pairs) {
  for (std::size_t i = 0; i < pairs.size(); ++i)
    fmt::print("{:>4}  {:>10.4f}  {} - {}\n", i + 1, pairs[i].distance,
               printable(model.images[pairs[i].a].name), printable(model.images[pairs[i].b].name));
}

PairStudy study_with_progress(Session& session, const Model& model, const PairsOptions& options) {
  if (options.json) return study_pairs(session, model, options, [](double) {});
  Progress progress;
  const Clock::time_point start = Clock::now();
  return study_pairs(session, model, options, [&](double share) {
    if (progress.due())
      progress.show(share,
                    fmt::format("paths judged in {}", format_duration(seconds_since(start))));
  });
}

}  // namespace

void pairs(const PairsOptions& options) {
  Session session(options.backend);
  const Model model = load_model(session.memory, options.model);
  if (model.images.size() < 2)
    throw Error(fmt::format("a pair needs two images; the model has {}", model.images.size()));
  const DistanceMatrix distances =
      image_distances(session.memory, model, options.measure, session.threads);
  const std::vector<ImagePair> best = closest_disjoint_pairs(distances, options.count);
  const std::vector<ImagePair> ranking = closest_pairs(distances, options.ranking);
  if (options.json) {
    ordered_json result = {{"measure", std::string(name(options.measure))},
                           {"pairs", to_json(model, best)},
                           {"ranking", to_json(model, ranking)}};
    if (options.study) result["study"] = to_json(study_with_progress(session, model, options));
    fmt::print("{}\n", result.dump(1, ' ', false, ordered_json::error_handler_t::replace));
    return;
  }
  fmt::print("The best disjoint pairs by {}, with the least sum of distances:\n",
             name(options.measure));
  print_pairs(model, best);
  if (!ranking.empty()) fmt::print("\nThe closest pairs of all:\n");
  print_pairs(model, ranking);
  if (!options.study) return;
  fmt::print("\n");
  print_study(study_with_progress(session, model, options));
}

}  // namespace chorus::app
