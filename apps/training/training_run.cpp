#include "training/training_run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "chorus/version.hpp"
#include "evaluation/evaluation.hpp"
#include "files.hpp"
#include "model_file.hpp"
#include "printable.hpp"
#include "shared_model.hpp"
#include "support/interrupt.hpp"
#include "support/model_output.hpp"
#include "support/processes.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"
#include "training/budget.hpp"
#include "training/extension.hpp"
#include "training/outputs.hpp"
#include "training/run_log.hpp"
#include "training/start.hpp"
#include "training/teaching.hpp"
#include "training/tracking.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;

constexpr std::size_t tracked_images = 12;          ///< decoded now and then during the training
constexpr std::size_t most_evaluated_images = 500;  ///< decoded at the end
/// A limit on their pixels, because decoding large images would take longer than the training.
constexpr std::size_t tracked_pixels = std::size_t{1} << 22,
                      most_evaluated_pixels = tracked_pixels << 4;
/// At most so many pixels are inpainted before the first step, at 0.1 ms a pixel.
constexpr std::size_t most_inpainted_pixels = std::size_t{1} << 18;
constexpr double most_drawing = 0.25;      ///< fraction of a training by time, unless asked for
constexpr double tracking_interval = 0.1;  ///< fraction of the training

Limit limit_of(const TrainOptions& options, std::size_t pixels, std::size_t pixels_per_step) {
  if (options.steps) return {Limit::Kind::steps, static_cast<double>(*options.steps)};
  if (options.seconds) return {Limit::Kind::seconds, *options.seconds};
  const double steps = options.epochs.value_or(0) * static_cast<double>(pixels) /
                       static_cast<double>(pixels_per_step);
  return {Limit::Kind::steps, std::max(1.0, std::ceil(steps))};
}

/// The description of a training that a report shows.
json run_description(const TrainOptions& options, const Session& session,
                     const TrainingState& state, const Model& model) {
  const std::time_t now = std::time(nullptr);
  return {{"program", "chorus " CHORUS_VERSION},
          {"started", fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(now))},
          {"machine", machine_description()},
          {"backend", session.backend->name()},
          {"backend_description", session.backend->description()},
          {"network_path", name(session.backend->network_path())},
          {"data", printable(std::filesystem::absolute(options.data).lexically_normal().string())},
          {"processes", processes()->size()},
          {"background", model.background ? json(*model.background) : json()},
          {"images", model.images.size()},
          {"hold_out_pixels", model.split.pixels},
          {"hold_out_images", model.split.images},
          {"training", to_json(state)}};
}

/// What all processes go by in the loop over the steps: the clocks of process 0, and signals that
/// any of them received.
struct Moment {
  double elapsed_s = 0;
  bool is_report_due = false, is_checkpoint_due = false, is_interrupted = false;
};

class TrainingRun {
 public:
  TrainingRun(const TrainOptions& options, const std::function<Start(Session&)>& make_start)
      : options_(options),
        session_(options.backend, options.profile),
        start_(make_start(session_)),
        pixels_(gathered_by_all(*processes(), pixels_of(images_))),
        trainer_(session_.memory, model_, images_, state_.config, processes()),
        renderer_(session_.memory, model_),
        teaching_(images_, model_) {
    gather_model();
    if (!options.track.empty())
      in_first([&] {
        tracker_.emplace(session_, whole_model_or_own(), options.track, options.background,
                         ImageBudget{tracked_images, tracked_pixels},
                         ImageBudget{most_evaluated_images, most_evaluated_pixels});
      });
    if (start_.file) {
      together([&] {
        trainer_.load_state(*start_.file, shown(state_file(options.model)));
        teaching_.load(*start_.file, shown(state_file(options.model)));
      });
      teach();
    } else {
      state_.limit = limit_of(options, all_pixels(), trainer_.pixels_per_step());
    }
    start_.file.reset();
    resumed_step_ = trainer_.steps();
    if (progress() >= 1 && model_is_written())
      throw SharedError(fmt::format(
          "{}: this training is complete ({} steps); nothing to resume, but --steps or --seconds "
          "beyond that make it longer",
          shown(state_file(options.model)), trainer_.steps()));
  }

