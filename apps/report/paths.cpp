#include "report/paths.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "evaluation/pair_study.hpp"
#include "evaluation/path_evaluation.hpp"
#include "path_names.hpp"
#include "printable.hpp"
#include "report/page.hpp"
#include "support/data_url.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t walked_pairs = 3;  ///< for each group: the most similar and the random pairs
constexpr std::size_t walk_frames = 25;  ///< the strip shows every third one
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

/// The existing studies, one for each kind of path.
ordered_json studies(Session& session, const Model& model,
                     const std::filesystem::path& model_file) {
  ordered_json list = ordered_json::array();
  for (const PathKind kind : enum_names<PathKind>.values())
    if (const auto study = stored_study(session, model, model_file, kind))
      list.push_back(to_json(*study));
  return list;
}

}  // namespace

ordered_json path_section(Session& session, const Model& model,
                          const std::filesystem::path& model_file, const TestData& data) {
  if (model.images.size() < 2) return ordered_json::object();
  Walks similar(model), random(model);
  const PathEvaluation evaluation =
      evaluate_paths(session, model, data, {}, {similar.visitor(), random.visitor(), true});
  return {{"paths", to_json(model, evaluation)},
          {"walks", {{"similar", similar.to_json()}, {"random", random.to_json()}}},
          {"studies", studies(session, model, model_file)},
          {"study_command", fmt::format("chorus pairs {} --study", shown(model_file))}};
}

}  // namespace chorus::app
