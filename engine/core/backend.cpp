#include "chorus/backend.hpp"

#include "precision_names.hpp"

namespace chorus {

void Backend::replay(std::unique_ptr<CapturedGraph>&, const std::function<void()>& work) { work(); }

namespace {

constexpr auto op_names =
    enum_table<Op>("op", {{Op::matmul, "matmul"},
                          {Op::pack, "pack"},
                          {Op::add, "add"},
                          {Op::subtract, "subtract"},
                          {Op::multiply, "multiply"},
                          {Op::scale, "scale"},
                          {Op::scale_by, "scale_by"},
                          {Op::fill, "fill"},
                          {Op::sin, "sin"},
                          {Op::cos, "cos"},
                          {Op::broadcast_rows, "broadcast_rows"},
                          {Op::sum_rows, "sum_rows"},
                          {Op::scale_rows, "scale_rows"},
                          {Op::sine_linear, "sine_linear"},
                          {Op::sine_linear_gradient, "sine_linear_gradient"},
                          {Op::squared_error, "squared_error"},
                          {Op::palette_colors, "palette_colors"},
                          {Op::palette_colors_gradient, "palette_colors_gradient"},
                          {Op::palette_scores, "palette_scores"},
                          {Op::mixture_loss, "mixture_loss"},
                          {Op::mean_samples, "mean_samples"},
                          {Op::gather_rows, "gather_rows"},
                          {Op::draw_pixels, "draw_pixels"},
                          {Op::adam, "adam"}});
static_assert(op_names.size() == op_count);

}  // namespace

std::string_view name(Precision precision) { return enum_names<Precision>.name(precision); }
Precision parse_precision(std::string_view text) { return enum_names<Precision>.parse(text); }
std::string_view name(Op op) { return op_names.name(op); }

}  // namespace chorus
