// Draws a picture of which only the slopes are known: a sine network whose derivatives are fitted
// to them (the Poisson reconstruction of Sitzmann et al. 2020). The loss is made of derivatives, so
// the tape differentiates twice. Needs chorus::chorus, for the PNGs.

#include <algorithm>
#include <chorus/ops.hpp>
#include <chorus/pictures.hpp>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <numeric>
#include <random>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

using chorus::Image, chorus::Memory, chorus::Tape, chorus::Tensor, chorus::Var;

namespace {

/// Brightness of a square picture, with coordinates from -1 to 1.
struct Brightness {
  explicit Brightness(const Image& picture) : side(picture.width) {
    if (side < 2 || picture.height != side)
      throw std::invalid_argument("expected a square picture");
    for (std::size_t p = 0; p < picture.pixels(); ++p) {
      const float* color = &picture.values[p * picture.channels];
      values.push_back((color[0] + color[1] + color[2]) / 3);
    }
  }
  float at(std::size_t x, std::size_t y) const { return values[y * side + x]; }
  float place(std::size_t pixel) const {
    return (2 * static_cast<float>(pixel) + 1) / static_cast<float>(side) - 1;
  }
  /// What the brightness changes from one pixel to another, on a coordinate's unit.
  float slope(float from, float to, std::size_t pixels) const {
    return (to - from) * static_cast<float>(side) / (2 * static_cast<float>(pixels));
  }

  std::size_t side;
  std::vector<float> values;
};

/// x, y of each pixel, and the slopes there, as differences of neighbours.
std::pair<std::vector<float>, std::vector<float>> places_and_slopes(const Brightness& picture) {
  std::vector<float> places, slopes;
  for (std::size_t y = 0; y < picture.side; ++y)
    for (std::size_t x = 0; x < picture.side; ++x) {
      const std::size_t left = std::max<std::size_t>(x, 1) - 1,
                        up = std::max<std::size_t>(y, 1) - 1;
      const std::size_t right = std::min(x + 1, picture.side - 1),
                        down = std::min(y + 1, picture.side - 1);
      places.insert(places.end(), {picture.place(x), picture.place(y)});
      slopes.insert(slopes.end(),
                    {picture.slope(picture.at(left, y), picture.at(right, y), right - left),
                     picture.slope(picture.at(x, up), picture.at(x, down), down - up)});
    }
  return {places, slopes};
}

/// Weights and shifts of two sine layers and a linear one, at random as in the paper.
std::vector<Tensor> sine_network(Memory& memory) {
  constexpr std::size_t width = 64;
  std::mt19937 random(1);
  const auto uniform = [&](std::size_t rows, std::size_t cols, float most) {
    std::vector<float> values(rows * cols);
    std::ranges::generate(
        values, [&] { return most * (2.0F * static_cast<float>(random()) / 4294967296.0F - 1); });
    return memory.from(values, rows, cols);
  };
  const float hidden = std::sqrt(6.0F / width);
  return {uniform(width, 2, 15), uniform(1, width, 3),           uniform(width, width, hidden),
          uniform(1, width, 1),  uniform(1, width, hidden / 30), memory.zeros(1, 1)};
}

Var network(const Var& at, std::span<const Var> p) {
  return linear(sine_linear(sine_linear(at, p[0], p[1]), p[2], p[3]), p[4], p[5]);
}

/// Adam (Kingma and Ba 2015) for one tensor, on the host: the network is small.
class Adam {
 public:
  explicit Adam(const Tensor& parameter)
      : parameter_(parameter), mean_(to_host(parameter).size()), square_(mean_.size()) {}

  void step(const Tensor& gradient, float rate) {
    ++steps_;
    const float of_mean = 1 - std::pow(0.9F, steps_), of_square = 1 - std::pow(0.999F, steps_);
    const std::vector<float> slopes = to_host(gradient);
    std::vector<float> values = to_host(parameter_);
    for (std::size_t i = 0; i < values.size(); ++i) {
      mean_[i] += 0.1F * (slopes[i] - mean_[i]);
      square_[i] += 0.001F * (slopes[i] * slopes[i] - square_[i]);
      values[i] -= rate * mean_[i] / of_mean / (std::sqrt(square_[i] / of_square) + 1e-8F);
    }
    from_host(values, parameter_);
  }

 private:
  Tensor parameter_;
  std::vector<float> mean_, square_;
  float steps_ = 0;
};

/// The brightness that the slopes leave open is added: its mean.
Image drawn(const Brightness& truth, std::vector<float> values) {
  const auto mean = [](const std::vector<float>& all) {
    return std::accumulate(all.begin(), all.end(), 0.0F) / static_cast<float>(all.size());
  };
  const float missing = mean(truth.values) - mean(values);
  Image image(chorus::PixelSize{truth.side, truth.side}, 3);
  for (std::size_t p = 0; p < values.size(); ++p)
    std::fill_n(&image.values[3 * p], 3, values[p] + missing);
  return image;
}

double psnr_db(const Brightness& truth, const Image& image) {
  double sum = 0;
  for (std::size_t p = 0; p < truth.values.size(); ++p)
    sum += std::pow(truth.values[p] - image.values[3 * p], 2);
  return 10 * std::log10(static_cast<double>(truth.values.size()) / sum);
}

void reconstruct(const char* picture, const char* result) {
  constexpr int steps = 1500;
  const Brightness truth(chorus::read_png(picture, chorus::Rgb{1, 1, 1}));
  const auto [places, slopes] = places_and_slopes(truth);
  const std::size_t pixels = truth.values.size();
  Memory memory(chorus::make_backend("auto"));
  const Tensor at = memory.from(places, pixels, 2), wanted = memory.from(slopes, pixels, 2);
  const std::vector<Tensor> parameters = sine_network(memory);
  std::vector<Adam> optimizers(parameters.begin(), parameters.end());

  for (int step = 0; step < steps; ++step) {
    const auto [error, grads] = value_and_grad(
        memory, parameters, [&, &wanted = wanted](Tape& tape, std::span<const Var> p) {
          const Var x = tape.variable(at);
          const Var found = tape.gradients(sum(network(x, p)), {&x, 1}).front();
          const Var off = found - tape.constant(wanted);
          return 1.0F / static_cast<float>(pixels) * sum(off * off);
        });
    const float rate = 0.002F * static_cast<float>(steps - step) / steps;
    for (std::size_t i = 0; i < grads.size(); ++i) optimizers[i].step(grads[i], rate);
    if (step == 0 || step + 1 == steps)
      std::cout << "step " << step + 1 << ": mean squared error of slopes " << item(error) << '\n';
  }

  Tape tape(memory);
  std::vector<Var> p;
  for (const Tensor& each : parameters) p.push_back(tape.constant(each));
  const Image image = drawn(truth, to_host(network(tape.constant(at), p).value()));
  chorus::write_png(result, image);
  std::cout << psnr_db(truth, image) << " dB from the picture, of which it saw only the slopes\n";
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 3) {
    std::cerr << "usage: poisson PICTURE.png RESULT.png\n";
    return EXIT_FAILURE;
  }
  try {
    reconstruct(argv[1], argv[2]);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << "poisson: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
