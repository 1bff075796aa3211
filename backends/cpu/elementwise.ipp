// Cannot be compiled alone; begin at kernels_avx2.cpp.

// Element-wise ops.

/// out0(r, c) = value(in0(r, c), in1(r, c)); `binary` says whether there is an in1.
template <bool binary, class Value>
CHORUS_INLINE void each_element(const Call& call, Value value) {
  ConstView a = call.in[0], b = call.in[1];
  View out = call.out[0];
  const bool dense =
      a.stride == a.cols && out.stride == out.cols && (!binary || b.stride == b.cols);
  if (dense) {  // one long row, for narrow matrices
    a.cols = out.cols = out.rows * out.cols;
    out.rows = 1;
  }
  for (std::size_t r = 0; r < out.rows; ++r) {
    const float* x = a.data + r * a.stride;
    const float* y = binary ? b.data + r * b.stride : x;
    float* to = out.data + r * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes)
      store(to + j, value(load(x + j), load(y + j), load(to + j)));
    if (j < out.cols) {
      const std::size_t count = out.cols - j;
      store_part(to + j,
                 value(load_part(x + j, count), load_part(y + j, count), load_part(to + j, count)),
                 count);
    }
  }
}

void fill_with(const View& out, float number) {
  const Batch value(number);
  for (std::size_t r = 0; r < out.rows; ++r) {
    float* to = out.data + r * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes) store(to + j, value);
    for (; j < out.cols; ++j) to[j] = number;
  }
}

void fill(const Call& call) { fill_with(call.out[0], call.scale); }

void broadcast_rows(const Call& call) {
  const ConstView in = call.in[0];
  const View out = call.out[0];
  const std::size_t group = out.rows / in.rows;
  float* to = out.data;
  for (std::size_t g = 0; g < in.rows; ++g) {
    const float* from = in.data + g * in.stride;
    for (std::size_t r = 0; r < group; ++r, to += out.stride) {
      std::size_t j = 0;
      for (; j + lanes <= out.cols; j += lanes) store(to + j, load(from + j));
      for (; j < out.cols; ++j) to[j] = from[j];
    }
  }
}

void sum_rows(const Call& call) {
  const ConstView& in = call.in[0];
  const View& out = call.out[0];
  const std::size_t group = in.rows / out.rows;
  for (std::size_t g = 0; g < out.rows; ++g) {
    const float* from = in.data + g * group * in.stride;
    float* to = out.data + g * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes) {
      Batch sum = call.accumulate ? load(to + j) : Batch(0.0F);
      for (std::size_t r = 0; r < group; ++r) sum += load(from + r * in.stride + j);
      store(to + j, sum);
    }
    for (; j < out.cols; ++j) {
      float sum = call.accumulate ? to[j] : 0.0F;
      for (std::size_t r = 0; r < group; ++r) sum += from[r * in.stride + j];
      to[j] = sum;
    }
  }
}

/// For matrices of few columns, such as colours.
void squared_error(const Call& call) {
  const ConstView &prediction = call.in[0], &target = call.in[1], &weights = call.in[2];
  const View& slope = call.out[1];
  float total = 0;
  for (std::size_t r = 0; r < prediction.rows; ++r) {
    const float* p = prediction.data + r * prediction.stride;
    const float* t = target.data + r * target.stride;
    const float weight = weights.data[r * weights.stride];
    float sum = 0;
    for (std::size_t c = 0; c < prediction.cols; ++c) {
      const float error = p[c] - t[c];
      sum += error * error;
      if (slope.data != nullptr) slope.data[r * slope.stride + c] = weight * error;
    }
    total += weight * sum;
  }
  call.out[0].data[0] = total;
}

/// Also for matrices of few columns.
void mean_samples(const Call& call) {
  const SampleGroups& shape = *call.samples;
  const ConstView& in = call.in[0];
  const View& out = call.out[0];
  const bool spread = call.transpose_a;
  const std::size_t pixels = (spread ? in.rows : out.rows) / shape.groups;
  std::size_t sample = 0;
  for (std::size_t g = 0; g < shape.groups; ++g)
    for (std::size_t p = 0; p < pixels; ++p) {
      const std::size_t pixel = g * pixels + p, count = p < shape.singles ? 1 : shape.samples;
      const float share = 1.0F / static_cast<float>(count);
      for (std::size_t c = 0; c < out.cols; ++c) {
        float sum = 0;
        for (std::size_t s = sample; s < sample + count; ++s)
          if (spread)
            out.data[s * out.stride + c] = share * in.data[pixel * in.stride + c];
          else
            sum += in.data[s * in.stride + c];
        if (!spread) out.data[pixel * out.stride + c] = share * sum;
      }
      sample += count;
    }
}

void gather_rows(const Call& call) {
  const ConstView& in = call.in[0];
  const View& out = call.out[0];
  for (std::size_t r = 0; r < out.rows; ++r) {
    const float* from = in.data + call.index[0].data[r] * in.stride;
    float* to = out.data + r * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes) store(to + j, load(from + j));
    for (; j < out.cols; ++j) to[j] = from[j];
  }
}

/// to += weight * from.
void add_row(const float* from, float weight, float* to, std::size_t cols) {
  std::size_t j = 0;
  for (; j + lanes <= cols; j += lanes)
    store(to + j, xsimd::fma(Batch(weight), load(from + j), load(to + j)));
  for (; j < cols; ++j) to[j] += weight * from[j];
}

