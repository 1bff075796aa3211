#include "view/page_model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dtype.hpp"
#include "stored_types.hpp"
#include "support/base64.hpp"

namespace chorus::app {

namespace {

using nlohmann::ordered_json;
using Bytes = std::vector<unsigned char>;

constexpr int format_version = 1;

void append(Bytes& bytes, std::uint32_t bits, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k)
    bytes.push_back(static_cast<unsigned char>(bits >> (8 * k)));
}

void append_float(Bytes& bytes, float value) {
  append(bytes, std::bit_cast<std::uint32_t>(value), 4);
}

void append_halves(Bytes& bytes, std::span<const float> values) {
  for (const float value : values) append(bytes, fp16_of(value), 2);
}

void append_int8(Bytes& bytes, std::span<const float> values, std::size_t columns) {
  constexpr float most = 127;
  std::vector<float> scales;
  for (std::size_t first = 0; first < values.size(); first += columns) {
    float largest = 0;
    for (const float value : values.subspan(first, columns))
      largest = std::max(largest, std::abs(value));
    scales.push_back(largest / most);
    append_float(bytes, scales.back());
  }
  for (std::size_t k = 0; k < values.size(); ++k) {
    const float scale = scales[k / columns];
    const float level = scale > 0 ? std::clamp(std::nearbyint(values[k] / scale), -most, most) : 0;
    bytes.push_back(static_cast<unsigned char>(static_cast<int>(level)));
  }
}

bool fits_half(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return fits(value, StoredType::f16); });
}

class Packer {
 public:
  explicit Packer(PagePrecision precision) : precision_(precision) {}

  /// `is_coarse`: whether 8 bits do.
  void add(const std::string& name, const Tensor& tensor, bool is_coarse) {
    const std::vector<float> values = to_host(tensor);
    const char* type = "fp16";
    if (is_coarse && precision_ == PagePrecision::int8) {
      type = "int8";
      append_int8(bytes_, values, tensor.cols());
    } else if (fits_half(values)) {
      append_halves(bytes_, values);
    } else {
      type = "fp32";
      for (const float value : values) append_float(bytes_, value);
    }
    while (bytes_.size() % 4 != 0) bytes_.push_back(0);
    list_.push_back({name, tensor.rows(), tensor.cols(), type});
  }

  ordered_json list() const { return list_; }
  std::string text() const { return base64(bytes_); }
  /// FNV-1a of 32 bits.
  std::uint32_t checksum() const {
    std::uint32_t hash = 2166136261U;
    for (const unsigned char byte : bytes_) hash = (hash ^ byte) * 16777619U;
    return hash;
  }

 private:
  PagePrecision precision_;
  ordered_json list_ = ordered_json::array();
  Bytes bytes_;
};

bool is_coarse(const Parameter& parameter) {
  return parameter.role == Role::hidden_weight || parameter.role == Role::modulation;
}

ordered_json configuration(const Model& model) {
  const SirenConfig& config = model.siren.config();
  ordered_json described = {{"width", config.width},
                            {"hidden_layers", config.hidden_layers},
                            {"latent", config.latent},
                            {"channels", config.channels},
                            {"conditioning", name(config.conditioning)},
                            {"head", name(config.head)},
                            {"supersample", model.samples_per_axis}};
  if (config.head != Head::palette) return described;
  described["palette_size"] = config.palette_size;
  described["palette"] = name(config.palette_source);
  described["palette_fields"] = name(config.palette_fields);
  return described;
}

}  // namespace

ordered_json page_model(const Model& model, PagePrecision precision) {
  Packer packer(precision);
  for (const Parameter& parameter : model.siren.parameters())
    packer.add(parameter.name, parameter.value, is_coarse(parameter));
  packer.add("latents", model.latents, true);
  if (model.palettes) packer.add("palettes", model.palettes, false);
  if (model.shifts) packer.add("shifts", model.shifts, true);
  ordered_json images = ordered_json::array();
  for (const EncodedImage& image : model.images)
    images.push_back({image.name, image.width, image.height});
  return {{"format", format_version},      {"config", configuration(model)},
          {"images", std::move(images)},   {"tensors", packer.list()},
          {"checksum", packer.checksum()}, {"numbers", packer.text()}};
}

}  // namespace chorus::app
