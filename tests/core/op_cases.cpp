#include "op_cases.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "op_case_list.hpp"

namespace chorus::test {

namespace {

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

/// Row r is a weighted sum of rows r, 5 r + 2, ... of the input, some of which no row takes.
void add_weighted_rows(Cases& cases, const Shape& s, std::size_t rows, std::size_t together) {
  std::vector<std::uint32_t> chosen;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < together; ++k)
      chosen.push_back(static_cast<std::uint32_t>((r + 4 * r * k + 2 * k) % s.rows));
  // A list must outlive the tapes that use it.
  const auto lists = std::make_shared<std::vector<IndexList>>();
  cases.add(
      {fmt::format("weighted_rows {} of {} x {}, {} together", rows, s.rows, s.cols, together),
       {cases.random(s.rows, s.cols), constant(cases.random(rows, together))},
       [chosen, lists](Vars v) {
         lists->emplace_back(v[0].tape().memory().shared_backend(), chosen);
         return weighted_rows(v[0], lists->back().view(), v[1]);
       },
       [chosen, together](Matrices m) {
         Matrix result(m[1].rows, m[0].cols);
         for (std::size_t i = 0; i < chosen.size(); ++i)
           for (std::size_t c = 0; c < m[0].cols; ++c)
             result(i / together, c) += m[1](i / together, i % together) * m[0](chosen[i], c);
         return result;
       },
       tolerance(rows)});
}

// --- layers -------------------------------------------------------------------------------------

Matrix linear_by_definition(Matrices m) {
  return sum(product(m[0], transposed(m[1])), repeated(m[2], m[0].rows));
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

/// Two layers, with a shift for each group of rows and with one for all.
void add_network(Cases& cases) {
  const std::size_t groups = 2, rows = 10, width = 7;
  cases.add({"sine_network",
             {cases.random(rows, 2), cases.random(width, 2), cases.random(groups, width),
              cases.random(width, width), cases.random(1, width)},
             [](Vars v) {
               return sine_network(v[0], std::vector<SineLayer>{{v[1], v[2]}, {v[3], v[4]}});
             },
             [](Matrices m) {
               const auto layer = [](const Matrix& x, const Matrix& w, const Matrix& b) {
                 return mapped(sum(product(x, transposed(w)), repeated(b, x.rows)),
                               [](double p) { return std::sin(p); });
               };
               return layer(layer(m[0], m[1], m[2]), m[3], m[4]);
             },
             tolerance(rows + width, 6),
             bf16_tolerance(width, width)});
}

// --- errors -------------------------------------------------------------------------------------

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

void add_scale_by(Cases& cases, const Shape& s) {
  const std::string shape = fmt::format(" {} x {}", s.rows, s.cols);
  cases.add({"scale_by" + shape,
             {cases.random(s.rows, s.cols), cases.random(1, 1)},
             [](Vars v) { return scale_by(v[0], v[1]); },
             [](Matrices m) {
               return mapped(m[0], [factor = m[1](0, 0)](double x) { return factor * x; });
             },
             tolerance(s.rows * s.cols)});
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
  add_weighted_rows(cases, {1, 1}, 1, 1);
  add_weighted_rows(cases, {7, 3}, 9, 2);
  add_weighted_rows(cases, {13, 33}, 5, 2);
  add_weighted_rows(cases, {5, 16}, 12, 3);
  add_group_ops(cases, 1, 1, 1);
  add_group_ops(cases, 1, 13, 7);
  add_group_ops(cases, 4, 6, 33);
  add_group_ops(cases, 3, 1, 3);
  add_group_ops(cases, 2, 5, 272);
  add_group_ops(cases, 7, 2, 16);
  add_layers(cases);
  add_network(cases);
  add_palette_cases(cases);
  add_errors(cases);
  add_compositions(cases);
  // Cases draw their inputs one after another: add new ones at the end, so that others keep
  // theirs.
  for (const Shape& shape : element_shapes) add_scale_by(cases, shape);
  return cases.take();
}

}  // namespace

const std::vector<OpCase>& op_cases() {
  static const std::vector<OpCase> cases = make_cases();
  return cases;
}

}  // namespace chorus::test
