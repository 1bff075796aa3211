#include "op_cases.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

namespace chorus::test {

namespace {

using Vars = std::span<const Var>;
using Matrices = std::span<const Matrix>;

/// Room for the rounding of single precision: a few operations, a sum of `terms` whose errors add
/// up like a random walk (with a factor of about 10 to spare), and the argument of a sine, which is
/// rounded before the sine is taken.
double tolerance(std::size_t terms, double argument = 0) {
  constexpr double half_ulp = std::numeric_limits<float>::epsilon() / 2;
  return half_ulp * (16 + 4 * std::sqrt(static_cast<double>(terms)) + 4 * argument);
}

class Cases {
 public:
  /// A random input that no other has.
  OpInput random(std::size_t rows, std::size_t cols, float bound = 1) {
    return {random_matrix(rows, cols, ++seed_, bound)};
  }
  void add(OpCase op_case) { list_.push_back(std::move(op_case)); }
  std::vector<OpCase> take() { return std::move(list_); }

 private:
  std::vector<OpCase> list_;
  std::uint64_t seed_ = 0;
};

OpInput constant(OpInput input) {
  input.differentiable = false;
  return input;
}

OpInput packed(OpInput input, bool is_packed = true) {
  input.packed = is_packed;
  return input;
}

struct Shape {
  std::size_t rows, cols;
};

// Register blocks are 6 or 8 rows and 8, 16 or 32 columns; rows of 16 floats and more are padded.
const std::vector<Shape> element_shapes = {{1, 1}, {1, 272}, {96, 1}, {7, 3}, {13, 16}, {5, 33}};

// --- products -----------------------------------------------------------------------------------

struct ProductShape {
  std::size_t rows, depth, cols;
};

void add_product(Cases& cases, const ProductShape& s, bool ta, bool tb, bool is_packed) {
  const OpInput a = ta ? cases.random(s.depth, s.rows) : cases.random(s.rows, s.depth);
  const OpInput b = tb ? cases.random(s.cols, s.depth) : cases.random(s.depth, s.cols);
  cases.add({fmt::format("matmul {}{} x {}{}{} of {} x {} x {}", "a", ta ? "^T" : "",
                         is_packed ? "packed " : "", "b", tb ? "^T" : "", s.rows, s.depth, s.cols),
             {a, packed(b, is_packed)},
             [ta, tb](Vars v) { return matmul(v[0], v[1], Transpose{ta}, Transpose{tb}); },
             [ta, tb](Matrices m) {
               return product(ta ? transposed(m[0]) : m[0], tb ? transposed(m[1]) : m[1]);
             },
             tolerance(s.rows + s.depth + s.cols)});
}

void add_products(Cases& cases) {
  const std::vector<ProductShape> shapes = {{1, 1, 1},   {7, 13, 5},  {13, 96, 3}, {1, 272, 17},
                                            {33, 1, 31}, {24, 2, 40}, {5, 16, 33}, {3, 7, 96}};
  for (const ProductShape& shape : shapes)
    for (const bool ta : {false, true})
      for (const bool tb : {false, true}) add_product(cases, shape, ta, tb, false);
  const std::vector<ProductShape> packed_shapes = {
      {1, 1, 1}, {7, 13, 5}, {13, 96, 3}, {8, 3, 272}, {17, 33, 31}};
  for (const ProductShape& shape : packed_shapes)
    for (const bool tb : {false, true}) add_product(cases, shape, false, tb, true);
  add_product(cases, {6, 9, 34}, true, true, true);
  add_product(cases, {6, 9, 34}, true, false, true);
}

// --- element by element -------------------------------------------------------------------------

void add_element_ops(Cases& cases, const Shape& s) {
  const std::string shape = fmt::format(" {} x {}", s.rows, s.cols);
  const auto two = [&] {
    return std::vector{cases.random(s.rows, s.cols), cases.random(s.rows, s.cols)};
  };
  cases.add({"add" + shape, two(), [](Vars v) { return chorus::add(v[0], v[1]); },
             [](Matrices m) { return sum(m[0], m[1]); }, tolerance(1)});
  cases.add({"subtract" + shape, two(), [](Vars v) { return subtract(v[0], v[1]); },
             [](Matrices m) { return zipped(m[0], m[1], std::minus<>()); }, tolerance(1)});
  cases.add({"multiply" + shape, two(), [](Vars v) { return multiply(v[0], v[1]); },
             [](Matrices m) { return zipped(m[0], m[1], std::multiplies<>()); }, tolerance(1)});
  cases.add({"scale" + shape,
             {cases.random(s.rows, s.cols)},
             [](Vars v) { return scale(v[0], -2.5F); },
             [](Matrices m) { return mapped(m[0], [](double x) { return -2.5 * x; }); },
             tolerance(1)});
}

void add_sines(Cases& cases, const Shape& s, float bound) {
  const std::string shape = fmt::format(" {} x {} up to {}", s.rows, s.cols, bound);
  cases.add({"sin" + shape,
             {cases.random(s.rows, s.cols, bound)},
             [](Vars v) { return sin(v[0]); },
             [](Matrices m) { return mapped(m[0], [](double x) { return std::sin(x); }); },
             tolerance(1, bound)});
  cases.add({"cos" + shape,
             {cases.random(s.rows, s.cols, bound)},
             [](Vars v) { return cos(v[0]); },
             [](Matrices m) { return mapped(m[0], [](double x) { return std::cos(x); }); },
             tolerance(1, bound)});
}

// --- rows and groups ----------------------------------------------------------------------------

void add_group_ops(Cases& cases, std::size_t groups, std::size_t group, std::size_t cols) {
  const std::size_t rows = groups * group;
  const std::string shape = fmt::format(" {} groups of {} x {}", groups, group, cols);
  cases.add({"broadcast_rows" + shape,
             {cases.random(groups, cols)},
             [rows](Vars v) { return broadcast_rows(v[0], rows); },
             [rows](Matrices m) { return repeated(m[0], rows); },
             tolerance(group)});
  cases.add({"sum_rows" + shape,
             {cases.random(rows, cols)},
             [groups](Vars v) { return sum_rows(v[0], groups); },
             [groups](Matrices m) { return group_sums(m[0], groups); },
             tolerance(group)});
}

void add_row_ops(Cases& cases, const Shape& s) {
  const std::string shape = fmt::format(" {} x {}", s.rows, s.cols);
  cases.add({"scale_rows" + shape,
             {cases.random(s.rows, s.cols), constant(cases.random(s.rows, 1))},
             [](Vars v) { return scale_rows(v[0], v[1]); },
             [](Matrices m) {
               return zipped(m[0], product(m[1], Matrix(1, m[0].cols, 1)), std::multiplies<>());
             },
             tolerance(1)});
  cases.add({"sum" + shape,
             {cases.random(s.rows, s.cols)},
             [](Vars v) { return chorus::sum(v[0]); },
             [](Matrices m) { return Matrix(1, 1, dot(m[0], Matrix(m[0].rows, m[0].cols, 1))); },
             tolerance(s.rows * s.cols)});
}

// --- layers -------------------------------------------------------------------------------------

Matrix linear_by_definition(Matrices m) {
  return sum(product(m[0], transposed(m[1])), repeated(m[2], m[0].rows));
}

/// Room for the rounding of both operands of a product to bf16, if it is large enough for that.
double bf16_tolerance(std::size_t depth, std::size_t cols) {
  constexpr double half_ulp = 0x1p-9;
  return std::min(depth, cols) >= 32 ? 8 * half_ulp : 0;
}

/// x is group x inputs for each of the groups, and w outputs x inputs with elements up to `bound`.
struct Layer {
  std::size_t groups, group, inputs, outputs;
  bool packed = false;
  float bound = 1;
  bool constant_x = false, constant_b = false;
};

std::vector<OpInput> layer_inputs(Cases& cases, const Layer& l) {
  OpInput x = cases.random(l.groups * l.group, l.inputs);
  OpInput w = packed(cases.random(l.outputs, l.inputs, l.bound), l.packed);
  OpInput b = cases.random(l.groups, l.outputs);
  x.differentiable = !l.constant_x;
  b.differentiable = !l.constant_b;
  return {x, w, b};
}

void add_layer(Cases& cases, const Layer& l) {
  const std::string shape =
      fmt::format(" {} groups of {} x {} to {}{}{}{}, weights up to {}", l.groups, l.group,
                  l.inputs, l.outputs, l.packed ? ", packed" : "", l.constant_x ? ", x fixed" : "",
                  l.constant_b ? ", b fixed" : "", l.bound);
  const std::size_t terms = l.groups * l.group + l.inputs + l.outputs;
  cases.add({"linear" + shape, layer_inputs(cases, l),
             [](Vars v) { return linear(v[0], v[1], v[2]); }, linear_by_definition,
             tolerance(terms), bf16_tolerance(l.inputs, l.outputs)});
  // The argument is a sum of terms up to `bound`; it seldom exceeds three standard deviations.
  const double argument = double{l.bound} * std::sqrt(static_cast<double>(l.inputs));
  cases.add({"sine_linear" + shape, layer_inputs(cases, l),
             [](Vars v) { return sine_linear(v[0], v[1], v[2]); },
             [](Matrices m) {
               return mapped(linear_by_definition(m), [](double p) { return std::sin(p); });
             },
             tolerance(terms, argument), bf16_tolerance(l.inputs, l.outputs)});
}

void add_layers(Cases& cases) {
  for (const bool is_packed : {false, true}) {
    add_layer(cases, {1, 1, 1, 1, is_packed});
    add_layer(cases, {1, 13, 7, 3, is_packed});
    add_layer(cases, {4, 6, 3, 17, is_packed});
    add_layer(cases, {3, 13, 33, 40, is_packed});
    add_layer(cases, {2, 1, 96, 7, is_packed});
    add_layer(cases, {1, 5, 2, 272, is_packed});
    add_layer(cases, {1, 9, 16, 32, is_packed});
    add_layer(cases, {2, 8, 2, 24, is_packed, 100});  // arguments up to 200
  }
  add_layer(cases, {2, 5, 2, 13, true, 20, true});
  add_layer(cases, {2, 5, 13, 13, true, 1, false, true});
}

// --- palettes and samples -----------------------------------------------------------------------

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

void add_errors(Cases& cases) {
  for (const Shape& s : std::vector<Shape>{{1, 1}, {24, 3}, {7, 17}})
    cases.add({fmt::format("weighted_squared_error {} x {}", s.rows, s.cols),
               {cases.random(s.rows, s.cols), cases.random(s.rows, s.cols),
                constant(cases.random(s.rows, 1))},
               [](Vars v) { return weighted_squared_error(v[0], v[1], v[2]); },
               [](Matrices m) {
                 Matrix total(1, 1);
                 for (std::size_t r = 0; r < m[0].rows; ++r)
                   for (std::size_t c = 0; c < m[0].cols; ++c)
                     total(0, 0) += m[2](r, 0) * std::pow(m[0](r, c) - m[1](r, c), 2);
                 return total;
               },
               tolerance(s.rows * s.cols)});
}

// --- compositions -------------------------------------------------------------------------------

void add_compositions(Cases& cases) {
  cases.add({"one value in both places of a product",
             {cases.random(7, 7)},
             [](Vars v) { return matmul(v[0], v[0], Transpose::no, Transpose::yes); },
             [](Matrices m) { return product(m[0], transposed(m[0])); },
             tolerance(14)});
  cases.add({"a layer whose input is its bias too",
             {cases.random(6, 17), cases.random(17, 17)},
             [](Vars v) { return sine_linear(v[0], v[1], v[0]); },
             [](Matrices m) {
               return mapped(sum(product(m[0], transposed(m[1])), m[0]),
                             [](double p) { return std::sin(p); });
             },
             tolerance(34, 4)});
  cases.add(
      {"a polynomial of one value",
       {cases.random(5, 3)},
       [](Vars v) {
         const Var square = multiply(v[0], v[0]);
         return chorus::add(subtract(multiply(square, v[0]), square), v[0]);
       },
       [](Matrices m) { return mapped(m[0], [](double x) { return x * x * x - x * x + x; }); },
       tolerance(3)});
}

std::vector<OpCase> make_cases() {
  Cases cases;
  add_products(cases);
  for (const Shape& shape : element_shapes) {
    add_element_ops(cases, shape);
    add_sines(cases, shape, 3);
    add_row_ops(cases, shape);
  }
  add_sines(cases, {9, 33}, 200);
  add_group_ops(cases, 1, 1, 1);
  add_group_ops(cases, 1, 13, 7);
  add_group_ops(cases, 4, 6, 33);
  add_group_ops(cases, 3, 1, 3);
  add_group_ops(cases, 2, 5, 272);
  add_group_ops(cases, 7, 2, 16);
  add_layers(cases);
  add_palettes(cases);
  add_mixtures(cases);
  add_samples(cases);
  add_errors(cases);
  add_compositions(cases);
  return cases.take();
}

}  // namespace

const std::vector<OpCase>& op_cases() {
  static const std::vector<OpCase> cases = make_cases();
  return cases;
}

}  // namespace chorus::test