  void run() {
    catch_interrupts();
    in_first([&] {
      lock_.emplace(options_.model);
      log_.emplace(metrics_of(options_));
      check_outputs(options_);  // another training may have ended since
    });
    announce();
    choose_path();
    if (progress() < 1) go_on_with(session_, state_);
    save_first_state();
    in_first([&] { log_->begin(resumed_step_); });
    describe_run();
    began_ = last_checkpoint_ = last_report_ = Clock::now();
    last_steps_ = trainer_.steps();
    draw_paths();
    look_around();
    double next_tracking = progress() + tracking_interval;
    while (progress() < 1 && !moment_.is_interrupted) {
      if (draws_now() && !draw_images()) break;
      step();
      if (moment_.is_report_due) report();
      if (progress() >= next_tracking && progress() < 1) {
        track(tracked_images, tracked_pixels, false);
        next_tracking += tracking_interval;
      }
      if (moment_.is_checkpoint_due) checkpoint();
      look_around();
    }
    report();
    save();
    if (moment_.is_interrupted) throw SharedError(stopped_message());
    track(most_evaluated_images, most_evaluated_pixels, true);
    if (tracker_) print_resolutions();
    bar_.print(fmt::format("Model: {}", shown(options_.model)));
    if (const auto budget = model_.notes.find(budget_note); budget != model_.notes.end())
      bar_.print(
          fmt::format("In at most {} bytes: chorus export {} --tune 1000 -o FILE.safetensors",
                      printable(budget->second), shown(options_.model)));
    if (session_.profiler && prints())
      print_profile(session_.profiler->profile(), trainer_.steps() - resumed_step_);
  }

 private:
  void step() {
    if (session_.profiler) session_.profiler->start();
    trainer_.step(schedule_progress());
    if (session_.profiler) session_.profiler->stop();
  }

  bool draws_now() const {
    return !teaching_.is_drawn() && schedule_progress() >= state_.config.taught.from;
  }

  /// Makes the drawings that teach from now on. Returns false if a signal interrupts it.
  bool draw_images() {
    const auto before = Clock::now();
    const std::size_t images = pixels_.size();
    const bool is_limited = !options_.taught_from && state_.limit.kind == Limit::Kind::seconds;
    const double most_seconds =
        is_limited ? most_drawing * state_.limit.amount : std::numeric_limits<double>::infinity();
    const Teaching::Outcome outcome = teaching_.draw(renderer_, session_.threads, most_seconds);
    if (outcome == Teaching::Outcome::interrupted) {
      moment_.is_interrupted = true;
      return false;
    }
    if (outcome == Teaching::Outcome::too_slow)
      bar_.print(
          fmt::format("{:7.1f} s  step {:7}  no drawings: they would take more than {:.0f} s",
                      elapsed_s(), trainer_.steps(), most_seconds));
    else
      bar_.print(fmt::format("{:7.1f} s  step {:7}  {} of {} images are drawn, in {:.1f} s",
                             elapsed_s(), trainer_.steps(), teaching_.drawings(), images,
                             seconds_since(before)));
    teach();
    return true;
  }

  /// Draws the frames of the paths that are taught, if there are any.
  void draw_paths() {
    const std::size_t per_step = state_.config.paths.frames_per_step;
    if (model_.paths.trained.empty() || per_step == 0) return;
    const auto before = Clock::now();
    const std::vector<PathFrame> frames = path_frames(
        images_, model_.paths, session_.threads, [] { return interrupted(); },
        show_fraction("paths drawn"));
    if (interrupted()) return;  // before the first step
    trainer_.teach_paths(frames);
    bar_.print(fmt::format("{} paths are taught, {} held out; {} frames in {:.1f} s, {} per step",
                           model_.paths.trained.size(), model_.paths.held_out.size(), frames.size(),
                           seconds_since(before), std::min(per_step, frames.size())));
  }

