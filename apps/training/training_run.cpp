#include "training/training_run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "chorus/error.hpp"
#include "chorus/render.hpp"
#include "chorus/version.hpp"
#include "files.hpp"
#include "model_file.hpp"
#include "printable.hpp"
#include "support/interrupt.hpp"
#include "support/model_output.hpp"
#include "support/processes.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"
#include "training/budget.hpp"
#include "training/extension.hpp"
#include "training/outputs.hpp"
#include "training/run_clock.hpp"
#include "training/run_log.hpp"
#include "training/run_scores.hpp"
#include "training/shared_collection.hpp"
#include "training/start.hpp"
#include "training/teaching.hpp"
#include "training/training_state.hpp"

namespace chorus::app {

namespace {

using nlohmann::json;

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
        shared_(session_, images_, model_),
        trainer_(session_.memory, model_, images_, state_.config, processes()),
        renderer_(session_.memory, model_),
        teaching_(images_, model_),
        scores_(options, session_, shared_, state_.config, bar_) {
    if (start_.file) {
      together([&] {
        trainer_.load_state(*start_.file, shown(state_file(options.model)));
        teaching_.load(*start_.file, shown(state_file(options.model)));
      });
      teach();
    } else {
      state_.limit = limit_of(options, shared_.all_pixels(), trainer_.pixels_per_step());
    }
    start_.file.reset();
    resumed_step_ = trainer_.steps();
    if (clock_.progress() >= 1 && model_is_written())
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
    if (clock_.progress() < 1) go_on_with(session_, state_);
    save_first_state();
    in_first([&] { log_->begin(resumed_step_); });
    describe_run();
    clock_.begin();
    last_checkpoint_ = last_report_ = Clock::now();
    last_steps_ = trainer_.steps();
    draw_paths();
    look_around();
    double next_tracking = clock_.progress() + tracking_interval;
    while (clock_.progress() < 1 && !moment_.is_interrupted) {
      if (draws_now() && !draw_images()) break;
      step();
      if (moment_.is_report_due) report();
      if (clock_.progress() >= next_tracking && clock_.progress() < 1) {
        evaluate(false);
        next_tracking += tracking_interval;
      }
      if (moment_.is_checkpoint_due) checkpoint();
      look_around();
    }
    report();
    save();
    if (moment_.is_interrupted) throw SharedError(stopped_message());
    evaluate(true);
    scores_.print_resolutions();
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
    trainer_.step(clock_.schedule_progress());
    if (session_.profiler) session_.profiler->stop();
  }

  bool draws_now() const {
    return !teaching_.is_drawn() && clock_.schedule_progress() >= state_.config.taught.from;
  }

