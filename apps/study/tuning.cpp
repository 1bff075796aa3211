#include "study/tuning.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "study/sizing.hpp"

namespace chorus::app {

namespace {

constexpr double validation_fraction = 0.2;
constexpr std::size_t most_separate_images = 12;
constexpr int most_halvings = 3;  ///< of the rate, or doublings

using Change = std::function<void(TrainOptions&)>;

class Tuning {
 public:
  Tuning(Session& session, const Trial& trial, const StudyImages& images, std::size_t numbers)
      : session_(session), trial_(trial), images_(images), numbers_(numbers) {
    trial_.validation = validation_fraction;
    if (!trial_.separate || images.training.size() <= most_separate_images) return;
    std::vector<std::size_t> first(most_separate_images);
    std::iota(first.begin(), first.end(), std::size_t{0});
    images_ = chosen_images(images, first);
  }

  std::optional<Tuned> run() {
    attempt(trial_.train, [](TrainOptions&) {});
    if (!trial_.separate)
      attempt_from_best([](TrainOptions& o) {
        o.network.latent = std::max<std::size_t>(1, o.network.latent / 4);
      });
    for (const std::size_t depth : {1, 2, 3})
      if (depth != trial_.train.network.hidden_layers)
        attempt_from_best([depth](TrainOptions& o) { o.network.hidden_layers = depth; });
    // A best rate at the end of those tried would say that neither kind was tuned.
    for (const float factor : {2.0F, 0.5F}) {
      int helped = 0;
      while (helped < most_halvings &&
             attempt_from_best([=](TrainOptions& o) { o.training.rates.base *= factor; }))
        ++helped;
      if (helped > 0) break;  // then the other direction was tried already
    }
    return best_;
  }

 private:
  /// Returns whether it is better.
  bool attempt_from_best(const Change& change) {
    // Without a best one, the first attempt was too large, and this one may not be.
    return attempt(best_ ? best_->train : trial_.train, change);
  }

  bool attempt(const TrainOptions& from, const Change& change) {
    Trial trial = trial_;
    trial.train = from;
    change(trial.train);
    const std::optional<SirenConfig> network =
        trial.separate ? widest_separate(trial.train.network, numbers_)
                       : widest_joint(trial.train.network, images_.training.size(), numbers_);
    if (!network) return false;
    trial.train.network = *network;
    const double db = held_out_db(run_trial(session_, trial, images_, false));
    ++tries_;
    const bool is_better = !best_ || db > best_->validation_db;
    if (is_better) best_ = Tuned{trial.train, db, 0};
    best_->tries = tries_;
    return is_better;
  }

  Session& session_;
  Trial trial_;
  StudyImages images_;
  std::size_t numbers_, tries_ = 0;
  std::optional<Tuned> best_;
};

}  // namespace

std::optional<Tuned> tuned(Session& session, const Trial& trial, const StudyImages& images,
                           std::size_t numbers) {
  return Tuning(session, trial, images, numbers).run();
}

}  // namespace chorus::app