  void teach() {
    if (teaching_.drawings() == 0) return;
    if (const std::vector<NamedImage> pictures = teaching_.pictures(); !pictures.empty())
      trainer_.teach(pictures);
  }

  /// Brings the model of all images to process 0, if several processes share the training.
  void gather_model() {
    if (processes()->size() > 1) whole_ = whole_model(session_.memory, model_, *processes());
  }
  /// As it was gathered last.
  const Model& whole_model_or_own() const { return whole_ ? *whole_ : model_; }

  std::size_t all_pixels() const {
    return std::accumulate(pixels_.begin(), pixels_.end(), std::size_t{0});
  }

  /// Some of all images, in process 0. The model must have been gathered.
  Collection gathered_images(const std::vector<std::size_t>& numbers) const {
    std::vector<float> own;
    for (const std::size_t i : own_of(numbers))
      own.insert(own.end(), images_[i].image.values.begin(), images_[i].image.values.end());
    const std::vector<float> all = gathered(*processes(), own);
    Collection images;
    if (!prints()) return images;
    const std::size_t channels = model_.siren.config().channels;
    auto values = all.begin();
    for (const std::size_t i : numbers) {
      const EncodedImage& encoded = whole_model_or_own().images[i];
      const auto end = values + static_cast<std::ptrdiff_t>(pixels_[i] * channels);
      images.push_back({encoded.name, Image(encoded.size(), channels)});
      images.back().image.values.assign(values, end);
      values = end;
    }
    return images;
  }

  /// The numbers among the own images of those that belong to this process.
  std::vector<std::size_t> own_of(const std::vector<std::size_t>& numbers) const {
    const std::size_t first = model_.split.first_image;
    std::vector<std::size_t> own;
    for (const std::size_t i : numbers)
      if (i >= first && i < first + images_.size()) own.push_back(i - first);
    return own;
  }

  /// Whether the model file belongs to the state. If the program is stopped between writing the
  /// two, there is an older model, or none.
  bool model_is_written() const {
    bool is_written = false;
    try {
      is_written =
          prints() && read_safetensors(options_.model) == to_tensor_file(whole_model_or_own());
    } catch (const Error&) {
    }
    return from_first(*processes(), is_written);
  }

  void look_around() {
    const Moment own{clock_s(), bar_.due(),
                     seconds_since(last_checkpoint_) >= options_.checkpoint_seconds, interrupted()};
    const std::vector<Moment> all = all_of(*processes(), own);
    moment_ = all.front();
    moment_.is_interrupted = std::ranges::any_of(all, &Moment::is_interrupted);
  }

  double clock_s() const {
    const double running_s = began_ == Clock::time_point{} ? 0 : seconds_since(began_);
    return state_.elapsed_s + running_s - tracking_s_;
  }

  /// The time of the training. Processes that share it must agree on what depends on it.
  double elapsed_s() const {
    return processes()->size() > 1 && began_ != Clock::time_point{} ? moment_.elapsed_s : clock_s();
  }

  double progress() const {
    return fraction_done(state_, static_cast<double>(trainer_.steps()), elapsed_s());
  }

  /// The schedule follows the fraction of the steps. By the clock its end would begin too late,
  /// because the steps there are slower.
  double schedule_progress() const {
    const double left_out = state_.start.progress;
    if (state_.limit.kind == Limit::Kind::steps) return left_out + (1 - left_out) * progress();
    const double time_left_out = left_out > 0 ? time_of_steps(trainer_, left_out) : 0;
    return trainer_.fraction_of_steps(time_left_out + (1 - time_left_out) * progress());
  }

  void announce() {
    const Communicator& all = *processes();
    bar_.print(fmt::format(
        "{} images, {} pixels; backend {} ({}{}); {} pixels per step; head {}", pixels_.size(),
        all_pixels(), session_.backend->name(), session_.backend->description(),
        all.size() == 1 ? ""
                        : fmt::format("; {} processes, {} workers, {}", all.size(),
                                      session_.all_workers, all.description()),
        trainer_.pixels_per_step(), describe_head(model_.siren.config())));
  }

