#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chorus/image.hpp"
#include "chorus/siren.hpp"
#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// An image that a model encodes: its name and the size it was trained at.
struct EncodedImage {
  std::string name;
  std::size_t width = 0;   ///< pixels
  std::size_t height = 0;  ///< pixels
  /// Tells the pixels that it was trained on from others. The program sets it; empty if unknown.
  std::string checksum = {};

  PixelSize size() const { return {width, height}; }
};

/// Names and sizes as a model keeps them. Throws Error if a side has more than 2^20 pixels.
std::vector<EncodedImage> encoded(const std::vector<NamedImage>& images);

/// The part of the training data that a model never sees, so that it can be judged by it. It is
/// stored in the model file, so that an evaluation finds the same pixels.
struct Split {
  std::uint64_t seed = 0;
  double pixels = 0;  ///< fraction of the pixels of each image, in [0, 1)
  double images = 0;  ///< fraction of the images, in [0, 1)
  /// The number of the first image in the whole collection, where processes share one: the choice
  /// of pixels depends on it. It is not stored.
  std::size_t first_image = 0;
};

/// The paths that a training taught: at t = k / (frames + 1), for k from 1 to `frames`, the latent
/// (1 - t) a + t b with the palette mixed in the same way shall draw a frame of a morph from a to
/// b.
struct TaughtPairs {
  using Pair = std::array<std::size_t, 2>;  ///< two images
  std::vector<Pair> trained;
  std::vector<Pair> held_out;  ///< chosen in the same way, but not trained, to be judged by
  std::size_t frames = 0;      ///< of each trained pair, without its ends
};

/// A trained network with the latents of its images.
struct Model {
  Siren siren;
  Tensor latents;   ///< [images x latent]
  Tensor palettes;  ///< [images x palette_numbers] if palettes are free, else empty
  std::vector<EncodedImage> images;
  std::map<std::string, std::string> notes;  ///< how the model was made: seed, steps, seconds, ...
  Split split;                               ///< the data that training did not see
  /// Points per axis that a decoded pixel of the training's size should average: the number with
  /// which training drew areas of pixels, or 1 if it drew centres only.
  std::size_t samples_per_axis = 1;
  Tensor shifts;  ///< [images x shift_numbers] if `fit` found free shifts, else empty
  /// The colour under transparent pixels, if it was used to make the training images opaque.
  std::optional<Rgb> background = {};
  TaughtPairs paths = {};  ///< empty if no paths were taught
};

/// The numbers that identify an image to the shared network.
struct ImageCode {
  std::vector<float> latent;
  std::vector<float> palette;  ///< if palettes are free, else empty
  /// Numbers added to the biases of the sine layers, first layer first; none if empty.
  std::vector<float> shifts = {};
};

/// (1 - t) a + t b.
ImageCode lerp(const ImageCode& a, const ImageCode& b, float t);
std::vector<float> lerp(const std::vector<float>& a, const std::vector<float>& b, float t);

/// The length of ImageCode::shifts if there are any: one number for each unit of each sine layer.
std::size_t shift_numbers(const SirenConfig& config);

ImageCode image_code(const Model& model, std::size_t image);

/// A model with fresh weights and standard normal latents. Free palettes are black until
/// initialize_palettes() (palette.hpp) has seen the images. Where processes share a collection,
/// `first_image` is the number of the first of these images.
Model make_model(Memory& memory, const SirenConfig& config, std::vector<EncodedImage> images,
                 std::uint64_t seed, std::size_t first_image = 0);

/// The index of an image by name. Throws Error, which lists similar names, if there is none.
std::size_t find_image(const Model& model, const std::string& name);

/// How a model file stores its numbers. Whole numbers have one scale for each row of a matrix, and
/// small tensors on which much depends stay in 16 bits: docs/file_format.md.
enum class Storage { fp32, fp16, int8, int7, int6, int5, int4 };
std::string_view name(Storage storage);
Storage parse_storage(std::string_view text);  ///< throws Error

/// Writes the model as a safetensors file, whole or not at all: docs/file_format.md. The note
/// `stored_as` says so if the storage is not fp32. Throws Error if it cannot hold a number.
void save_model(const Model& model, const std::filesystem::path& file,
                Storage storage = Storage::fp32);
/// The size of that file.
std::size_t model_file_bytes(const Model& model, Storage storage);
/// The model that will be read from that file.
Model as_stored(Memory& memory, const Model& model, Storage storage);

/// Reads a file of any storage. Throws Error, which names the file and the part that is missing,
/// damaged or of the wrong shape.
Model load_model(Memory& memory, const std::filesystem::path& file);
/// The same for the bytes of a file; `origin` names them in messages.
Model load_model(Memory& memory, std::string_view bytes, const std::string& origin);

}  // namespace chorus
