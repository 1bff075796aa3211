#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "op_case_list.hpp"
#include "palette_ops.hpp"

namespace chorus::test {

namespace {

Matrix softmax_by_definition(const Matrix& logits) {
  Matrix weights = mapped(logits, [](double x) { return std::exp(x); });
  const Matrix sums = product(weights, Matrix(logits.cols, logits.cols, 1));
  return zipped(weights, sums, std::divides<>());
}

Matrix palette_colors_by_definition(Matrices m) {
  const Matrix weights = softmax_by_definition(m[0]);
  const std::size_t entries = m[0].cols, group = m[0].rows / m[1].rows;
  Matrix colors(m[0].rows, m[1].cols / entries);
  for (std::size_t r = 0; r < colors.rows; ++r)
    for (std::size_t c = 0; c < colors.cols; ++c)
      for (std::size_t k = 0; k < entries; ++k)
        colors(r, c) += weights(r, k) * m[1](r / group, c * entries + k);
  return colors;
}

struct Palettes {
  std::size_t groups, group, entries, channels;
  float bound = 2;
  bool constant_logits = false, constant_palettes = false;
};

void add_palettes(Cases& cases) {
  const std::vector<Palettes> shapes = {{1, 1, 1, 1},
                                        {1, 1, 2, 3},
                                        {3, 16, 12, 3},
                                        {2, 24, 12, 9},
                                        {2, 7, 5, 3},
                                        {4, 1, 16, 3},
                                        {1, 33, 64, 3},
                                        {2, 3, 65, 3},
                                        {2, 9, 12, 3, 80},
                                        {2, 5, 12, 3, 2, true},
                                        {2, 5, 12, 3, 2, false, true}};
  for (const Palettes& s : shapes) {
    OpInput logits = cases.random(s.groups * s.group, s.entries, s.bound);
    OpInput palettes = cases.random(s.groups, s.entries * s.channels);
    logits.differentiable = !s.constant_logits;
    palettes.differentiable = !s.constant_palettes;
    cases.add({fmt::format("palette_colors {} groups of {}, {} entries, {} channels{}{}, up to {}",
                           s.groups, s.group, s.entries, s.channels,
                           s.constant_logits ? ", logits fixed" : "",
                           s.constant_palettes ? ", palettes fixed" : "", s.bound),
               {logits, palettes},
               [](Vars v) { return palette_colors(v[0], v[1]); },
               palette_colors_by_definition,
               tolerance(s.entries + s.group, double{s.bound}),
               bf16_tolerance(s.entries, s.entries)});
  }
  for (const Shape& s : std::vector<Shape>{{1, 1}, {7, 3}, {24, 12}})
    cases.add({fmt::format("softmax {} x {}", s.rows, s.cols),
               {cases.random(s.rows, s.cols, 3)},
               [](Vars v) { return softmax(v[0]); },
               [](Matrices m) { return softmax_by_definition(m[0]); },
               tolerance(s.cols, 3)});
}

struct Mixture {
  std::size_t groups, group, entries, channels;
  bool fields = false;
  PaletteScores scores = {2, -3};
};

Matrix scores_by_definition(const Mixture& s, Matrices m) {
  const std::size_t term = s.entries * s.channels;
  Matrix scores(m[1].rows, s.entries);
  for (std::size_t r = 0; r < scores.rows; ++r)
    for (std::size_t k = 0; k < s.entries; ++k) {
      double square = 0;
      for (std::size_t c = 0; c < s.channels; ++c) {
        const auto number = [&](std::size_t t) {
          return m[0](r / s.group, t * term + c * s.entries + k);
        };
        double color = number(0);
        if (s.fields) color += m[2](r, 0) * number(1) + m[2](r, 1) * number(2);
        square += std::pow(color - m[1](r, c), 2);
      }
      scores(r, k) = std::max<double>(s.scores.lowest, -s.scores.per_square * square);
    }
  return scores;
}

Matrix mixture_loss_by_definition(const Matrix& logits, const Matrix& scores) {
  const Matrix weights = softmax_by_definition(logits);
  Matrix losses(logits.rows, 1);
  for (std::size_t r = 0; r < losses.rows; ++r) {
    double likelihood = 0;
    for (std::size_t k = 0; k < weights.cols; ++k)
      likelihood += weights(r, k) * std::exp(scores(r, k));
    losses(r, 0) = -std::log(likelihood);
  }
  return losses;
}

void add_mixtures(Cases& cases) {
  for (const Shape& s : std::vector<Shape>{{1, 1}, {7, 3}, {24, 12}, {33, 64}, {3, 65}})
    cases.add({fmt::format("mixture_loss {} x {}", s.rows, s.cols),
               {cases.random(s.rows, s.cols, 3), constant(cases.random(s.rows, s.cols, 5))},
               [](Vars v) { return mixture_loss(v[0], v[1]); },
               [](Matrices m) { return mixture_loss_by_definition(m[0], m[1]); },
               tolerance(s.cols, 8)});
  for (const Mixture& s : std::vector<Mixture>{{1, 1, 1, 1},
                                               {3, 16, 12, 3},
                                               {2, 7, 5, 3, true},
                                               {2, 24, 12, 3, true},
                                               {1, 33, 64, 3, false, {30, -12}},
                                               {2, 3, 65, 3}}) {
    const std::size_t rows = s.groups * s.group;
    cases.add({fmt::format("mixture_loss of palette_scores, {} groups of {}, {} entries, {} "
                           "channels{}",
                           s.groups, s.group, s.entries, s.channels, s.fields ? ", fields" : ""),
               {cases.random(rows, s.entries, 3),
                constant(cases.random(s.groups, (s.fields ? 3 : 1) * s.channels * s.entries)),
                constant(cases.random(rows, s.channels)), constant(cases.random(rows, 2))},
               [s](Vars v) {
                 return mixture_loss(v[0], palette_scores(v[1], s.entries, v[2],
                                                          s.fields ? v[3] : Var(), s.scores));
               },
               [s](Matrices m) {
                 return mixture_loss_by_definition(m[0], scores_by_definition(s, m.subspan(1)));
               },
               tolerance(s.entries + s.channels, 3 + double{s.scores.per_square})});
  }
}

Matrix means_by_definition(const Matrix& samples, std::size_t groups, std::size_t singles,
                           std::size_t each) {
  const std::size_t rows = samples.rows / groups, pixels = singles + (rows - singles) / each;
  Matrix means(groups * pixels, samples.cols);
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < samples.cols; ++c) {
        const bool single = r < singles;
        const std::size_t pixel = single ? r : singles + (r - singles) / each;
        means(g * pixels + pixel, c) +=
            samples(g * rows + r, c) / static_cast<double>(single ? 1 : each);
      }
  return means;
}

void add_samples(Cases& cases) {
  struct Samples {
    std::size_t groups, singles, pixels, samples, cols;
  };
  for (const Samples& s : std::vector<Samples>{
           {1, 0, 1, 1, 1}, {3, 2, 3, 4, 3}, {2, 0, 5, 9, 3}, {2, 4, 0, 4, 3}, {4, 1, 1, 2, 17}})
    cases.add(
        {fmt::format("mean_samples {} groups of {} pixels with 1 and {} with {} x {}", s.groups,
                     s.singles, s.pixels, s.samples, s.cols),
         {cases.random(s.groups * (s.singles + s.pixels * s.samples), s.cols)},
         [s](Vars v) { return mean_samples(v[0], s.groups, s.singles, s.samples); },
         [s](Matrices m) { return means_by_definition(m[0], s.groups, s.singles, s.samples); },
         tolerance(s.samples)});
}

}  // namespace

void add_palette_cases(Cases& cases) {
  add_palettes(cases);
  add_mixtures(cases);
  add_samples(cases);
}

}  // namespace chorus::test
