// Cannot be compiled alone; begin at kernels_avx2.cpp.

// The vectors with which all kernels are written, and the sine.

#define CHORUS_INLINE inline __attribute__((always_inline))

using Batch = xsimd::batch<float, Arch>;
using Word = xsimd::batch<std::int32_t, Arch>;

constexpr std::size_t lanes = Batch::size;

CHORUS_INLINE Batch load(const float* from) { return Batch::load_unaligned(from); }
CHORUS_INLINE void store(float* to, const Batch& value) { value.store_unaligned(to); }

CHORUS_INLINE std::size_t smaller(std::size_t a, std::size_t b) { return a < b ? a : b; }
CHORUS_INLINE std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// The last elements of a row, which do not fill a vector.
CHORUS_INLINE Batch load_part(const float* from, std::size_t count) {
  alignas(64) float buffer[lanes] = {};
  for (std::size_t i = 0; i < count; ++i) buffer[i] = from[i];
  return Batch::load_aligned(buffer);
}
CHORUS_INLINE void store_part(float* to, const Batch& value, std::size_t count) {
  alignas(64) float buffer[lanes];
  value.store_aligned(buffer);
  for (std::size_t i = 0; i < count; ++i) to[i] = buffer[i];
}

/// load and store of the vector at column `col` of a row of `cols` elements.
CHORUS_INLINE Batch load_within(const float* row, std::size_t col, std::size_t cols) {
  if (col + lanes <= cols) return load(row + col);
  return col < cols ? load_part(row + col, cols - col) : Batch(0.0F);
}
CHORUS_INLINE void store_within(float* row, std::size_t col, std::size_t cols, const Batch& value) {
  if (col + lanes <= cols)
    store(row + col, value);
  else if (col < cols)
    store_part(row + col, value, cols - col);
}

struct SineCosine {
  Batch sine;
  Batch cosine;
};

/// sin(x) and cos(x) for |x| < 2^22: x = (n + f) pi with an integer n and |f| <= 1/2, then minimax
/// polynomials in f^2 (Lawson fits, errors 3e-9 and 5e-8 before rounding) and the sign of n.
/// Splitting 1/pi into two parts keeps f exact where multiply-adds are fused.
CHORUS_INLINE SineCosine sine_cosine(const Batch& x) {
  const Batch inverse_pi_high(0.318309873342514038F);
  const Batch inverse_pi_low(1.28412764e-8F);
  const Batch round_to_whole(12582912.0F);  // 1.5 * 2^23: adding it drops the fraction
  const Batch shifted = xsimd::fma(x, inverse_pi_high, round_to_whole);
  const Batch whole = shifted - round_to_whole;
  const Batch f = xsimd::fma(x, inverse_pi_low, xsimd::fma(x, inverse_pi_high, -whole));
  const Batch z = f * f;
  const Batch sign = xsimd::bitwise_cast<Batch>(xsimd::bitwise_cast<Word>(shifted) << 31);

  Batch s = xsimd::fma(z, Batch(0.0772201269865036F), Batch(-0.5980451703071594F));
  Batch c = xsimd::fma(z, Batch(0.2196968048810959F), Batch(-1.3318802118301392F));
  s = xsimd::fma(s, z, Batch(2.5500314235687256F));
  c = xsimd::fma(c, z, Batch(4.058412075042725F));
  s = xsimd::fma(s, z, Batch(-5.1677069664001465F));
  c = xsimd::fma(c, z, Batch(-4.934792995452881F));
  s = xsimd::fma(s, z, Batch(3.141592502593994F));
  c = xsimd::fma(c, z, Batch(0.9999999403953552F));
  return {(s * f) ^ sign, c ^ sign};
}