  /// Lets a GPU try both ways to compute the sine layers, unless one was asked for. A training that
  /// is resumed goes on as it began.
  void choose_path() {
    Backend& backend = *session_.backend;
    if (resumed_step_ > 0 && backend.network_path() == NetworkPath::measured)
      if (const auto path = path_before(state_)) backend.set_network_path(*path);
    if (const auto choice = measured_path(session_, model_.siren, trainer_))
      bar_.print(fmt::format("Sine layers in {}: {:.0f} us a tile, layer by layer {:.0f} us",
                             choice->path == NetworkPath::network ? "one kernel" : "turn",
                             choice->network_s * 1e6, choice->layers_s * 1e6));
    // The other processes go the way of the first one, since another way has other bits.
    if (processes()->size() > 1)
      backend.set_network_path(from_first(*processes(), backend.network_path()));
    if (resumed_step_ == 0) state_.computed_on = computed_on(session_);
  }

  /// Writes the first lines of the log: how the run was started, and the baselines of its curves.
  void describe_run() {
    // Choosing images to inpaint and bringing them to process 0 is work of all.
    std::optional<Collection> to_inpaint;
    if (model_.split.pixels > 0)
      to_inpaint = gathered_images(spread_within(pixels_, {tracked_images, most_inpainted_pixels}));
    in_first([&] {
      if (resumed_step_ == 0)
        log_->add({{"step", 0},
                   {"run", run_description(options_, session_, state_, whole_model_or_own())}});
      json baselines = json::object();
      if (tracker_) {
        for (const std::string& note : tracker_->notes()) bar_.print(note);
        baselines["sizes"] = baselines_by_size(tracker_->score(false, true));
      }
      if (to_inpaint)
        if (json held_out = inpainting_baselines(*to_inpaint); !held_out.empty())
          baselines["held_out"] = std::move(held_out);
      if (!baselines.empty())
        log_->add({{"step", resumed_step_},
                   {"images", std::min(tracked_images, pixels_.size())},
                   {"baselines", std::move(baselines)}});
    });
  }

  json inpainting_baselines(const Collection& subset) {
    const Model& model = whole_model_or_own();
    const TrainingImages none(model);
    Scorer scorer(session_, model, &none, 0);
    const std::size_t wanted = std::min(tracked_images, pixels_.size());
    if (subset.size() < wanted)
      bar_.print(
          fmt::format("{} images are inpainted to compare with: {} would have more than {} "
                      "pixels; `chorus evaluate` compares all",
                      subset.empty() ? "No" : fmt::format("Only {}", subset.size()), wanted,
                      most_inpainted_pixels));
    if (subset.empty()) return {};
    scorer.add(subset);
    const SizeScores scores = at_training_sizes(scorer.result());
    return baselines_to_json(scores.network, scores.inpainting, Where::held_out);
  }

  /// Reports the rate, the quality on the pixels sampled since the last report, and the remaining
  /// time.
  void report() {
    const double seconds = seconds_since(last_report_);
    const std::uint64_t steps = trainer_.steps() - last_steps_;
    if (steps == 0) return;
    const double rate = static_cast<double>(steps * trainer_.pixels_per_step()) / seconds;
    const double error = trainer_.take_error();
    if (!std::isfinite(error)) throw SharedError(diverged_message());
    const double psnr = psnr_db(error);
    const double scheduled_s = elapsed_s() - state_.start.seconds;
    const double left = scheduled_s * (1 - progress()) / std::max(progress(), 1e-9);
    bar_.show(progress(), fmt::format("step {}  {:.3f} Mpixel/s  sampled PSNR {:.2f} dB  {} left",
                                      trainer_.steps(), rate * 1e-6, psnr, format_duration(left)));
    if (log_)
      log_->add({{"step", trainer_.steps()},
                 {"seconds", elapsed_s()},
                 {"progress", progress()},
                 {"mpixel_per_s", rate * 1e-6},
                 {"psnr_sampled", psnr}});
    last_report_ = Clock::now();
    last_steps_ = trainer_.steps();
  }

