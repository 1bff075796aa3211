// Cannot be compiled alone; begin at kernels_avx2.cpp.

// The most arithmetic that a core can do.

/// Enough chains to hide the latency of a multiply-add on two ports.
constexpr std::size_t peak_chains = 12;
constexpr std::size_t peak_inner = 1000;

float peak_rounds(std::size_t rounds) {
  // Unknown to the compiler, which would otherwise compute a chain in advance.
  const volatile float start = 1.5F, shrink = 0.999F, rise = 0.002F;
  const Batch factor(shrink), term(rise);
  Batch chain[peak_chains];
  for (Batch& value : chain) value = Batch(start);
  for (std::size_t n = 0; n < rounds * peak_inner; ++n) {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < peak_chains; ++i) chain[i] = xsimd::fma(chain[i], factor, term);
  }
  Batch total(0.0F);
  for (const Batch& value : chain) total += value;
  alignas(64) float values[lanes];
  total.store_aligned(values);
  return values[0];
}

constexpr std::size_t peak_flops_per_round = peak_chains * peak_inner * lanes * 2;
