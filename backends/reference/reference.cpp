#include "reference/reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "host/host_backend.hpp"
#include "op_parameters.hpp"
#include "random.hpp"

namespace chorus {

namespace {

const float& at(const ConstView& view, std::size_t r, std::size_t c) {
  return view.data[r * view.stride + c];
}
float& at(const View& view, std::size_t r, std::size_t c) { return view.data[r * view.stride + c]; }

void store(const Call& call, const View& out, std::size_t r, std::size_t c, double value) {
  if (call.accumulate) value += at(out, r, c);
  at(out, r, c) = static_cast<float>(value);
}

/// out0(r, c) = value(r, c) for all elements.
template <class Value>
void each_element(const Call& call, Value value) {
  const View& out = call.out[0];
  for (std::size_t r = 0; r < out.rows; ++r)
    for (std::size_t c = 0; c < out.cols; ++c) store(call, out, r, c, value(r, c));
}

void matmul(const Call& call) {
  const ConstView &a = call.in[0], &b = call.in[1], &bias = call.in[2];
  const std::size_t depth = call.transpose_a ? a.rows : a.cols;
  each_element(call, [&](std::size_t r, std::size_t c) {
    double sum = 0;
    for (std::size_t k = 0; k < depth; ++k)
      sum += double{call.transpose_a ? at(a, k, r) : at(a, r, k)} *
             double{call.transpose_b ? at(b, c, k) : at(b, k, c)};
    if (bias.data != nullptr) sum += at(bias, r / (call.out[0].rows / bias.rows), c);
    return sum;
  });
}

void weighted_rows(const Call& call) {
  const ConstView& weights = call.in[1];
  each_element(call, [&](std::size_t r, std::size_t c) {
    double sum = 0;
    for (std::size_t k = 0; k < weights.cols; ++k)
      sum +=
          double{at(weights, r, k)} * at(call.in[0], call.index[0].data[r * weights.cols + k], c);
    return sum;
  });
}

void weighted_rows_gradient(const Call& call) {
  const ConstView& weights = call.in[1];
  each_element(call, [&](std::size_t i, std::size_t c) {
    double sum = 0;
    for (std::size_t n = 0; n < call.index[0].count; ++n)
      if (call.index[0].data[n] == i)
        sum += double{at(weights, n / weights.cols, n % weights.cols)} *
               at(call.in[0], n / weights.cols, c);
    return sum;
  });
}

void sum_rows(const Call& call) {
  const std::size_t group = call.in[0].rows / call.out[0].rows;
  each_element(call, [&](std::size_t g, std::size_t c) {
    double sum = 0;
    for (std::size_t r = g * group; r < (g + 1) * group; ++r) sum += at(call.in[0], r, c);
    return sum;
  });
}

void sine_linear(const Call& call) {
  const ConstView &x = call.in[0], &w = call.in[1], &b = call.in[2];
  const std::size_t group = x.rows / b.rows;
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < w.rows; ++c) {
      double angle = at(b, r / group, c);
      for (std::size_t k = 0; k < x.cols; ++k) angle += double{at(x, r, k)} * double{at(w, c, k)};
      at(call.out[0], r, c) = static_cast<float>(std::sin(angle));
      if (call.out[1].data != nullptr) at(call.out[1], r, c) = static_cast<float>(std::cos(angle));
    }
}

/// U(r, c) of sine_linear_gradient.
double upstream(const Call& call, std::size_t r, std::size_t c) {
  if (call.in[1].data == nullptr) return at(call.in[0], r, c);
  double sum = 0;
  for (std::size_t k = 0; k < call.in[0].cols; ++k)
    sum += double{at(call.in[0], r, k)} * at(call.in[1], k, c);
  return sum;
}

void sine_linear_gradient(const Call& call) {
  const View &slope = call.out[0], &sums = call.out[1];
  const std::size_t group = slope.rows / sums.rows;
  for (std::size_t g = 0; g < sums.rows; ++g)
    for (std::size_t c = 0; c < slope.cols; ++c) {
      double sum = at(sums, g, c);
      for (std::size_t r = g * group; r < (g + 1) * group; ++r) {
        at(slope, r, c) = static_cast<float>(at(slope, r, c) * upstream(call, r, c));
        sum += at(slope, r, c);
      }
      at(sums, g, c) = static_cast<float>(sum);
    }
}

void squared_error(const Call& call) {
  const ConstView &prediction = call.in[0], &target = call.in[1], &weights = call.in[2];
  double sum = 0;
  for (std::size_t r = 0; r < prediction.rows; ++r)
    for (std::size_t c = 0; c < prediction.cols; ++c) {
      const double error = double{at(prediction, r, c)} - at(target, r, c);
      sum += at(weights, r, 0) * error * error;
      if (call.out[1].data != nullptr)
        at(call.out[1], r, c) = static_cast<float>(at(weights, r, 0) * error);
    }
  at(call.out[0], 0, 0) = static_cast<float>(sum);
}

void palette_colors(const Call& call) {
  const ConstView &logits = call.in[0], &palettes = call.in[1];
  const std::size_t entries = logits.cols, group = logits.rows / palettes.rows;
  std::vector<double> weights(entries);
  for (std::size_t r = 0; r < logits.rows; ++r) {
    double largest = at(logits, r, 0), sum = 0;
    for (std::size_t k = 1; k < entries; ++k) largest = std::max<double>(largest, at(logits, r, k));
    for (std::size_t k = 0; k < entries; ++k)
      sum += weights[k] = std::exp(at(logits, r, k) - largest);
    for (std::size_t k = 0; k < entries; ++k) {
      weights[k] /= sum;
      if (call.out[1].data != nullptr) at(call.out[1], r, k) = static_cast<float>(weights[k]);
    }
    for (std::size_t c = 0; c < call.out[0].cols; ++c) {
      double color = 0;
      for (std::size_t k = 0; k < entries; ++k)
        color += weights[k] * at(palettes, r / group, c * entries + k);
      at(call.out[0], r, c) = static_cast<float>(color);
    }
  }
}

void palette_colors_gradient(const Call& call) {
  const ConstView &upstream = call.in[0], &palettes = call.in[1];
  const View &weights = call.out[0], &sums = call.out[1];
  const std::size_t entries = weights.cols, group = weights.rows / palettes.rows;
  for (std::size_t g = 0; g < palettes.rows; ++g)
    for (std::size_t c = 0; c < upstream.cols; ++c)
      for (std::size_t k = 0; k < entries; ++k) {
        double sum = at(sums, g, c * entries + k);
        for (std::size_t r = g * group; r < (g + 1) * group; ++r)
          sum += double{at(weights, r, k)} * at(upstream, r, c);
        at(sums, g, c * entries + k) = static_cast<float>(sum);
      }
  std::vector<double> slopes(entries);
  for (std::size_t r = 0; r < weights.rows; ++r) {
    double mean = 0;
    for (std::size_t k = 0; k < entries; ++k) {
      slopes[k] = 0;
      for (std::size_t c = 0; c < upstream.cols; ++c)
        slopes[k] += double{at(upstream, r, c)} * at(palettes, r / group, c * entries + k);
      mean += slopes[k] * at(weights, r, k);
    }
    for (std::size_t k = 0; k < entries; ++k)
      at(weights, r, k) = static_cast<float>(at(weights, r, k) * (slopes[k] - mean));
  }
}

void palette_scores(const Call& call) {
  const ConstView &palettes = call.in[0], &colors = call.in[1], &places = call.in[2];
  const std::size_t entries = call.out[0].cols, group = colors.rows / palettes.rows;
  const std::size_t term = entries * colors.cols;
  each_element(call, [&](std::size_t r, std::size_t k) {
    double square = 0;
    for (std::size_t c = 0; c < colors.cols; ++c) {
      const auto number = [&](std::size_t t) {
        return double{at(palettes, r / group, t * term + c * entries + k)};
      };
      double color = number(0);
      if (places.data != nullptr)
        color += at(places, r, 0) * number(1) + at(places, r, 1) * number(2);
      square += (color - at(colors, r, c)) * (color - at(colors, r, c));
    }
    return std::max(double{call.scores->lowest}, -call.scores->per_square * square);
  });
}

void mixture_loss(const Call& call) {
  const ConstView &logits = call.in[0], &scores = call.in[1];
  for (std::size_t r = 0; r < logits.rows; ++r) {
    const auto logit = [&](std::size_t k) { return double{at(logits, r, k)}; };
    const auto scored = [&](std::size_t k) { return logit(k) + at(scores, r, k); };
    // The logarithm of the sum of exponentials.
    const auto log_sum = [&](const auto& value) {
      double largest = value(0), sum = 0;
      for (std::size_t k = 1; k < logits.cols; ++k) largest = std::max(largest, value(k));
      for (std::size_t k = 0; k < logits.cols; ++k) sum += std::exp(value(k) - largest);
      return largest + std::log(sum);
    };
    const double before = log_sum(logit), after = log_sum(scored);
    at(call.out[0], r, 0) = static_cast<float>(before - after);
    for (std::size_t k = 0; k < logits.cols && call.out[1].data != nullptr; ++k)
      at(call.out[1], r, k) =
          static_cast<float>(std::exp(logit(k) - before) - std::exp(scored(k) - after));
  }
}

void mean_samples(const Call& call) {
  const SampleGroups& shape = *call.samples;
  const bool spread = call.transpose_a;
  const std::size_t pixels = (spread ? call.in[0].rows : call.out[0].rows) / shape.groups;
  const std::size_t cols = call.out[0].cols;
  std::size_t sample = 0;
  for (std::size_t pixel = 0; pixel < shape.groups * pixels; ++pixel) {
    const std::size_t count = pixel % pixels < shape.singles ? 1 : shape.samples;
    for (std::size_t c = 0; c < cols; ++c) {
      double sum = 0;
      for (std::size_t s = sample; s < sample + count; ++s)
        if (spread)
          at(call.out[0], s, c) = at(call.in[0], pixel, c) / static_cast<float>(count);
        else
          sum += at(call.in[0], s, c);
      if (!spread) at(call.out[0], pixel, c) = static_cast<float>(sum / static_cast<double>(count));
    }
    sample += count;
  }
}

/// One drawn pixel: its place in the image's list, and the weight that keeps sums unbiased.
struct Drawn {
  std::uint32_t place;
  float weight;
};

Drawn draw(const PixelChoice& choice, std::uint32_t row, std::uint32_t rows,
           std::uint32_t flat_rows, std::uint32_t word) {
  const auto drawn = [&](std::uint32_t first, std::uint32_t kind, std::uint32_t row_of_kind,
                         std::uint32_t rows_of_kind) {
    return Drawn{choice.first + first + below_in_stretch(word, kind, row_of_kind, rows_of_kind),
                 static_cast<float>(double(kind) / (double(choice.all) * rows_of_kind))};
  };
  const auto [first, flat, others, all] = choice;
  if (flat == 0 || others == 0 || flat_rows == 0 || flat_rows == rows)
    return drawn(0, flat + others, row, rows);
  if (row < flat_rows) return drawn(0, flat, row, flat_rows);
  return drawn(flat, others, row - flat_rows, rows - flat_rows);
}

/// Draws one pixel of a group; `sample` is its first row of out0. Returns its number of samples.
std::size_t draw_pixel(const Call& call, std::size_t g, std::uint32_t row, std::uint32_t rows,
                       std::size_t sample) {
  const std::uint32_t* image = call.index[1].data + call.index[0].data[g] * image_fields;
  const std::uint32_t first = image[image_first_pixel];
  const std::uint32_t number = image[image_number], visit = call.index[3].data[g];
  const std::uint32_t drawn_word = weyl(philox({row, number, 0, 0}, call.draw->seed)[0], visit);
  const PixelChoice choice = choose_pixels(call.draw->kinds, image[image_flat_pixels],
                                           image[image_edge_pixels], image[image_blended_pixels]);
  const Drawn drawn = draw(choice, row, rows, call.draw->flat_rows, drawn_word);
  const std::uint32_t pixel = call.index[2].data[first + drawn.place];
  const std::uint32_t width = image[image_width], height = image[image_height];
  const std::size_t r = g * rows + row;
  for (std::size_t c = 0; c < call.out[1].cols; ++c)
    at(call.out[1], r, c) = at(call.in[0], first + pixel, c);
  at(call.out[2], r, 0) = drawn.weight;

  const std::uint32_t cells =
      row < call.draw->flat_rows ? 1 : std::max<std::uint32_t>(1, call.draw->area_samples);
  const double jitter = cells > 1 ? call.draw->area_jitter : 0.0F;
  const std::uint32_t column = pixel % width, line = pixel / width;
  for (std::uint32_t cell = 0; cell < cells * cells; ++cell) {
    const PhiloxBlock shift = philox({row, number, visit, 1 + cell}, call.draw->seed);
    const auto within = [&](std::uint32_t index, std::uint32_t word) {
      return (index + 0.5 + jitter * (double{unit_float(word)} - 0.5)) / cells;
    };
    const double x = column + within(cell % cells, shift[0]);
    const double y = line + within(cell / cells, shift[1]);
    at(call.out[0], sample + cell, 0) = static_cast<float>(2.0 * x / width - 1);
    at(call.out[0], sample + cell, 1) = static_cast<float>(2.0 * y / height - 1);
  }
  return std::size_t{cells} * cells;
}

void draw_pixels(const Call& call) {
  const auto rows = static_cast<std::uint32_t>(call.out[1].rows / call.index[0].count);
  std::size_t sample = 0;
  for (std::size_t g = 0; g < call.index[0].count; ++g)
    for (std::uint32_t row = 0; row < rows; ++row) sample += draw_pixel(call, g, row, rows, sample);
}

void adam(const Call& call) {
  const AdamUpdate& update = *call.adam;
  const ConstView &gradient = call.in[0], &schedule = call.in[1];
  const double rate = double{update.rate} * at(schedule, 0, 0);
  const double beta1 = update.beta1, beta2 = update.beta2;
  const bool by_number = call.index[0].count != 0;
  const std::size_t rows = by_number ? gradient.rows : call.out[0].rows;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t r = by_number ? call.index[0].data[i] : i;
    for (std::size_t c = 0; c < gradient.cols; ++c) {
      double g = 0;
      for (std::size_t row = i; row < gradient.rows; row += rows) {
        g += at(gradient, row, c);
        if (call.out[3].data != nullptr) at(call.out[3], row, c) = 0;
      }
      const double m = beta1 * at(call.out[1], r, c) + (1 - beta1) * g;
      const double v = beta2 * at(call.out[2], r, c) + (1 - beta2) * g * g;
      at(call.out[1], r, c) = static_cast<float>(m);
      at(call.out[2], r, c) = static_cast<float>(v);
      const double step =
          m * at(schedule, 0, 1) / (std::sqrt(v * at(schedule, 0, 2)) + double{update.epsilon});
      at(call.out[0], r, c) = static_cast<float>(at(call.out[0], r, c) - rate * step);
    }
  }
}