void weighted_rows(const Call& call) {
  const ConstView &in = call.in[0], &weights = call.in[1];
  const View& out = call.out[0];
  const std::uint32_t* row = call.index[0].data;
  for (std::size_t r = 0; r < out.rows; ++r) {
    float* to = out.data + r * out.stride;
    for (std::size_t c = 0; c < out.cols; ++c) to[c] = 0;
    for (std::size_t k = 0; k < weights.cols; ++k)
      add_row(in.data + *row++ * in.stride, weights.data[r * weights.stride + k], to, out.cols);
  }
}

void weighted_rows_gradient(const Call& call) {
  const ConstView &in = call.in[0], &weights = call.in[1];
  const View& out = call.out[0];
  const std::uint32_t* row = call.index[0].data;
  if (!call.accumulate)
    for (std::size_t r = 0; r < out.rows; ++r)
      for (std::size_t c = 0; c < out.cols; ++c) out.data[r * out.stride + c] = 0;
  for (std::size_t r = 0; r < in.rows; ++r)
    for (std::size_t k = 0; k < weights.cols; ++k)
      add_row(in.data + r * in.stride, weights.data[r * weights.stride + k],
              out.data + *row++ * out.stride, out.cols);
}

void scale_rows(const Call& call) {
  const ConstView &in = call.in[0], &weights = call.in[1];
  const View& out = call.out[0];
  for (std::size_t r = 0; r < out.rows; ++r) {
    const float weight = weights.data[r * weights.stride];
    const float* from = in.data + r * in.stride;
    float* to = out.data + r * out.stride;
    std::size_t j = 0;
    for (; j + lanes <= out.cols; j += lanes) store(to + j, Batch(weight) * load(from + j));
    for (; j < out.cols; ++j) to[j] = weight * from[j];
  }
}

void adam(const Call& call) {
  const AdamUpdate& update = *call.adam;
  const ConstView& gradient = call.in[0];
  const float* schedule = call.in[1].data;
  const Batch beta1(update.beta1), beta2(update.beta2);
  const Batch rest1(1.0F - update.beta1), rest2(1.0F - update.beta2);
  const Batch rate(update.rate * schedule[0] * schedule[1]), correction2(schedule[2]);
  const Batch epsilon(update.epsilon);
  const bool by_number = call.index[0].count != 0;
  const std::size_t rows = by_number ? gradient.rows : call.out[0].rows;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t r = by_number ? call.index[0].data[i] : i;
    const float* from = gradient.data + i * gradient.stride;
    float* parameter = call.out[0].data + r * call.out[0].stride;
    float* first = call.out[1].data + r * call.out[1].stride;
    float* second = call.out[2].data + r * call.out[2].stride;
    const auto step = [&](const Batch& g, Batch& p, Batch& m, Batch& v) {
      m = xsimd::fma(beta1, m, rest1 * g);
      v = xsimd::fma(beta2, v, rest2 * g * g);
      p -= rate * m / (xsimd::sqrt(v * correction2) + epsilon);
    };
    std::size_t j = 0;
    for (; j + lanes <= gradient.cols; j += lanes) {
      Batch p = load(parameter + j), m = load(first + j), v = load(second + j), g = load(from + j);
      for (std::size_t row = i + rows; row < gradient.rows; row += rows)
        g += load(gradient.data + row * gradient.stride + j);
      step(g, p, m, v);
      store(parameter + j, p);
      store(first + j, m);
      store(second + j, v);
    }
    if (j < gradient.cols) {
      const std::size_t count = gradient.cols - j;
      Batch p = load_part(parameter + j, count), m = load_part(first + j, count);
      Batch v = load_part(second + j, count), g = load_part(from + j, count);
      for (std::size_t row = i + rows; row < gradient.rows; row += rows)
        g += load_part(gradient.data + row * gradient.stride + j, count);
      step(g, p, m, v);
      store_part(parameter + j, p, count);
      store_part(first + j, m, count);
      store_part(second + j, v, count);
    }
  }
  if (call.out[3].data != nullptr) fill_with(call.out[3], 0);
}

/// sine_linear_gradient of a derivative that is there, instead of being a product.
void slope_of(const Call& call) {
  const ConstView upstream = call.in[0];
  const View slope = call.out[0], sums = call.out[1];
  const std::size_t group = slope.rows / sums.rows;
  for (std::size_t g = 0; g < sums.rows; ++g) {
    const float* up = upstream.data + g * group * upstream.stride;
    float* out = slope.data + g * group * slope.stride;
    float* total = sums.data + g * sums.stride;
    std::size_t j = 0;
    for (; j + lanes <= slope.cols; j += lanes) {
      Batch sum = load(total + j);
      for (std::size_t r = 0; r < group; ++r) {
        const Batch value = load(up + r * upstream.stride + j) * load(out + r * slope.stride + j);
        store(out + r * slope.stride + j, value);
        sum += value;
      }
      store(total + j, sum);
    }
    for (; j < slope.cols; ++j)
      for (std::size_t r = 0; r < group; ++r)
        total[j] += out[r * slope.stride + j] *= up[r * upstream.stride + j];
  }
}
