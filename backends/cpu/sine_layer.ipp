// Cannot be compiled alone; begin at kernels_avx2.cpp.

// What the layers of a SIREN do to a finished block of a product: add a bias, and write the sine
// and the cosine for the gradient (Sine); multiply by the cosine, and sum over rows (Slope).

/// Walks through the rows of a matrix that has one row for each group, group by group.
struct GroupRow {
  const float* data;
  std::size_t stride, group, left;

  CHORUS_INLINE GroupRow(const ConstView& view, std::size_t group_rows, std::size_t row)
      : data(view.data + row / group_rows * view.stride),
        stride(view.stride),
        group(group_rows),
        left(group_rows - row % group_rows) {}

  CHORUS_INLINE void next() {
    if (--left != 0) return;
    data += stride;
    left = group;
  }
};

/// Sines of a block of products plus a bias, while the block is in registers.
struct Sine {
  View sine, cosine;
  ConstView bias;

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void prepare(std::size_t, std::size_t) const {}

  /// Goes through memory, because the sums and the constants of the sine together do not fit the
  /// registers.
  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void finish(const Block<rows, vectors>& block, std::size_t row,
                            std::size_t col) const {
    const BlockValues<rows, vectors> values(block);
    const float* from = &values.values[0][0];
    if (col + vectors * lanes > sine.cols)
      part(from, vectors * lanes, rows, row, col);
    else if (cosine.data != nullptr)
      whole<vectors, true>(from, rows, row, col);
    else
      whole<vectors, false>(from, rows, row, col);
  }

  template <std::size_t vectors, bool with_cosine>
  CHORUS_INLINE void whole(const float* values, std::size_t rows, std::size_t row,
                           std::size_t col) const {
    GroupRow shift(bias, sine.rows / bias.rows, row);
    float* s = sine.data + row * sine.stride + col;
    float* c = with_cosine ? cosine.data + row * cosine.stride + col : nullptr;
#pragma GCC unroll 1
    for (std::size_t i = 0; i < rows; ++i, shift.next()) {
#pragma GCC unroll 2
      for (std::size_t j = 0; j < vectors; ++j) {
        const SineCosine both = sine_cosine(Batch::load_aligned(values + j * lanes) +
                                            load(shift.data + col + j * lanes));
        store(s + j * lanes, both.sine);
        if (with_cosine) store(c + j * lanes, both.cosine);
      }
      values += vectors * lanes;
      s += sine.stride;
      if (with_cosine) c += cosine.stride;
    }
  }

  __attribute__((noinline)) void part(const float* values, std::size_t step, std::size_t rows,
                                      std::size_t row, std::size_t col) const {
    GroupRow shift(bias, sine.rows / bias.rows, row);
    for (std::size_t i = 0; i < rows; ++i, shift.next(), values += step)
      for (std::size_t j = col; j < sine.cols; j += lanes) {
        const std::size_t count = smaller(lanes, sine.cols - j);
        const SineCosine both =
            sine_cosine(load_part(values + j - col, count) + load_part(shift.data + j, count));
        store_part(sine.data + (row + i) * sine.stride + j, both.sine, count);
        if (cosine.data != nullptr)
          store_part(cosine.data + (row + i) * cosine.stride + j, both.cosine, count);
      }
  }
};

/// Multiplies a block of upstream derivatives by the cosines in its place, and sums the resulting
/// slopes over the rows of each group.
struct Slope {
  View cosine;  ///< replaced by the slope
  View sums;

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void prepare(std::size_t row, std::size_t col) const {
    prefetch_block<rows, vectors>(cosine, row, col);
  }

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void finish(const Block<rows, vectors>& block, std::size_t row,
                            std::size_t col) const {
    const std::size_t group = cosine.rows / sums.rows;
    float* total = sums.data + row / group * sums.stride + col;
    if (col + vectors * lanes <= cosine.cols && row / group == (row + rows - 1) / group)
      return of_one_group(block, row, col, total);
    const BlockValues<rows, vectors> values(block);
    const float* upstream = &values.values[0][0];
    if (col + vectors * lanes <= cosine.cols)
      of_groups<vectors>(upstream, rows, row, col, total);
    else
      part(upstream, vectors * lanes, rows, row, col);
  }

  template <std::size_t rows, std::size_t vectors>
  CHORUS_INLINE void of_one_group(const Block<rows, vectors>& block, std::size_t row,
                                  std::size_t col, float* total) const {
    float* slope = cosine.data + row * cosine.stride + col;
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors; ++j) {
      Batch sum = load(total + j * lanes);
#pragma GCC unroll 16
      for (std::size_t i = 0; i < rows; ++i) {
        float* at = slope + i * cosine.stride + j * lanes;
        const Batch value = block.sums[i][j] * load(at);
        store(at, value);
        sum += value;
      }
      store(total + j * lanes, sum);
    }
  }

  template <std::size_t vectors>
  CHORUS_INLINE void of_groups(const float* upstream, std::size_t rows, std::size_t row,
                               std::size_t col, float* total) const {
    const std::size_t group = cosine.rows / sums.rows;
#pragma GCC unroll 2
    for (std::size_t j = 0; j < vectors * lanes; j += lanes) {
      float* slope = cosine.data + row * cosine.stride + col + j;
      float* to = total + j;
      Batch sum = load(to);
#pragma GCC unroll 1
      for (std::size_t i = 0, left = group - row % group; i < rows; ++i, slope += cosine.stride) {
        const Batch value = Batch::load_aligned(upstream + i * vectors * lanes + j) * load(slope);
        store(slope, value);
        sum += value;
        if (--left > 0 || i + 1 == rows) continue;
        store(to, sum);
        to += sums.stride;
        sum = load(to);
        left = group;
      }
      store(to, sum);
    }
  }

  /// The last columns.
  __attribute__((noinline)) void part(const float* upstream, std::size_t step, std::size_t rows,
                                      std::size_t row, std::size_t col) const {
    const std::size_t group = cosine.rows / sums.rows, cols = cosine.cols - col;
    for (std::size_t i = row; i < row + rows; ++i, upstream += step) {
      float* slope = cosine.data + i * cosine.stride + col;
      float* total = sums.data + i / group * sums.stride + col;
      for (std::size_t j = 0; j < cols; j += lanes) {
        const Batch value = load(upstream + j) * load_within(slope, j, cols);
        store_within(slope, j, cols, value);
        store_within(total, j, cols, load_within(total, j, cols) + value);
      }
    }
  }
};