  ImageScore decoded_score(std::size_t image) {
    try {
      return score_image(renderer_, model_, image, images_[image].image, model_.samples_per_axis);
    } catch (const Error&) {  // colours that are not finite numbers
      throw Error(diverged_message());
    }
  }

  /// The scores of some of all images, decoded by the processes that have them, in process 0.
  MethodScores decoded_scores(const std::vector<std::size_t>& numbers) {
    struct Numbers {
      double mse, psnr_db, ssim;
      std::optional<double> alpha_mse;
      PixelScores kept, held_out;
    };
    const std::vector<Numbers> own = together([&] {
      std::vector<Numbers> scores;
      for (const std::size_t i : own_of(numbers)) {
        const ImageScore score = decoded_score(i);
        scores.push_back(
            {score.mse, score.psnr_db, score.ssim, score.alpha_mse, score.kept, score.held_out});
      }
      return scores;
    });
    MethodScores scores;
    for (const Numbers& each : gathered(*processes(), own))
      scores.images.push_back(
          {"", each.mse, each.psnr_db, each.ssim, each.alpha_mse, each.kept, each.held_out});
    return scores;
  }

  /// Evaluates decoded images.
  void track(std::size_t wanted, std::size_t most_pixels, bool at_end) {
    const std::vector<std::size_t> chosen = spread_within(pixels_, {wanted, most_pixels});
    const std::size_t count = chosen.size();
    if (count < std::min(wanted, pixels_.size()) && !std::exchange(said_fewer_, true))
      bar_.print(fmt::format(
          "{} images are decoded to follow the training: {} would have more than {} pixels",
          count == 0 ? "No" : fmt::format("Only {}", count), std::min(wanted, pixels_.size()),
          most_pixels));
    if (count == 0) return;
    const MethodScores scores = decoded_scores(chosen);
    if (!options_.track.empty()) gather_model();
    in_first([&] { report_tracking(scores, at_end); });
  }

  void report_tracking(const MethodScores& scores, bool at_end) {
    const std::size_t count = scores.images.size();
    const PsnrSummary psnr = scores.psnr();
    const std::optional<HeldOutScores> held_out = held_out_scores(scores.images);
    bar_.print(fmt::format(
        "{:7.1f} s  step {:7}  PSNR of {} decoded images: mean {:.2f} dB, "
        "pooled {:.2f} dB{}",
        elapsed_s(), trainer_.steps(), count, psnr.mean_db, psnr.pooled_db,
        held_out ? fmt::format("; held-out pixels {:.2f} dB", held_out->held_out.pooled_db) : ""));
    json line = {{"step", trainer_.steps()},       {"seconds", elapsed_s()},
                 {"progress", progress()},         {"images", count},
                 {"psnr_mean", psnr.mean_db},      {"psnr_pooled", psnr.pooled_db},
                 {"ssim_mean", scores.ssim_mean()}};
    if (held_out) line["held_out"] = to_json(*held_out);
    if (tracker_) add_resolutions(line, at_end);
    log_->add(line);
  }

  /// Evaluates other sizes. This does not count as training time, so that tracking does not change
  /// the training.
  void add_resolutions(json& line, bool at_end) {
    const auto before = Clock::now();
    const ScoresBySize scores = tracker_->score(at_end, at_end);
    line["sizes"] = network_by_size(scores);
    if (at_end) line["baselines"] = {{"sizes", baselines_by_size(scores)}};
    tracking_s_ += seconds_since(before);
    last_sizes_ = line["sizes"];
  }

