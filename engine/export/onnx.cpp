#include "onnx.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/version.hpp"
#include "formatted.hpp"
#include "onnx_graph.hpp"

namespace chorus {

namespace {

using Type = OnnxGraph::Type;

std::int64_t size(std::size_t count) { return static_cast<std::int64_t>(count); }

/// The formula of siren.hpp, op by op. Matrices are [outputs x inputs], so products transpose them.
class NetworkGraph {
 public:
  NetworkGraph(const Model& model, Storage storage)
      : model_(model), config_(model.siren.config()), matrices_(stored_matrices(model, storage)) {}

  std::string file() {
    places_ = graph_.input("coordinates", Type::float32, {-1, 2});
    image_ = graph_.input("image", Type::int64, {1});
    other_ = graph_.input("other", Type::int64, {1});
    t_ = graph_.input("t", Type::float32, {1});
    latent_ = of_image("latents");
    if (matrices_.contains("shifts")) shifts_ = of_image("shifts");
    std::string h = places_;
    for (std::size_t layer = 0; layer <= config_.hidden_layers; ++layer) h = sine_layer(h, layer);
    const std::string outputs = add(product(h, "output.weight"), matrix("output.bias"));
    const std::string colors = config_.head == Head::palette ? mixed(outputs) : outputs;
    premultiplied(colors);
    graph_.output("color", {-1, size(config_.channels)});
    return graph_.model("chorus", CHORUS_VERSION, "colours of images at any coordinates",
                        {{"images", names()}});
  }

 private:
  std::string matrix(const std::string& name) { return graph_.matrix(name, matrices_.at(name)); }
  std::string add(const std::string& a, const std::string& b) { return graph_.node("Add", {a, b}); }
  std::string multiply(const std::string& a, const std::string& b) {
    return graph_.node("Mul", {a, b});
  }
  std::string product(const std::string& rows, const std::string& name) {
    return graph_.node("MatMul", {rows, graph_.transposed(name, matrices_.at(name))});
  }

  /// The row of the image, or between the rows of two.
  std::string of_image(const std::string& name) {
    const std::string all = matrix(name);
    const std::string a = graph_.node("Gather", {all, image_}),
                      b = graph_.node("Gather", {all, other_});
    return add(a, multiply(graph_.node("Sub", {b, a}), t_));
  }

  std::string sine_layer(const std::string& h, std::size_t layer) {
    const std::string prefix = layer == 0 ? "first." : formatted("hidden.{}.", layer - 1);
    std::string shift = matrix(prefix + "bias");
    if (matrices_.contains(prefix + "modulation"))
      shift = add(shift, product(latent_, prefix + "modulation"));
    if (!shifts_.empty()) shift = add(shift, part(shifts_, layer * config_.width, config_.width));
    std::string sum = product(h, prefix + "weight");
    if (matrices_.contains(prefix + "gain"))
      sum = add(sum, multiply(sum, product(latent_, prefix + "gain")));
    return graph_.node("Sin", {add(sum, shift)});
  }

  /// Some columns of a matrix.
  std::string part(const std::string& from, std::size_t first, std::size_t count) {
    const std::string suffix = formatted("{}_{}", from, first);
    return graph_.node("Slice", {from, graph_.integers("first_" + suffix, {size(first)}),
                                 graph_.integers("end_" + suffix, {size(first + count)}),
                                 graph_.integers("axis_" + suffix, {1})});
  }

  /// Means of the palette's entries, weighted by the softmax of the outputs. A palette of affine
  /// fields is three: with the factors 1, x and y.
  std::string mixed(const std::string& outputs) {
    const std::string weights = graph_.node("Softmax", {outputs}, {{"axis", 1}});
    const std::string palette =
        config_.palette_source == PaletteSource::predicted
            ? add(product(latent_, "palette.weight"), matrix("palette.bias"))
            : of_image("palettes");
    const std::size_t block = config_.channels * config_.palette_size;
    if (config_.palette_fields == PaletteFields::constant) return mean(weights, palette);
    const std::string x = part(places_, 0, 1), y = part(places_, 1, 1);
    return add(mean(weights, part(palette, 0, block)),
               add(multiply(x, mean(weights, part(palette, block, block))),
                   multiply(y, mean(weights, part(palette, 2 * block, block)))));
  }

  /// [N x entries] times a palette [1 x channels entries] of all entries' reds, greens, ...
  std::string mean(const std::string& weights, const std::string& palette) {
    const std::string shape =
        graph_.integers("shape_" + palette, {size(config_.channels), size(config_.palette_size)});
    return graph_.node(
        "MatMul", {weights, graph_.node("Transpose", {graph_.node("Reshape", {palette, shape})})});
  }

  /// The output: with alpha, from balanced numbers (image.hpp), which are a linear function of it.
  void premultiplied(const std::string& colors) {
    if (config_.channels == 3) {
      graph_.node("Identity", {colors}, {}, "color");
      return;
    }
    constexpr std::size_t n = most_channels;
    const Color offset = chorus::premultiplied(Color{});
    std::vector<float> matrix(n * n);
    for (std::size_t from = 0; from < n; ++from) {
      Color unit{};
      unit[from] = 1;
      const Color color = chorus::premultiplied(unit);
      for (std::size_t to = 0; to < n; ++to) matrix[from * n + to] = color[to] - offset[to];
    }
    const std::string factors = graph_.floats("alpha.weight", {n, n}, matrix);
    const std::string bias =
        graph_.floats("alpha.bias", {n}, std::vector<float>(offset.begin(), offset.end()));
    graph_.node("Add", {graph_.node("MatMul", {colors, factors}), bias}, {}, "color");
  }

  /// One a line; a line's end within a name becomes a space.
  std::string names() const {
    std::string lines;
    for (const EncodedImage& image : model_.images) {
      std::string line = image.name;
      std::ranges::replace(line, '\n', ' ');
      lines += line + '\n';
    }
    return lines;
  }

  const Model& model_;
  const SirenConfig& config_;
  const std::map<std::string, StoredMatrix> matrices_;
  OnnxGraph graph_;
  std::string places_, image_, other_, t_;  ///< inputs
  std::string latent_, shifts_;             ///< [1 x n]
};

}  // namespace

std::string onnx_model(const Model& model, Storage storage) {
  return NetworkGraph(model, storage).file();
}

}  // namespace chorus
