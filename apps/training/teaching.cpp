#include "training/teaching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "chorus/error.hpp"
#include "drawing_numbers.hpp"
#include "drawn_image.hpp"
#include "evaluation/training_images.hpp"
#include "support/drawings.hpp"
#include "support/interrupt.hpp"
#include "support/processes.hpp"
#include "support/progress.hpp"

namespace chorus::app {

namespace {

constexpr const char* numbers_key = "taught.numbers";
constexpr const char* counts_key = "taught.counts";

/// The pictures of all drawings have at most so many pixels: 384 MiB in the trainer's memory.
constexpr std::size_t most_taught_pixels = std::size_t{1} << 25;
/// An icon's drawing is shown at about this size (longer side, pixels).
constexpr std::size_t wanted_side = 192;
constexpr std::size_t most_enlarged = 8;

struct Stopped {
  Teaching::Outcome why;
};

}  // namespace

namespace {

std::size_t longest_side(const Collection& images) {
  std::size_t longest = 1;
  for (const NamedImage& named : images)
    longest = std::max(longest, named.image.size().longer_side());
  return longest;
}

std::size_t count_pixels(const Collection& images) {
  std::size_t pixels = 0;
  for (const NamedImage& named : images) pixels += named.image.pixels();
  return pixels;
}

/// What all processes have to do if some could not draw their images.
Teaching::Outcome outcome_of_all(Teaching::Outcome own) {
  const std::vector<Teaching::Outcome> all = all_of(*processes(), own);
  for (const auto outcome : {Teaching::Outcome::interrupted, Teaching::Outcome::too_slow})
    if (std::ranges::count(all, outcome) > 0) return outcome;
  return Teaching::Outcome::drawn;
}

}  // namespace

Teaching::Teaching(const Collection& images, const Model& model)
    : images_(images),
      model_(model),
      all_images_(sum_of(*processes(), images.size())),
      all_pixels_(sum_of(*processes(), count_pixels(images))),
      longest_side_(std::ranges::max(all_of(*processes(), longest_side(images)))) {}

Teaching::Outcome Teaching::draw(Renderer& renderer, std::size_t threads, double most_seconds) {
  std::vector<ToDraw> images;
  for (std::size_t i = 0; i < images_.size(); ++i)
    images.push_back(
        {images_[i].name, images_[i].image, i, held_out_mask(model_, i, images_[i].image)});
  std::vector<std::vector<float>> drawings(images.size());
  constexpr std::size_t judged = 8;
  const auto began = Clock::now();
  Progress bar;
  Outcome outcome = Outcome::drawn;
  const auto stops = [&] { return interrupted() || seconds_since(began) > most_seconds; };
  const auto receive = [&](std::size_t i, const DrawnImage& drawn) {
    const double share = static_cast<double>(i + 1) / static_cast<double>(images.size());
    if (interrupted()) throw Stopped{Outcome::interrupted};
    if (seconds_since(began) > (i + 1 >= judged ? share * most_seconds : most_seconds))
      throw Stopped{Outcome::too_slow};
    if (drawn.explains_pixels()) drawings[i] = shapes::numbers_of(drawn.drawn->drawing);
    if (bar.due()) bar.show(share, fmt::format("{} of {} images drawn", i + 1, images.size()));
  };
  try {
    draw_images(images, {&renderer, &model_, true}, threads, receive, stops);
  } catch (const Stopped& stopped) {
    outcome = stopped.why;
  }
  outcome = outcome_of_all(outcome);
  if (outcome != Outcome::drawn) drawings.assign(images.size(), {});
  is_drawn_ = outcome != Outcome::interrupted;
  if (is_drawn_) drawings_ = std::move(drawings);
  return outcome;
}

std::size_t Teaching::drawings() const {
  const auto own =
      std::ranges::count_if(drawings_, [](const auto& numbers) { return !numbers.empty(); });
  return sum_of(*processes(), static_cast<std::size_t>(own));
}

std::size_t Teaching::enlargement() const {
  const double room =
      std::sqrt(static_cast<double>(most_taught_pixels) / static_cast<double>(all_pixels_));
  const std::size_t wanted =
      std::clamp<std::size_t>((wanted_side + longest_side_ / 2) / longest_side_, 2, most_enlarged);
  return std::min(wanted, static_cast<std::size_t>(room));
}

std::vector<NamedImage> Teaching::pictures() const {
  const std::size_t factor = enlargement();
  if (factor < 2 || drawings_.empty()) return {};
  std::vector<NamedImage> pictures;
  for (std::size_t i = 0; i < images_.size(); ++i) {
    const Image& image = images_[i].image;
    pictures.push_back(
        {images_[i].name,
         drawings_[i].empty()
             ? image
             : shapes::drawn_image(shapes::drawing_from(drawings_[i], image.size()),
                                   {factor * image.width, factor * image.height}, image.channels)});
  }
  return pictures;
}

void Teaching::save(TensorFile& file) const {
  if (!is_drawn_) return;
  std::vector<float> counts, numbers;
  for (const std::vector<float>& drawing : drawings_) {
    counts.push_back(static_cast<float>(drawing.size()));
    numbers.insert(numbers.end(), drawing.begin(), drawing.end());
  }
  const auto store = [&](const char* key, const std::vector<float>& own) {
    StoredTensor& stored = file.tensors[key];
    stored.values = gathered(*processes(), own);
    stored.shape = {stored.values.size()};
  };
  store(counts_key, counts);
  store(numbers_key, numbers);
}

void Teaching::load(const TensorFile& file, const std::string& origin) {
  const auto counts = file.tensors.find(counts_key), numbers = file.tensors.find(numbers_key);
  if (counts == file.tensors.end() || numbers == file.tensors.end()) return;
  if (counts->second.values.size() != all_images_)
    throw Error(fmt::format("{}: has drawings of {} images; expected {}", origin,
                            counts->second.values.size(), all_images_));
  std::span<const float> left = numbers->second.values;
  std::vector<std::vector<float>> drawings;
  const std::size_t first = model_.split.first_image;
  for (std::size_t i = 0; i < first + images_.size(); ++i) {
    const double count = double{counts->second.values[i]};
    if (!(count >= 0 && count <= static_cast<double>(left.size())))
      throw Error(fmt::format("{}: a drawing has {} numbers; expected at most {}", origin, count,
                              left.size()));
    const auto own = left.first(static_cast<std::size_t>(count));
    left = left.subspan(own.size());
    if (i < first) continue;
    drawings.emplace_back(own.begin(), own.end());
    try {
      if (!own.empty()) shapes::drawing_from(own, images_[i - first].image.size());
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {}", origin, error.what()));
    }
  }
  drawings_ = std::move(drawings);
  is_drawn_ = true;
}

}  // namespace chorus::app
