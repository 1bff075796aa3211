// Cannot be compiled alone; begin at kernels_avx512bf16.cpp.

// Products of pairs of bf16 numbers by AMX. It has eight registers that hold a square of 16 x 16
// floats or pairs, and an instruction that adds the product of two squares of pairs to a square of
// sums.
//
// Where AMX is missing (in tests), the instructions are emulated on squares in memory.

constexpr std::size_t square_side = 16;

/// 2 x 2 squares of sums in the registers of this thread, during the lifetime of the object.
class SquareSums {
 public:
#ifdef __AMX_BF16__
  SquareSums() {
    struct alignas(64) {
      std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
      std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
      std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
    } config;
    _tile_loadconfig(&config);
  }
  ~SquareSums() { _tile_release(); }
  SquareSums(const SquareSums&) = delete;
  SquareSums& operator=(const SquareSums&) = delete;

  CHORUS_INLINE void clear() {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }

  /// Adds the product of 32 x 16 pairs and 16 x 32 pairs.
  CHORUS_INLINE void add_product(const float* a, std::size_t a_step, const float* b,
                                 std::size_t b_step) {
    const long a_bytes = static_cast<long>(a_step * sizeof(float));
    const long b_bytes = static_cast<long>(b_step * sizeof(float));
    _tile_loadd(4, a, a_bytes);
    _tile_loadd(5, a + square_side * a_step, a_bytes);
    _tile_loadd(6, b, b_bytes);
    _tile_loadd(7, b + square_side, b_bytes);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }

  CHORUS_INLINE void store(float* to, std::size_t step) const {
    const long bytes = static_cast<long>(step * sizeof(float));
    _tile_stored(0, to, bytes);
    _tile_stored(1, to + square_side, bytes);
    _tile_stored(2, to + square_side * step, bytes);
    _tile_stored(3, to + square_side * step + square_side, bytes);
  }
#else
  void clear() {
    for (auto& row : sums_)
      for (Batch& sum : row) sum = Batch(0.0F);
  }

  void add_product(const float* a, std::size_t a_step, const float* b, std::size_t b_step) {
    for (std::size_t i = 0; i < 2 * square_side; ++i)
      for (std::size_t k = 0; k < square_side; ++k)
        for (std::size_t j = 0; j < 2; ++j)
          sums_[i][j] = Batch(add_dot_of_pairs(
              Batch(a[i * a_step + k]), load(b + k * b_step + j * square_side), sums_[i][j]));
  }

  void store(float* to, std::size_t step) const {
    for (std::size_t i = 0; i < 2 * square_side; ++i)
      for (std::size_t j = 0; j < 2; ++j)
        sums_[i][j].store_unaligned(to + i * step + j * square_side);
  }

 private:
  Batch sums_[2 * square_side][2];
#endif
};

/// Products of pairs, 2 x 2 squares of the result at a time.
struct SquareProducts {
  static constexpr std::size_t depth_multiple = square_side;  ///< pairs
  static constexpr std::size_t rows_multiple = 2 * square_side;
  static constexpr bool left_is_row_major = true;

  template <class Finish>
  static void multiply(const LeftMatrix& a, const RightMatrix& b, std::size_t depth,
                       const Finish& finish, std::size_t rows, std::size_t cols) {
    SquareSums squares;
    alignas(64) float sums[rows_multiple * panel];
    const float* data = b.data;
    for (std::size_t col = 0; col < cols; col += panel, data += b.panel_step)
      for (std::size_t row = 0; row < rows; row += rows_multiple) {
        squares.clear();
        for (std::size_t k = 0; k < depth; k += square_side)
          squares.add_product(a.data + row * a.row_step + k, a.row_step, data + k * b.depth_step,
                              b.depth_step);
        squares.store(sums, panel);
        const std::size_t count = smaller(rows_multiple, rows - row);
        if (cols - col <= lanes)
          finish_rows<1>(sums, count, finish, row, col);
        else
          finish_rows<panel_vectors>(sums, count, finish, row, col);
      }
  }

 private:
  static_assert(panel == 2 * square_side);

  template <std::size_t vectors, class Finish>
  static CHORUS_INLINE void finish_rows(const float* sums, std::size_t count, const Finish& finish,
                                        std::size_t row, std::size_t col) {
    constexpr std::size_t together = 8;
    std::size_t i = 0;
    for (; i + together <= count; i += together)
      finish.finish(block_of<together, vectors>(sums + i * panel), row + i, col);
    for (; i < count; ++i) finish.finish(block_of<1, vectors>(sums + i * panel), row + i, col);
  }

  template <std::size_t rows, std::size_t vectors>
  static CHORUS_INLINE Block<rows, vectors> block_of(const float* sums) {
    Block<rows, vectors> block;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
      for (std::size_t j = 0; j < vectors; ++j)
        block.sums[i][j] = Batch::load_aligned(sums + i * panel + j * lanes);
    return block;
  }
};
