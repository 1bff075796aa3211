#include "palette_ops.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "chorus/ops.hpp"
#include "op_helpers.hpp"

namespace chorus {

namespace {

/// [C x C K], 1 where the column belongs to the channel of the row: repeats each channel K times.
Var channel_of_column(Tape& tape, std::size_t channels, std::size_t entries) {
  std::vector<float> values(channels * channels * entries);
  for (std::size_t c = 0; c < channels; ++c)
    std::fill_n(&values[(c * channels + c) * entries], entries, 1.0F);
  return tape.constant(tape.memory().from(values, channels, channels * entries));
}

/// [C K x K], 1 where the row belongs to the entry of the column: adds up the channels of each
/// entry.
Var entry_of_row(Tape& tape, std::size_t channels, std::size_t entries) {
  std::vector<float> values(channels * entries * entries);
  for (std::size_t row = 0; row < channels * entries; ++row)
    values[row * entries + row % entries] = 1;
  return tape.constant(tape.memory().from(values, channels * entries, entries));
}

/// The gradient of palette_colors as a composition of ops, which can be differentiated again.
void recorded_palette_gradient(Gradient& g, const Var& logits, const Var& palettes) {
  Tape& tape = logits.tape();
  const std::size_t entries = logits.cols(), channels = palettes.cols() / entries;
  const Var fold = entry_of_row(tape, channels, entries);
  const Var up = matmul(g.upstream(), channel_of_column(tape, channels, entries));
  const Var weights = softmax(logits);
  if (g.requires_grad(palettes))
    g.add(palettes, sum_rows(multiply(up, matmul(weights, fold, Transpose::no, Transpose::yes)),
                             palettes.rows()));
  if (!g.requires_grad(logits)) return;
  const Var slopes = matmul(multiply(up, broadcast_rows(palettes, logits.rows())), fold);
  const Var ones = tape.constant(tape.memory().full(entries, entries, 1));
  const Var mean = matmul(multiply(weights, slopes), ones);
  g.add(logits, multiply(weights, subtract(slopes, mean)));
}

}  // namespace

Var palette_colors(const Var& logits, const Var& palettes) {
  if (logits.cols() == 0 || palettes.cols() == 0 || palettes.cols() % logits.cols() != 0 ||
      palettes.rows() == 0 || logits.rows() % palettes.rows() != 0)
    throw std::invalid_argument("palette_colors: logits " + shape_of(logits) + " and palettes " +
                                shape_of(palettes) + " do not fit");
  Tape& tape = logits.tape();
  Tensor colors = tape.memory().empty(logits.rows(), palettes.cols() / logits.cols());
  Tensor weights;  // for the gradient only
  if (tape.records({&logits, &palettes}))
    weights = tape.memory().empty(logits.rows(), logits.cols());
  Call call{.op = Op::palette_colors};
  call.in[0] = logits.value().const_view();
  call.in[1] = palettes.value().const_view();
  call.out[0] = colors.view();
  call.out[1] = weights.view();
  tape.run(call);

  return tape.record(
      std::move(colors), {&logits, &palettes}, [logits, palettes, weights](Gradient& g) {
        if (g.recording()) return recorded_palette_gradient(g, logits, palettes);
        Memory& memory = logits.tape().memory();
        // The gradient overwrites the weights, which are not needed again.
        Call fused{.op = Op::palette_colors_gradient};
        fused.in[0] = g.upstream().value().const_view();
        fused.in[1] = palettes.value().const_view();
        fused.out[0] = weights.view();
        fused.out[1] = (g.requires_grad(palettes) ? g.grad_buffer(palettes)
                                                  : memory.zeros(palettes.rows(), palettes.cols()))
                           .view();
        logits.tape().run(fused);
        if (g.requires_grad(logits)) g.add(logits, logits.tape().constant(weights));
      });
}

Var softmax(const Var& logits) {
  // The palette whose k-th entry is 1 in channel k alone.
  const std::size_t entries = logits.cols();
  std::vector<float> unit(entries * entries);
  for (std::size_t k = 0; k < entries; ++k) unit[k * entries + k] = 1;
  Tape& tape = logits.tape();
  return palette_colors(logits, tape.constant(tape.memory().from(unit, 1, entries * entries)));
}

namespace {

/// [rows x 1] -> [rows x cols].
Var broadcast_columns(const Var& a, std::size_t cols) {
  return matmul(a, a.tape().constant(a.tape().memory().full(1, cols, 1)));
}

}  // namespace

Var palette_scores(const Var& palettes, std::size_t entries, const Var& colors, const Var& places,
                   const PaletteScores& scores) {
  const bool fields = static_cast<bool>(places.value());
  if (entries == 0 || palettes.rows() == 0 ||
      palettes.cols() != (fields ? 3 : 1) * entries * colors.cols() ||
      colors.rows() % palettes.rows() != 0 ||
      (fields && (places.rows() != colors.rows() || places.cols() != 2)))
    throw std::invalid_argument("palette_scores: palettes " + shape_of(palettes) + " of " +
                                std::to_string(entries) + " entries and colours " +
                                shape_of(colors) + " do not fit");
  Tape& tape = palettes.tape();
  Tensor result = tape.memory().empty(colors.rows(), entries);
  Call call{.op = Op::palette_scores};
  call.in[0] = palettes.value().const_view();
  call.in[1] = colors.value().const_view();
  for (const Var* input : {&palettes, &colors, &places})
    if (input->value()) require_constant("palette_scores", *input);
  if (fields) call.in[2] = places.value().const_view();
  call.out[0] = result.view();
  call.scores = &scores;
  tape.run(call);
  return tape.constant(std::move(result));
}

Var mixture_loss(const Var& logits, const Var& scores) {
  if (logits.cols() == 0 || logits.rows() != scores.rows() || logits.cols() != scores.cols())
    throw std::invalid_argument("mixture_loss: logits " + shape_of(logits) + " and scores " +
                                shape_of(scores) + " do not fit");
  require_constant("mixture_loss", scores);
  Tape& tape = logits.tape();
  Tensor losses = tape.memory().empty(logits.rows(), 1);
  Tensor slopes;  // for the gradient only
  if (tape.records({&logits})) slopes = tape.memory().empty(logits.rows(), logits.cols());
  Call call{.op = Op::mixture_loss};
  call.in[0] = logits.value().const_view();
  call.in[1] = scores.value().const_view();
  call.out[0] = losses.view();
  call.out[1] = slopes.view();
  tape.run(call);

  return tape.record(std::move(losses), {&logits}, [logits, scores, slopes](Gradient& g) {
    if (!g.recording())
      return g.add(logits, scale_rows(logits.tape().constant(slopes), g.upstream()));
    const Var slope = subtract(softmax(logits), softmax(add(logits, scores)));
    g.add(logits, multiply(slope, broadcast_columns(g.upstream(), logits.cols())));
  });
}

namespace {

/// The means of samples; with `spread` the adjoint.
Var sample_means(const Var& a, std::size_t rows, const SampleGroups& shape, bool spread) {
  Tensor result = a.tape().memory().empty(rows, a.cols());
  Call call{.op = Op::mean_samples};
  call.in[0] = a.value().const_view();
  call.out[0] = result.view();
  call.transpose_a = spread;
  call.samples = &shape;
  a.tape().run(call);
  return a.tape().record(std::move(result), {&a}, [a, shape, spread](Gradient& g) {
    if (g.requires_grad(a)) g.add(a, sample_means(g.upstream(), a.rows(), shape, !spread));
  });
}

}  // namespace

Var mean_samples(const Var& a, std::size_t groups, std::size_t singles, std::size_t samples) {
  const std::size_t rows = groups == 0 ? 0 : a.rows() / groups;
  if (rows * groups != a.rows() || rows < singles || samples == 0 ||
      (rows - singles) % samples != 0)
    throw std::invalid_argument("mean_samples: " + std::to_string(a.rows()) +
                                " rows are not groups of pixels");
  const std::size_t pixels = singles + (rows - singles) / samples;
  return sample_means(a, groups * pixels,
                      {static_cast<std::uint32_t>(groups), static_cast<std::uint32_t>(singles),
                       static_cast<std::uint32_t>(samples)},
                      false);
}

}  // namespace chorus
