#include "chorus/backend.hpp"

#include <stdexcept>

#include "chorus/error.hpp"

namespace chorus {

void Backend::replay(std::unique_ptr<CapturedGraph>&, const std::function<void()>& work) { work(); }

std::string_view name(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return "fp32";
    case Precision::tf32:
      return "tf32";
    case Precision::fp16:
      return "fp16";
    case Precision::bf16:
      return "bf16";
  }
  throw std::logic_error("name: unknown precision");
}

Precision parse_precision(std::string_view text) {
  for (const Precision each : {Precision::fp32, Precision::tf32, Precision::fp16, Precision::bf16})
    if (text == name(each)) return each;
  throw Error("unknown precision '" + std::string(text) + "'; expected fp32, tf32, fp16 or bf16");
}

std::string_view name(Op op) {
  switch (op) {
    case Op::matmul:
      return "matmul";
    case Op::pack:
      return "pack";
    case Op::add:
      return "add";
    case Op::subtract:
      return "subtract";
    case Op::multiply:
      return "multiply";
    case Op::scale:
      return "scale";
    case Op::scale_by:
      return "scale_by";
    case Op::fill:
      return "fill";
    case Op::sin:
      return "sin";
    case Op::cos:
      return "cos";
    case Op::broadcast_rows:
      return "broadcast_rows";
    case Op::sum_rows:
      return "sum_rows";
    case Op::scale_rows:
      return "scale_rows";
    case Op::sine_linear:
      return "sine_linear";
    case Op::sine_linear_gradient:
      return "sine_linear_gradient";
    case Op::squared_error:
      return "squared_error";
    case Op::palette_colors:
      return "palette_colors";
    case Op::palette_colors_gradient:
      return "palette_colors_gradient";
    case Op::palette_scores:
      return "palette_scores";
    case Op::mixture_loss:
      return "mixture_loss";
    case Op::mean_samples:
      return "mean_samples";
    case Op::gather_rows:
      return "gather_rows";
    case Op::draw_pixels:
      return "draw_pixels";
    case Op::adam:
      return "adam";
  }
  throw std::logic_error("name: unknown op");
}

}  // namespace chorus
