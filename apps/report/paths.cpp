#include "report/paths.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "evaluation/pair_study.hpp"
#include "evaluation/path_evaluation.hpp"
#include "printable.hpp"
#include "report/page.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t walked_pairs = 3;  ///< of the most similar ones and of the random ones
constexpr std::size_t walk_frames = 25;  ///< every third one stands in the strip
constexpr std::size_t walk_px = 128;

ordered_json frames_of(Path& path, PixelSize size, std::size_t supersample) {
  ordered_json frames = ordered_json::array();
  for (std::size_t k = 0; k < walk_frames; ++k) {
    const double t = static_cast<double>(k) / static_cast<double>(walk_frames - 1);
    frames.push_back(data_url(path.frame(t, {size, supersample})));
  }
  return frames;
}

/// The frames of the first few paths of a group.
class Walks {
 public:
  explicit Walks(const Model& model) : model_(model), walks_(walked_pairs) {}

  PathVisitor visitor() {
    return [this](std::size_t place, const ImagePair& pair, Path& path) {
      if (place >= walked_pairs) return;
      const EncodedImage& first = model_.images[pair.a];
      walks_[place] = {{"a", first.name},
                       {"b", model_.images[pair.b].name},
                       {"frames", frames_of(path, scaled_size(first, walk_px),
                                            supersample_for(model_, pair.a, walk_px, 0))}};
    };
  }
  ordered_json to_json() const {
    ordered_json list = ordered_json::array();
    for (const ordered_json& walk : walks_)
      if (!walk.is_null()) list.push_back(walk);
    return list;
  }

 private:
  const Model& model_;
  std::vector<ordered_json> walks_;
};

/// Those that are there, of each kind of path.
ordered_json studies(Session& session, const Model& model, const EvaluateOptions& options) {
  ordered_json list = ordered_json::array();
  for (const PathKind kind : {PathKind::morph, PathKind::linear, PathKind::spherical})
    if (const auto study = stored_study(session, model, options.model, kind))
      list.push_back(to_json(*study));
  return list;
}

}  // namespace

ordered_json path_section(Session& session, const Model& model, const TrainingImages& truth,
                          const EvaluateOptions& options) {
  if (model.images.size() < 2) return ordered_json::object();
  Walks similar(model), random(model);
  const PathEvaluation evaluation =
      evaluate_paths(session, model, truth, options, similar.visitor(), random.visitor());
  return {{"paths", to_json(model, evaluation)},
          {"walks", {{"similar", similar.to_json()}, {"random", random.to_json()}}},
          {"studies", studies(session, model, options)},
          {"study_command", fmt::format("chorus pairs {} --study", shown(options.model))}};
}

}  // namespace chorus::app
