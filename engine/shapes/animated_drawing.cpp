#include "animated_drawing.hpp"

#include <stdexcept>

#include "formatted.hpp"
#include "svg.hpp"
#include "svg_path.hpp"

namespace chorus::shapes {

namespace {

/// The element that shows and hides the group in which it stands.
std::string switch_of(std::size_t frame, const std::vector<Showing>& all, std::size_t places,
                      double seconds) {
  const auto time = [&](std::size_t place) {
    return svg_number(static_cast<double>(place) / static_cast<double>(places), 4);
  };
  std::string values, times;
  const auto set = [&](bool is_shown, std::size_t place) {
    const char* between = values.empty() ? "" : ";";
    values += formatted("{}{}", between, is_shown ? "inline" : "none");
    times += between + time(place);
  };
  if (all.front().frame != frame) set(false, 0);
  for (const Showing& each : all) {
    if (each.frame != frame) continue;
    set(true, each.begin);
    if (each.end < places) set(false, each.end);
  }
  return formatted(
      "<animate attributeName=\"display\" values=\"{}\" keyTimes=\"{}\" dur=\"{}s\" "
      "calcMode=\"discrete\" repeatCount=\"indefinite\"/>",
      values, times, svg_number(seconds, 3));
}

}  // namespace

std::vector<Showing> showings(const AnimatedDrawing& animation) {
  if (animation.order.empty()) throw std::invalid_argument("AnimatedDrawing: nothing to show");
  std::vector<Showing> all;
  for (std::size_t place = 0; place < animation.order.size(); ++place) {
    const std::size_t frame = animation.order[place];
    if (frame >= animation.frames.size())
      throw std::invalid_argument("AnimatedDrawing: there is no such frame");
    if (!all.empty() && all.back().frame == frame)
      all.back().end = place + 1;
    else
      all.push_back({frame, place, place + 1});
  }
  return all;
}

std::string animated_svg(const AnimatedDrawing& animation) {
  const std::vector<Showing> all = showings(animation);
  const std::size_t places = animation.order.size();
  const double seconds = static_cast<double>(places) * animation.seconds_per_frame;
  SvgContent whole;
  for (std::size_t frame = 0; frame < animation.frames.size(); ++frame) {
    const SvgOptions options = {
        .decimals = 2, .is_minified = true, .id_prefix = formatted("f{}", frame)};
    const SvgContent content = svg_content(animation.frames[frame], options);
    whole.gradients += content.gradients;
    const char* hidden = frame == all.front().frame ? "" : " display=\"none\"";
    const std::string play = all.size() == 1 ? "" : switch_of(frame, all, places, seconds);
    whole.elements += formatted("<g{}>{}{}</g>\n", hidden, play, content.elements);
  }
  std::string text = svg_document(animation.frames.front().size, whole, false);
  text.insert(text.find('\n') + 1, formatted("<!-- {} -->\n", animation_mark));
  return text;
}

}  // namespace chorus::shapes
