// Cannot be compiled alone; begin at kernels_avx2.cpp.

// Products in single precision.

void pack_panels(const ConstView& w, bool transpose, float* to) {
  const std::size_t depth = transpose ? w.cols : w.rows;
  const std::size_t cols = transpose ? w.rows : w.cols;
  for (std::size_t first = 0; first < cols; first += panel) {
    const std::size_t count = smaller(panel, cols - first);
    float* dense = to + first * depth;
    for (std::size_t k = 0; k < depth; ++k, dense += panel) {
      const float* from = transpose ? w.data + first * w.stride + k : w.data + k * w.stride + first;
      const std::size_t step = transpose ? w.stride : 1;
      for (std::size_t j = 0; j < count; ++j) dense[j] = from[j * step];
      for (std::size_t j = count; j < panel; ++j) dense[j] = 0.0F;
    }
  }
}

/// The Operand of products of floats.
struct Singles {
  static CHORUS_INLINE Batch multiply_add(const Batch& left, const Batch& right, const Batch& sum) {
    return xsimd::fma(left, right, sum);
  }

  static std::size_t packed_floats(std::size_t rows, std::size_t cols) {
    return panels_floats(cols, rows) + panels_floats(rows, cols);
  }

  static void pack(const ConstView& w, float* to) {
    pack_panels(w, true, to);
    pack_panels(w, false, to + panels_floats(w.cols, w.rows));
  }

  static std::size_t scratch_floats(const Call& call) {
    const bool packs = call.packed == nullptr && transposes_right(call);
    return packs ? panels_floats(call.in[1].cols, call.in[1].rows) : 0;
  }

  /// Computes the product of a call, and passes it block by block to `finish`.
  template <class Finish>
  static void multiply(const Call& call, float* scratch, const Finish& finish) {
    const ConstView& a = call.in[0];
    const View& c = call.out[0];
    product<Singles>(left_matrix(a, call.transpose_a), right_matrix(call, scratch),
                     call.transpose_a ? a.rows : a.cols, finish, c.rows, c.cols);
  }

 private:
  static RightMatrix right_matrix(const Call& call, float* scratch) {
    const ConstView& b = call.in[1];
    const bool transpose = transposes_right(call);
    const std::size_t depth = transpose ? b.cols : b.rows;
    if (call.packed != nullptr) {
      const std::size_t forward = transpose ? 0 : panels_floats(b.cols, b.rows);
      return {call.packed + forward, panel * depth, panel};
    }
    if (!transpose) return {b.data, panel, b.stride};
    pack_panels(b, true, scratch);
    return {scratch, panel * depth, panel};
  }
};