  /// Makes the drawings that teach from now on. Returns false if a signal interrupts it.
  bool draw_images() {
    const auto before = Clock::now();
    const std::size_t images = shared_.pixels().size();
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
                      clock_.elapsed_s(), trainer_.steps(), most_seconds));
    else
      bar_.print(fmt::format("{:7.1f} s  step {:7}  {} of {} images are drawn, in {:.1f} s",
                             clock_.elapsed_s(), trainer_.steps(), teaching_.drawings(), images,
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

  /// Whether the model file belongs to the state. If the program is stopped between writing the
  /// two, there is an older model, or none.
  bool model_is_written() const {
    bool is_written = false;
    try {
      is_written = prints() && read_safetensors(options_.model) == to_tensor_file(shared_.model());
    } catch (const Error&) {
    }
    return from_first(*processes(), is_written);
  }

  void look_around() {
    const Moment own{clock_.own_s(), bar_.due(),
                     seconds_since(last_checkpoint_) >= options_.checkpoint_seconds, interrupted()};
    const std::vector<Moment> all = all_of(*processes(), own);
    moment_ = all.front();
    clock_.agree_on(moment_.elapsed_s);
    moment_.is_interrupted = std::ranges::any_of(all, &Moment::is_interrupted);
  }

  void announce() {
    const Communicator& all = *processes();
    bar_.print(fmt::format("{} images, {} pixels; backend {} ({}{}); {} pixels per step; head {}",
                           shared_.pixels().size(), shared_.all_pixels(), session_.backend->name(),
                           session_.backend->description(),
                           all.size() == 1
                               ? ""
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
    if (log_ && resumed_step_ == 0)
      log_->add(
          {{"step", 0}, {"run", run_description(options_, session_, state_, shared_.model())}});
    if (json line = scores_.baselines(); !line.empty()) {
      line["step"] = resumed_step_;
      log_->add(line);
    }
  }

  /// Decodes images and logs what they score.
  void evaluate(bool at_end) {
    const json line =
        scores_.evaluate({trainer_.steps(), clock_.elapsed_s(), clock_.progress()}, at_end);
    if (!line.empty()) log_->add(line);
    clock_.leave_out(scores_.take_seconds());
  }

  /// Reports the rate, the quality on the pixels sampled since the last report, and the remaining
  /// time.
  void report() {
    const double seconds = seconds_since(last_report_);
    const std::uint64_t steps = trainer_.steps() - last_steps_;
    if (steps == 0) return;
    const double rate = static_cast<double>(steps * trainer_.pixels_per_step()) / seconds;
    const double error = trainer_.take_error();
    if (!std::isfinite(error)) throw SharedError(diverged_message(trainer_.steps(), state_.config));
    const double psnr = psnr_db(error);
    bar_.show(
        clock_.progress(),
        fmt::format("step {}  {:.3f} Mpixel/s  sampled PSNR {:.2f} dB  {} left", trainer_.steps(),
                    rate * 1e-6, psnr, format_duration(clock_.seconds_left())));
    if (log_)
      log_->add({{"step", trainer_.steps()},
                 {"seconds", clock_.elapsed_s()},
                 {"progress", clock_.progress()},
                 {"mpixel_per_s", rate * 1e-6},
                 {"psnr_sampled", psnr}});
    last_report_ = Clock::now();
    last_steps_ = trainer_.steps();
  }

  /// What the state holds beyond the model, in process 0, where the model is gathered, too.
  TensorFile gathered_state() {
    model_.notes["steps"] = std::to_string(trainer_.steps());
    shared_.gather_model();
    TensorFile file;
    trainer_.save_state(file);
    teaching_.save(file);
    return file;
  }

  void write_state_file(TensorFile file) const {
    TensorFile model = to_tensor_file(shared_.model());
    file.tensors.merge(model.tensors);
    file.metadata.merge(model.metadata);
    TrainingState now = state_;
    now.elapsed_s = clock_.elapsed_s();
    write_state(file, now);
    write_safetensors(state_file(options_.model), file);
  }

  /// Finds out before the training whether its results can be written.
  void save_first_state() {
    TensorFile state = gathered_state();
    in_first([&] {
      write_state_file(std::move(state));
      std::uintmax_t bytes = 0;
      for (const auto& [name, tensor] : to_tensor_file(shared_.model()).tensors)
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
      save_model(shared_.model(), options_.model);
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

  std::string stopped_message() const {
    return fmt::format(
        "stopped by a signal at step {} ({:.0f} %); {} is usable, and --resume continues the "
        "training",
        trainer_.steps(), 100 * clock_.progress(), shown(options_.model));
  }

  const TrainOptions& options_;
  Session session_;
  Start start_;
  const Collection& images_ = start_.images;
  Model& model_ = start_.model;
  TrainingState& state_ = start_.state;
  std::uint64_t resumed_step_ = 0;
  SharedCollection shared_;
  Trainer trainer_;
  Renderer renderer_;
  Teaching teaching_;
  Progress bar_;
  RunScores scores_;
  RunClock clock_{state_, trainer_};
  std::optional<OutputLock> lock_;
  std::optional<MetricsLog> log_;  ///< in process 0
  Moment moment_;
  Clock::time_point last_checkpoint_{}, last_report_{};
  std::uint64_t last_steps_ = 0;
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