class ReferenceBackend final : public HostBackend {
 public:
  std::string name() const override { return "reference"; }
  std::string description() const override { return "plain loops, sums in double, one worker"; }
  std::size_t workers() const override { return 1; }
  std::size_t tile_rows(std::size_t) const override { return 96; }
  std::size_t packed_floats(std::size_t, std::size_t) const override { return 0; }
  void run(const Call& call) override { run_reference(call); }
  void parallel(std::size_t tasks,
                const std::function<void(std::size_t, std::size_t)>& body) override {
    for (std::size_t task = 0; task < tasks; ++task) body(task, 0);
  }
};

}  // namespace

void run_reference(const Call& call) {
  const ConstView &a = call.in[0], &b = call.in[1];
  switch (call.op) {
    case Op::matmul:
      return matmul(call);
    case Op::pack:
      return;  // nothing is packed
    case Op::add:
      return each_element(call, [&](auto r, auto c) { return double{at(a, r, c)} + at(b, r, c); });
    case Op::subtract:
      return each_element(call, [&](auto r, auto c) { return double{at(a, r, c)} - at(b, r, c); });
    case Op::multiply:
      return each_element(call, [&](auto r, auto c) { return double{at(a, r, c)} * at(b, r, c); });
    case Op::scale:
      return each_element(call, [&](auto r, auto c) { return double{call.scale} * at(a, r, c); });
    case Op::scale_by:
      return each_element(
          call, [&](auto r, auto c) { return double{call.scale} * at(b, 0, 0) * at(a, r, c); });
    case Op::fill:
      return each_element(call, [&](auto, auto) { return call.scale; });
    case Op::sin:
      return each_element(call, [&](auto r, auto c) { return std::sin(double{at(a, r, c)}); });
    case Op::cos:
      return each_element(call, [&](auto r, auto c) { return std::cos(double{at(a, r, c)}); });
    case Op::broadcast_rows: {
      const std::size_t group = call.out[0].rows / a.rows;
      return each_element(call, [&](auto r, auto c) { return at(a, r / group, c); });
    }
    case Op::sum_rows:
      return sum_rows(call);
    case Op::scale_rows:
      return each_element(call, [&](auto r, auto c) { return double{at(a, r, c)} * at(b, r, 0); });
    case Op::sine_linear:
      return sine_linear(call);
    case Op::sine_linear_gradient:
      return sine_linear_gradient(call);
    case Op::sine_network:
    case Op::sine_network_gradient:
      return run_reference_network(call);
    case Op::squared_error:
      return squared_error(call);
    case Op::palette_colors:
      return palette_colors(call);
    case Op::palette_colors_gradient:
      return palette_colors_gradient(call);
    case Op::palette_scores:
      return palette_scores(call);
    case Op::mixture_loss:
      return mixture_loss(call);
    case Op::mean_samples:
      return mean_samples(call);
    case Op::gather_rows:
      return each_element(call, [&](auto r, auto c) { return at(a, call.index[0].data[r], c); });
    case Op::weighted_rows:
      return weighted_rows(call);
    case Op::weighted_rows_gradient:
      return weighted_rows_gradient(call);
    case Op::draw_pixels:
      return draw_pixels(call);
    case Op::adam:
      return adam(call);
  }
  throw std::logic_error("reference: unknown op");
}

std::shared_ptr<Backend> make_reference_backend() { return std::make_shared<ReferenceBackend>(); }

}  // namespace chorus
