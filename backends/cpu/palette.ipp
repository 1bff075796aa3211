// Cannot be compiled alone; begin at kernels_avx2.cpp.

// The palette head: the softmax over the entries of a palette, and its gradient. Included by
// kernels.ipp.
//
// A vector holds one element of each of `lanes` rows, so that maxima and sums over a row are
// element-wise. Blocks of rows are transposed for this.

constexpr std::size_t largest_palette = 64;  // entries; larger ones are left to the reference

/// exp(x) for x <= 0: x = (n + f) log 2 with an integer n and |f| <= 1/2, a minimax polynomial for
/// 2^f (Lawson fit, relative error 2e-9 before rounding), and n in the exponent. Below -87, where
/// the result would be subnormal, it is that of -87.
CHORUS_INLINE Batch exp_of_negative(const Batch& x) {
  const Batch log2_e(1.44269504F), log_2_high(0.693359375F), log_2_low(-2.12194440e-4F);
  const Batch round_to_whole(12582912.0F);             // 1.5 * 2^23
  const Batch bounded = xsimd::max(Batch(-87.0F), x);  // this order of arguments keeps NaN
  const Batch shifted = xsimd::fma(bounded, log2_e, round_to_whole);
  const Batch n = shifted - round_to_whole;
  const Batch rest = xsimd::fma(n, -log_2_low, xsimd::fma(n, -log_2_high, bounded));
  const Batch f = rest * log2_e;
  Batch p = xsimd::fma(f, Batch(0.00015345696F), Batch(0.00134000636F));
  p = xsimd::fma(p, f, Batch(0.00961849000F));
  p = xsimd::fma(p, f, Batch(0.0555032827F));
  p = xsimd::fma(p, f, Batch(0.240226462F));
  p = xsimd::fma(p, f, Batch(0.693147182F));
  p = xsimd::fma(p, f, Batch(1.0F));
  // The integer is in the low bits of `shifted`.
  const Word exponent = xsimd::bitwise_cast<Word>(shifted) << 23;
  return xsimd::bitwise_cast<Batch>(xsimd::bitwise_cast<Word>(p) + exponent);
}

/// log(x) for positive normal x: x = 2^n f with f in [1/sqrt(2), sqrt(2)), and log f by the series
/// of the inverse hyperbolic tangent. NaN stays NaN.
CHORUS_INLINE Batch log_of_positive(const Batch& x) {
  const Word bits = xsimd::bitwise_cast<Word>(x), root_half(0x3f3504f3);
  const Word n = (bits - root_half) >> 23;  // rounds towards minus infinity
  const Batch f = xsimd::bitwise_cast<Batch>(bits - (n << 23));
  const Batch t = (f - Batch(1.0F)) / (f + Batch(1.0F)), square = t * t;
  Batch series = xsimd::fma(square, Batch(2.0F / 9), Batch(2.0F / 7));
  series = xsimd::fma(square, series, Batch(2.0F / 5));
  series = xsimd::fma(square, series, Batch(2.0F / 3));
  series = xsimd::fma(square, series, Batch(2.0F));
  // The arithmetic on bits turns NaN into a number. x - x is NaN then, and otherwise 0, which
  // clang-tidy takes for a mistake.
  const Batch zero_or_nan = x - x;  // NOLINT(misc-redundant-expression)
  return xsimd::fma(xsimd::to_float(n), Batch(0.693147181F), t * series) + zero_or_nan;
}

/// Columns of up to `lanes` rows as vectors: to[c] = column c. Lanes beyond `rows` repeat row 0.
CHORUS_INLINE void turn(const float* from, std::size_t stride, std::size_t rows, std::size_t cols,
                        float (&to)[largest_palette][lanes]) {
  for (std::size_t r = 0; r < lanes; ++r) {
    const float* row = from + (r < rows ? r : 0) * stride;
    for (std::size_t c = 0; c < cols; ++c) to[c][r] = row[c];
  }
}

CHORUS_INLINE void turn_back(const float (&from)[largest_palette][lanes], std::size_t rows,
                             std::size_t cols, float* to, std::size_t stride) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) to[r * stride + c] = from[c][r];
}

