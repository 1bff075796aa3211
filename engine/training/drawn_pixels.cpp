#include "drawn_pixels.hpp"

#include "chorus/ops.hpp"
#include "op_parameters.hpp"
#include "palette_ops.hpp"

namespace chorus {

DrawnPixels draw_pixels(Memory& memory, const PixelSource& source, const TrainingDraw& draw,
                        const IndexView& images, const IndexView& visits) {
  const std::size_t rows = images.count * draw.pixels();
  DrawnPixels pixels{draw, images.count, memory.empty(images.count * draw.samples(), 2),
                     memory.empty(rows, source.table.colors().cols), memory.empty(rows, 1)};
  Call call{.op = Op::draw_pixels};
  call.in[0] = source.table.colors();
  call.out[0] = pixels.coordinates.view();
  call.out[1] = pixels.colors.view();
  call.out[2] = pixels.weights.view();
  call.index[0] = images;
  call.index[1] = source.table.image_table();
  call.index[2] = source.table.pixel_order();
  call.index[3] = visits;
  const PixelDraw parameters{source.seed, draw.kinds, static_cast<std::uint32_t>(draw.flat_pixels),
                             static_cast<std::uint32_t>(draw.samples_per_axis), source.area_jitter};
  call.draw = &parameters;
  memory.backend().run(call);
  return pixels;
}

DrawnLosses losses(const Siren& siren, std::span<const Var> network, const Conditioned& images,
                   const DrawnPixels& pixels) {
  Tape& tape = network.front().tape();
  const TrainingDraw& draw = pixels.draw;
  const Var coordinates = tape.constant(pixels.coordinates), target = tape.constant(pixels.colors),
            weights = tape.constant(pixels.weights);
  const Var output = siren.output(network, coordinates, images);
  Var prediction = siren.colors(output, coordinates, images);
  if (draw.samples_of_edge() > 1)
    prediction = mean_samples(prediction, pixels.images, draw.flat_pixels, draw.samples_of_edge());
  DrawnLosses losses{weighted_squared_error(prediction, target, weights), {}};
  if (draw.assigned)
    losses.assignment =
        sum(scale_rows(siren.assignment_loss(output, coordinates, images, target), weights));
  return losses;
}

}  // namespace chorus
