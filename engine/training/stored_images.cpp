#include "stored_images.hpp"

#include <vector>

#include "chorus/ops.hpp"
#include "random.hpp"

namespace chorus {

namespace {

/// Some rows and columns of a matrix, as a leaf if there is room for its derivatives.
Var part(Tape& tape, const Tensor& values, const Tensor& gradients) {
  return gradients ? tape.variable(values, gradients) : tape.constant(values);
}

Tensor rows_of(const Tensor& all, std::size_t first, std::size_t count) {
  return all ? all.row_range(first, count) : Tensor();
}

/// Adds the free shifts that `fit` found to those that the latents give.
void add_free_shifts(Tape& tape, Conditioned& images, const Tensor& shifts,
                     const Tensor& gradients) {
  const std::size_t width = shifts.cols() / images.layers.size();
  for (std::size_t l = 0; l < images.layers.size(); ++l) {
    const Tensor own = gradients ? gradients.col_range(l * width, width) : Tensor();
    Var& shift = images.layers[l].shift;
    if (shift.rows() != shifts.rows()) shift = broadcast_rows(shift, shifts.rows());
    shift = shift + part(tape, shifts.col_range(l * width, width), own);
  }
}

}  // namespace

Var colors_of_images(Tape& tape, const Model& model, const Var& coordinates, std::size_t first,
                     std::size_t count, const ModelGradients* gradients) {
  const ModelGradients none;
  const ModelGradients& into = gradients != nullptr ? *gradients : none;
  const auto of_images = [&](const Tensor& all, const Tensor& all_gradients) {
    return all ? part(tape, rows_of(all, first, count), rows_of(all_gradients, first, count))
               : Var();
  };
  const std::vector<Var> network = model.siren.on_tape(tape, into.network);
  Conditioned images = model.siren.condition(network, of_images(model.latents, into.latents),
                                             of_images(model.palettes, into.palettes));
  if (model.shifts)
    add_free_shifts(tape, images, rows_of(model.shifts, first, count),
                    rows_of(into.shifts, first, count));
  return model.siren.decode(network, coordinates, images);
}

std::vector<float> random_places(std::uint64_t seed, std::uint32_t step, std::size_t first,
                                 std::size_t count, std::size_t places_per_image) {
  constexpr auto stream = static_cast<std::uint32_t>(Stream::tuned_places);
  std::vector<float> points;
  points.reserve(2 * count * places_per_image);
  for (std::size_t image = first; image < first + count; ++image)
    for (std::size_t place = 0; place < places_per_image; ++place) {
      const PhiloxBlock words = philox(
          {static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(image), step, stream},
          seed);
      for (const std::uint32_t word : {words[0], words[1]})
        points.push_back(2 * unit_float(word) - 1);
    }
  return points;
}

}  // namespace chorus