struct LogSum {
  Batch largest, sum;  ///< the logarithm is largest + log(sum)
};

/// Turns the columns of logits into columns of softmax weights. Returns the sum of the
/// exponentials.
CHORUS_INLINE LogSum softmax_columns(float (&columns)[largest_palette][lanes],
                                     std::size_t entries) {
  Batch largest = load(columns[0]);
  for (std::size_t k = 1; k < entries; ++k) largest = xsimd::max(largest, load(columns[k]));
  Batch sum(0.0F);
  for (std::size_t k = 0; k < entries; ++k) {
    const Batch weight = exp_of_negative(load(columns[k]) - largest);
    store(columns[k], weight);
    sum += weight;
  }
  const Batch share = Batch(1.0F) / sum;
  for (std::size_t k = 0; k < entries; ++k) store(columns[k], load(columns[k]) * share);
  return {largest, sum};
}

bool palette_colors(const Call& call) {
  const ConstView logits = call.in[0], palettes = call.in[1];
  const View colors = call.out[0], weights = call.out[1];
  const std::size_t entries = logits.cols, group = logits.rows / palettes.rows;
  if (entries > largest_palette || colors.cols > largest_palette) return false;
  alignas(64) float columns[largest_palette][lanes];
  alignas(64) float mixed[largest_palette][lanes];
  for (std::size_t row = 0; row < logits.rows;) {
    const std::size_t rows = smaller(lanes, group - row % group);
    const float* palette = palettes.data + row / group * palettes.stride;
    turn(logits.data + row * logits.stride, logits.stride, rows, entries, columns);
    softmax_columns(columns, entries);
    for (std::size_t c = 0; c < colors.cols; ++c) {
      Batch color(0.0F);
      for (std::size_t k = 0; k < entries; ++k)
        color = xsimd::fma(Batch(palette[c * entries + k]), load(columns[k]), color);
      store(mixed[c], color);
    }
    turn_back(mixed, rows, colors.cols, colors.data + row * colors.stride, colors.stride);
    if (weights.data != nullptr)
      turn_back(columns, rows, entries, weights.data + row * weights.stride, weights.stride);
    row += rows;
  }
  return true;
}

/// The gradient of the palette for one group: sums over its rows of weight times upstream.
CHORUS_INLINE void add_palette_gradient(const Call& call, std::size_t group_index,
                                        std::size_t group) {
  const ConstView upstream = call.in[0];
  const View weights = call.out[0];
  const std::size_t entries = weights.cols;
  float* sums = call.out[1].data + group_index * call.out[1].stride;
  const float* up = upstream.data + group_index * group * upstream.stride;
  const float* weight = weights.data + group_index * group * weights.stride;
  for (std::size_t c = 0; c < upstream.cols; ++c)
    for (std::size_t k = 0; k < entries; k += lanes) {
      Batch sum(0.0F);  // lanes beyond the last entry hold unused values
      for (std::size_t r = 0; r < group; ++r)
        sum = xsimd::fma(Batch(up[r * upstream.stride + c]), load(weight + r * weights.stride + k),
                         sum);
      float* to = sums + c * entries + k;
      const std::size_t count = smaller(lanes, entries - k);
      store_part(to, load_part(to, count) + sum, count);
    }
}

bool palette_colors_gradient(const Call& call) {
  const ConstView upstream = call.in[0], palettes = call.in[1];
  const View weights = call.out[0];
  const std::size_t entries = weights.cols, group = weights.rows / palettes.rows;
  if (entries > largest_palette || upstream.cols > largest_palette) return false;
  alignas(64) float columns[largest_palette][lanes];
  alignas(64) float up[largest_palette][lanes];
  alignas(64) float slopes[largest_palette][lanes];
  for (std::size_t g = 0; g < palettes.rows; ++g) add_palette_gradient(call, g, group);
  for (std::size_t row = 0; row < weights.rows;) {
    const std::size_t rows = smaller(lanes, group - row % group);
    const float* palette = palettes.data + row / group * palettes.stride;
    float* to = weights.data + row * weights.stride;
    turn(to, weights.stride, rows, entries, columns);
    turn(upstream.data + row * upstream.stride, upstream.stride, rows, upstream.cols, up);
    Batch mean(0.0F);  // mean of the slopes, by weight
    for (std::size_t k = 0; k < entries; ++k) {
      Batch slope(0.0F);
      for (std::size_t c = 0; c < upstream.cols; ++c)
        slope = xsimd::fma(Batch(palette[c * entries + k]), load(up[c]), slope);
      store(slopes[k], slope);
      mean = xsimd::fma(load(columns[k]), slope, mean);
    }
    for (std::size_t k = 0; k < entries; ++k)
      store(slopes[k], load(columns[k]) * (load(slopes[k]) - mean));
    turn_back(slopes, rows, entries, to, weights.stride);
    row += rows;
  }
  return true;
}

