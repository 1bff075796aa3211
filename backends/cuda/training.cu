#include <algorithm>

#include "cuda/language.cuh"
#include "cuda/ops.hpp"
#include "op_parameters.hpp"
#include "random.hpp"

// Drawing pixels, and Adam. Both are defined in op_parameters.hpp.

namespace chorus::CHORUS_DEVICE {

namespace {

constexpr int threads = 128;

struct Draw {
  Indices images, table, pixels, visits;
  LongMatrix colors;
  Matrix places, drawn_colors, weights;
  PixelDraw settings;
};

/// The place of a pixel in an image's list, and the weight that keeps sums unbiased.
struct Drawn {
  std::uint32_t place;
  float weight;
};

__device__ inline Drawn draw_place(const PixelChoice& choice, std::uint32_t row, std::uint32_t rows,
                                   std::uint32_t flat_rows, std::uint32_t word) {
  std::uint32_t first = choice.first, kind = choice.flat + choice.others, rows_of_kind = rows;
  if (choice.flat > 0 && choice.others > 0 && flat_rows > 0 && flat_rows != rows) {
    if (row < flat_rows) {
      kind = choice.flat;
      rows_of_kind = flat_rows;
    } else {
      first += choice.flat;
      kind = choice.others;
      row -= flat_rows;
      rows_of_kind = rows - flat_rows;
    }
  }
  return {first + below_in_stretch(word, kind, row, rows_of_kind),
          static_cast<float>(double(kind) / (double(choice.all) * rows_of_kind))};
}

/// The points of one pixel: near the centres of the cells of a grid. They have the same bits as on
/// the host: integers, and doubles for values that are rounded once.
__device__ inline void put_points(const Draw& draw, const PhiloxBlock& drawn_from, int sample,
                                  std::uint32_t cells, std::uint32_t x, std::uint32_t y,
                                  std::uint32_t width, std::uint32_t height) {
  const double jitter = cells > 1 ? double{draw.settings.area_jitter} : 0.0;
  for (std::uint32_t cell = 0; cell < cells * cells; ++cell) {
    const PhiloxBlock counter = {drawn_from[0], drawn_from[1], drawn_from[2], 1 + cell};
    const PhiloxBlock shift = philox(counter, draw.settings.seed);
    const double u = (cell % cells + 0.5 + jitter * (double{unit_float(shift[0])} - 0.5)) / cells;
    const double v = (cell / cells + 0.5 + jitter * (double{unit_float(shift[1])} - 0.5)) / cells;
    const int row = sample + static_cast<int>(cell);
    draw.places.at(row, 0) = static_cast<float>(2.0 * (x + u) / width - 1);
    draw.places.at(row, 1) = static_cast<float>(2.0 * (y + v) / height - 1);
  }
}

/// A thread draws one pixel.
__global__ void draw_kernel(Draw draw) {
  const int r = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (r >= draw.weights.rows) return;
  const auto rows =
      static_cast<std::uint32_t>(draw.weights.rows) / static_cast<std::uint32_t>(draw.images.count);
  const auto group = static_cast<std::uint32_t>(r) / rows;
  const auto row = static_cast<std::uint32_t>(r) % rows;
  const std::uint32_t image = draw.images[group], visit = draw.visits[group];
  const std::uint32_t fields = image * static_cast<std::uint32_t>(image_fields);
  const auto field = [&](ImageField which) {
    return draw.table[fields + static_cast<std::uint32_t>(which)];
  };
  const std::uint32_t number = field(image_number);
  const PhiloxBlock words = philox({row, number, 0, 0}, draw.settings.seed);
  const std::uint32_t word = weyl(words[0], visit);
  const PixelChoice choice = choose_pixels(draw.settings.kinds, field(image_flat_pixels),
                                           field(image_edge_pixels), field(image_blended_pixels));
  const Drawn drawn = draw_place(choice, row, rows, draw.settings.flat_rows, word);
  const std::uint32_t first = field(image_first_pixel), width = field(image_width);
  const std::uint32_t pixel = draw.pixels[first + drawn.place];
  const float* color = draw.colors.row(std::size_t{first} + pixel);
  for (int c = 0; c < draw.colors.cols; ++c) draw.drawn_colors.at(r, c) = color[c];
  draw.weights.at(r, 0) = drawn.weight;

  // The first rows of a group have one sample each, the others a grid of them.
  const std::uint32_t area = draw.settings.area_samples == 0 ? 1 : draw.settings.area_samples;
  const std::uint32_t singles = min(draw.settings.flat_rows, rows);
  const std::uint32_t sample = group * (singles + (rows - singles) * area * area) +
                               (row < singles ? row : singles + (row - singles) * area * area);
  put_points(draw, {row, number, visit, 0}, static_cast<int>(sample), row < singles ? 1 : area,
             pixel % width, pixel / width, width, field(image_height));
}

struct Adam {
  ConstMatrix gradient, schedule;
  Matrix value, first_moment, second_moment;
  Matrix cleared;  ///< the gradient, or null data
  Indices rows;    ///< count 0: all rows in order
  int row_count;   ///< number of rows that are updated
  AdamUpdate settings;
};

/// Several of them. Block b belongs to the last entry whose first block is not behind it.
struct AdamBatch {
  Adam entry[most_together];
  unsigned first_block[most_together];
  int count;
};

/// A thread updates one element.
__global__ void adam_kernel(const __grid_constant__ AdamBatch batch) {
  int e = 0;
  while (e + 1 < batch.count && blockIdx.x >= batch.first_block[e + 1]) ++e;
  const Adam& adam = batch.entry[e];
  const auto i = std::size_t{blockIdx.x - batch.first_block[e]} * blockDim.x + threadIdx.x;
  const int from = static_cast<int>(i / static_cast<unsigned>(adam.gradient.cols));
  const int col = static_cast<int>(i % static_cast<unsigned>(adam.gradient.cols));
  if (from >= adam.row_count) return;
  const int row =
      adam.rows.count == 0 ? from : static_cast<int>(adam.rows[static_cast<std::uint32_t>(from)]);
  const AdamUpdate& s = adam.settings;
  float g = 0;
  for (int copy = from; copy < adam.gradient.rows; copy += adam.row_count) {
    g += adam.gradient.at(copy, col);
    if (adam.cleared.data != nullptr) adam.cleared.at(copy, col) = 0;
  }
  float& first = adam.first_moment.at(row, col);
  float& second = adam.second_moment.at(row, col);
  first = s.beta1 * first + (1 - s.beta1) * g;
  second = s.beta2 * second + (1 - s.beta2) * g * g;
  const float rate = s.rate * adam.schedule.at(0, 0);
  const float root = sqrt(second * adam.schedule.at(0, 2)) + s.epsilon;
  adam.value.at(row, col) -= rate * (first * adam.schedule.at(0, 1)) / root;
}

int blocks(std::size_t items) { return static_cast<int>((items + threads - 1) / threads); }

Adam update_of(const Call& call) {
  const bool by_number = call.index[0].count != 0;
  const std::size_t rows = by_number ? call.in[0].rows : call.out[0].rows;
  return {matrix(call.in[0]),     matrix(call.in[1]),     matrix(call.out[0]),
          matrix(call.out[1]),    matrix(call.out[2]),    matrix(call.out[3]),
          indices(call.index[0]), static_cast<int>(rows), *call.adam};
}

}  // namespace

void run_draw(Device& device, const Call& call) {
  const ConstView& colors = call.in[0];
  const Draw draw{indices(call.index[0]),
                  indices(call.index[1]),
                  indices(call.index[2]),
                  indices(call.index[3]),
                  {colors.data, colors.rows, size_of_32_bits(colors.cols), colors.stride},
                  matrix(call.out[0]),
                  matrix(call.out[1]),
                  matrix(call.out[2]),
                  *call.draw};
  launch(device, draw_kernel, {blocks(call.out[2].rows)}, threads, draw);
}

void run_updates(Device& device, const std::vector<Call>& calls) {
  for (std::size_t first = 0; first < calls.size(); first += most_together) {
    AdamBatch batch = {};
    int all_blocks = 0;
    for (std::size_t c = first; c < std::min(first + most_together, calls.size()); ++c) {
      const Adam adam = update_of(calls[c]);
      batch.first_block[batch.count] = static_cast<unsigned>(all_blocks);
      batch.entry[batch.count++] = adam;
      all_blocks += blocks(static_cast<std::size_t>(adam.row_count) * calls[c].in[0].cols);
    }
    if (all_blocks > 0) launch(device, adam_kernel, {all_blocks}, threads, batch);
  }
}

}  // namespace chorus::CHORUS_DEVICE