  void print_resolutions() {
    for (const auto& [size, scores] : last_sizes_.items())
      bar_.print(fmt::format("  at {:>4} px: {:.2f} dB mean, {:.2f} dB pooled, SSIM {:.4f}", size,
                             scores["psnr_mean"].get<double>(), scores["psnr_pooled"].get<double>(),
                             scores["ssim_mean"].get<double>()));
  }

  /// What the state holds beyond the model, in process 0, where the model is gathered, too.
  TensorFile gathered_state() {
    model_.notes["steps"] = std::to_string(trainer_.steps());
    gather_model();
    TensorFile file;
    trainer_.save_state(file);
    teaching_.save(file);
    return file;
  }

  void write_state_file(TensorFile file) const {
    TensorFile model = to_tensor_file(whole_model_or_own());
    file.tensors.merge(model.tensors);
    file.metadata.merge(model.metadata);
    TrainingState now = state_;
    now.elapsed_s = elapsed_s();
    write_state(file, now);
    write_safetensors(state_file(options_.model), file);
  }

  /// Finds out before the training whether its results can be written.
  void save_first_state() {
    TensorFile state = gathered_state();
    in_first([&] {
      write_state_file(std::move(state));
      std::uintmax_t bytes = 0;
      for (const auto& [name, tensor] : to_tensor_file(whole_model_or_own()).tensors)
        bytes += tensor.values.size() * sizeof(float);
      require_room(options_.model, bytes);
    });
  }

  /// Writes the state and the model, into a new folder if the old one was deleted. The model is
  /// written even if there is no room for the state, which is three times as large.
  void save() {
    TensorFile state = gathered_state();
    in_first([&] {
      std::optional<Error> failure;
      make_folder(options_.model.parent_path());
      try {
        write_state_file(std::move(state));
      } catch (const Error& error) {
        failure = error;
      }
      save_model(whole_model_or_own(), options_.model);
      if (failure) throw Error(*failure);
    });
  }

  /// Saves, or warns: a checkpoint that cannot be written now may be written later.
  void checkpoint() {
    try {
      save();
    } catch (const Error& error) {
      bar_.print(fmt::format("warning: no checkpoint: {}", error.what()));
    }
    last_checkpoint_ = Clock::now();
  }

  std::string diverged_message() const {
    return fmt::format(
        "training diverged before step {}: the loss is not a finite number; try a --learning-rate "
        "below {}",
        trainer_.steps(), state_.config.rates.base);
  }

  std::string stopped_message() const {
    return fmt::format(
        "stopped by a signal at step {} ({:.0f} %); {} is usable, and --resume continues the "
        "training",
        trainer_.steps(), 100 * progress(), shown(options_.model));
  }

  const TrainOptions& options_;
  Session session_;
  Start start_;
  const Collection& images_ = start_.images;
  Model& model_ = start_.model;
  TrainingState& state_ = start_.state;
  std::uint64_t resumed_step_ = 0;
  std::vector<std::size_t> pixels_;  ///< of each image of all processes
  std::optional<Model> whole_;       ///< in process 0, that of all images
  Trainer trainer_;
  Renderer renderer_;
  Teaching teaching_;
  std::optional<ResolutionTracker> tracker_;
  std::optional<OutputLock> lock_;
  std::optional<MetricsLog> log_;
  Progress bar_;
  Moment moment_;
  Clock::time_point began_{}, last_checkpoint_{}, last_report_{};
  double tracking_s_ = 0;  ///< time spent on the evaluation of other sizes
  json last_sizes_;        ///< the latest scores at other sizes
  std::uint64_t last_steps_ = 0;
  bool said_fewer_ = false;
};

}  // namespace

void train(const TrainOptions& options) {
  train(options, [&](Session& session) {
    return options.resume ? resumed_start(session, options) : fresh_start(session, options);
  });
}

void train(const TrainOptions& options, const std::function<Start(Session&)>& make_start) {
  in_first([&] {
    check_outputs(options);  // before the training, rather than after it
    make_folder(options.model.parent_path());
  });
  TrainingRun(options, make_start).run();
}

}  // namespace chorus::app