/// A column of colours for up to `lanes` rows: entry k of a palette at the places of the rows.
CHORUS_INLINE Batch entry_channel(const float* palette, std::size_t entries, std::size_t channels,
                                  std::size_t channel, std::size_t k,
                                  const float (&places)[largest_palette][lanes], bool fields) {
  const float* p = palette + channel * entries + k;
  if (!fields) return Batch(*p);
  const std::size_t term = channels * entries;
  return xsimd::fma(load(places[0]), Batch(p[term]),
                    xsimd::fma(load(places[1]), Batch(p[2 * term]), Batch(*p)));
}

bool palette_scores(const Call& call) {
  const ConstView palettes = call.in[0], colors = call.in[1], places = call.in[2];
  const View scores = call.out[0];
  const std::size_t entries = scores.cols, group = scores.rows / palettes.rows;
  if (entries > largest_palette || colors.cols > largest_palette) return false;
  const bool fields = places.data != nullptr;
  alignas(64) float color[largest_palette][lanes];
  alignas(64) float place[largest_palette][lanes];
  alignas(64) float columns[largest_palette][lanes];
  for (std::size_t row = 0; row < scores.rows;) {
    const std::size_t rows = smaller(lanes, group - row % group);
    const float* palette = palettes.data + row / group * palettes.stride;
    turn(colors.data + row * colors.stride, colors.stride, rows, colors.cols, color);
    if (fields) turn(places.data + row * places.stride, places.stride, rows, 2, place);
    for (std::size_t k = 0; k < entries; ++k) {
      Batch square(0.0F);
      for (std::size_t c = 0; c < colors.cols; ++c) {
        const Batch difference =
            entry_channel(palette, entries, colors.cols, c, k, place, fields) - load(color[c]);
        square = xsimd::fma(difference, difference, square);
      }
      // This order of arguments keeps NaN.
      store(columns[k],
            xsimd::max(Batch(call.scores->lowest), square * Batch(-call.scores->per_square)));
    }
    turn_back(columns, rows, entries, scores.data + row * scores.stride, scores.stride);
    row += rows;
  }
  return true;
}

bool mixture_loss(const Call& call) {
  const ConstView logits = call.in[0], scores = call.in[1];
  const View losses = call.out[0], slopes = call.out[1];
  const std::size_t entries = logits.cols;
  if (entries > largest_palette) return false;
  alignas(64) float before[largest_palette][lanes];
  alignas(64) float after[largest_palette][lanes];
  for (std::size_t row = 0; row < logits.rows; row += lanes) {
    const std::size_t rows = smaller(lanes, logits.rows - row);
    turn(logits.data + row * logits.stride, logits.stride, rows, entries, before);
    turn(scores.data + row * scores.stride, scores.stride, rows, entries, after);
    for (std::size_t k = 0; k < entries; ++k) store(after[k], load(before[k]) + load(after[k]));
    const LogSum plain = softmax_columns(before, entries), scored = softmax_columns(after, entries);
    for (std::size_t k = 0; slopes.data != nullptr && k < entries; ++k)
      store(after[k], load(before[k]) - load(after[k]));
    store(before[0], plain.largest - scored.largest + log_of_positive(plain.sum / scored.sum));
    turn_back(before, rows, 1, losses.data + row * losses.stride, losses.stride);
    if (slopes.data != nullptr)
      turn_back(after, rows, entries, slopes.data + row * slopes.stride, slopes.stride);
  }
  return true;
}
