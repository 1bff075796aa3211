#include "c_source.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "c_text.hpp"
#include "chorus/error.hpp"
#include "chorus/version.hpp"
#include "formatted.hpp"
#include "matrices.hpp"

namespace chorus {

namespace {

using Matrices = std::map<std::string, StoredMatrix>;

/// The numbers of decoder.c.in that are known when it is written.
struct Sizes {
  std::size_t images = 0, width = 0, layers = 0, latent = 0, channels = 0, outputs = 0, entries = 0,
              palette = 0, room = 0, samples = 0;
  bool predicted = false, fields = false, film = false, input_only = false, shifts = false,
       clamped = false;

  std::size_t gains() const { return film ? layers * width : 0; }
  std::size_t most_units() const { return std::max({width, outputs, std::size_t{2}}); }
  /// Floats of scratch memory, beside those for a block and for the rows of the picture.
  std::size_t fixed_scratch() const {
    return layers * width + gains() + palette + latent + 4 * room + 6 * channels;
  }
};

Sizes sizes_of(const Model& model, const Matrices& matrices) {
  const SirenConfig& config = model.siren.config();
  const bool has_palettes = config.head == Head::palette;
  Sizes sizes{.images = model.images.size(),
              .width = config.width,
              .layers = config.hidden_layers + 1,
              .latent = config.latent,
              .channels = config.channels,
              .outputs = has_palettes ? config.palette_size : config.channels,
              .entries = has_palettes ? config.palette_size : 0,
              .palette = palette_numbers(config),
              .room = 0,
              .samples = model.samples_per_axis,
              .predicted = config.palette_source == PaletteSource::predicted,
              .fields = config.palette_fields == PaletteFields::affine,
              .film = config.conditioning == Conditioning::film,
              .input_only = config.conditioning == Conditioning::input,
              .shifts = matrices.contains("shifts")};
  for (const auto& [name, matrix] : matrices) sizes.room = std::max(sizes.room, matrix.cols);
  return sizes;
}

void check_size(const Model& model) {
  // The decoder squares the points per axis of a pixel, and counts in `int`.
  constexpr std::size_t largest = 46340;
  for (const EncodedImage& image : model.images)
    if (const std::size_t points = image.size().longer_side() * model.samples_per_axis;
        points > largest)
      throw Error(
          formatted("an image of {} px, sampled {} times, is too large for a decoder in "
                    "C; expected at most {}",
                    image.size().longer_side(), model.samples_per_axis, largest));
}

std::string prefix_of_layer(std::size_t layer) {
  return layer == 0 ? "first." : formatted("hidden.{}.", layer - 1);
}

const StoredMatrix* find(const Matrices& matrices, const std::string& name) {
  const auto found = matrices.find(name);
  return found == matrices.end() ? nullptr : &found->second;
}

double largest_magnitude(const StoredMatrix* matrix) {
  double largest = 0;
  for (std::size_t i = 0; matrix != nullptr && i < matrix->values.size(); ++i) {
    const double scale = matrix->scales.empty() ? 1 : matrix->scales[i / matrix->cols];
    largest = std::max(largest, std::abs(matrix->values[i] * scale));
  }
  return largest;
}

/// Whether the argument of a sine might be so large that the decoder's sine has no digits for it.
/// What goes into a layer is at most 1, mixtures are between their ends, and a row of a matrix is
/// at most as large as all of its numbers were the largest.
bool may_be_huge(const Matrices& matrices, const Sizes& sizes) {
  constexpr double huge = 1e5;
  const double latent = largest_magnitude(find(matrices, "latents"));
  const double shifts = largest_magnitude(find(matrices, "shifts"));
  for (std::size_t layer = 0; layer < sizes.layers; ++layer) {
    const std::string of = prefix_of_layer(layer);
    const auto row = [&](const char* part) {
      const StoredMatrix* matrix = find(matrices, of + part);
      return matrix == nullptr ? 0 : static_cast<double>(matrix->cols) * largest_magnitude(matrix);
    };
    const double product = row("weight") * (1 + latent * row("gain"));
    const double shift =
        largest_magnitude(find(matrices, of + "bias")) + latent * row("modulation");
    if (product + shift + shifts > huge) return true;
  }
  return false;
}

std::string in_c(std::string name) {
  std::ranges::replace(name, '.', '_');
  return name;
}

std::string defines(const Sizes& sizes, const std::string& prefix) {
  std::string text;
  const auto define = [&](std::string_view name, auto value) {
    text += formatted("#define {} {}\n", name, value);
  };
  define("IMAGES", sizes.images);
  define("WIDTH", sizes.width);
  define("LAYERS", sizes.layers);
  define("LATENT", sizes.latent);
  define("CHANNELS", sizes.channels);
  define("OUTPUTS", sizes.outputs);
  define("ENTRIES", sizes.entries);
  define("PALETTE", sizes.palette);
  define("PREDICTED", int{sizes.predicted});
  define("FIELDS", int{sizes.fields});
  define("GAINS", sizes.film ? "(LAYERS * WIDTH)" : "0");
  define("INPUT_ONLY", int{sizes.input_only});
  define("SHIFTS", int{sizes.shifts});
  define("CLAMPED", int{sizes.clamped});
  define("SAMPLES", sizes.samples);
  define("ROOM", sizes.room);
  define("MOST_UNITS", sizes.most_units());
  define("BLOCK", prefix + "_BLOCK");
  return text;
}

constexpr const char* matrix_type = R"(
/* Floats, or binary16, or whole numbers times one scale (binary16) a row; two or three are null. */
typedef struct {
  const float *floats;
  const unsigned short *halves;
  const signed char *levels;
  const unsigned short *scales;
  int columns;
} matrix;

)";

std::string all_arrays(const Matrices& matrices) {
  std::string text;
  for (const auto& [name, matrix] : matrices) text += c_arrays(in_c(name), matrix);
  return text + "\n";
}

/// Named in C as in the model file, but where the decoder's own functions have the name.
std::string all_matrices(const Matrices& matrices, const Sizes& sizes) {
  std::string text;
  const auto declare = [&](const std::string& in_decoder, const std::string& name) {
    if (const StoredMatrix* matrix = find(matrices, name))
      text += formatted("static const matrix {} = {};\n", in_decoder, c_matrix(in_c(name), matrix));
  };
  declare("latents", "latents");
  declare("palettes", "palettes");
  declare("palette_weight", "palette.weight");
  declare("palette_bias", "palette.bias");
  declare("image_shifts", "shifts");
  declare("output_weight", "output.weight");
  declare("output_bias", "output.bias");
  text += "static const struct {\n  matrix weight, bias, modulation, gain;\n} layers[LAYERS] = {\n";
  for (std::size_t layer = 0; layer < sizes.layers; ++layer) {
    const std::string of = prefix_of_layer(layer);
    std::string parts;
    for (const char* part : {"weight", "bias", "modulation", "gain"})
      parts +=
          (parts.empty() ? "" : ",\n     ") + c_matrix(in_c(of + part), find(matrices, of + part));
    text += formatted("    {{{}}},\n", parts);
  }
  return text + "};\n\n";
}

std::string names_and_sides(const Model& model, const std::string& prefix) {
  std::string text =
      formatted("const char *const {}_names[{}] = {{\n", prefix, model.images.size());
  std::vector<std::string> sides;
  for (const EncodedImage& image : model.images) {
    text += formatted("    {},\n", c_string(image.name));
    sides.push_back(std::to_string(image.size().longer_side()));
  }
  return text + "};\n\n/* The longer sides of the training images, in pixels. */\n" +
         c_array("int", "sides", sides) + "\n";
}

/// $ stands for the prefix.
constexpr const char* declarations = R"(#ifndef $_BLOCK
#define $_BLOCK 8 /* places that are computed together, a multiple of 4; 4 saves memory */
#endif
#define $_IMAGES @images@
/* Floats of scratch memory for a region of so many columns. */
#define $_SCRATCH(columns) (@fixed@ + @block@ * $_BLOCK + @row@ * (columns))

#ifdef __cplusplus
extern "C" {
#endif

/* The names of the images, in UTF-8. */
extern const char *const $_names[$_IMAGES];

/* Draws the columns x0 to x1 - 1 and rows y0 to y1 - 1 of an image of width x height pixels. `rgba` gets
 * 4 bytes a pixel, rows without gaps; the colour is not multiplied by alpha. `scratch` has room for
 * $_SCRATCH(x1 - x0) floats. Returns 0, or -1 without writing if an argument is out of range.
 * Any number of threads may draw at once, each with its own scratch. */
int $_decode(int image, int x0, int y0, int x1, int y1, int width, int height,
             unsigned char *rgba, float *scratch);

#ifndef $_NO_MIX
/* Draws what lies between two images: a where t is 0, b where it is 1. */
int $_mix(int a, int b, float t, int x0, int y0, int x1, int y1, int width, int height,
          unsigned char *rgba, float *scratch);
#endif

#ifdef __cplusplus
}
#endif
)";

constexpr const char* definitions = R"(
static int decode(int a, int b, float t, frame f, unsigned char *rgba, float *scratch) {
  memory mem;
  if (!is_right(a, &f, rgba, scratch) || !is_right(b, &f, rgba, scratch)) return -1;
  f.samples = samples_for(sides[a] > sides[b] ? sides[a] : sides[b], f.width, f.height);
  mem = divide(scratch);
  prepare(a, b, t, &mem);
  draw(&f, &mem, rgba);
  return 0;
}

static frame framed(int x0, int y0, int x1, int y1, int width, int height) {
  frame f;
  f.x0 = x0;
  f.y0 = y0;
  f.x1 = x1;
  f.y1 = y1;
  f.width = width;
  f.height = height;
  f.samples = 1;
  return f;
}

int $_decode(int image, int x0, int y0, int x1, int y1, int width, int height,
             unsigned char *rgba, float *scratch) {
  return decode(image, image, 0.0f, framed(x0, y0, x1, y1, width, height), rgba, scratch);
}

#ifndef $_NO_MIX
int $_mix(int a, int b, float t, int x0, int y0, int x1, int y1, int width, int height,
          unsigned char *rgba, float *scratch) {
  if (!(t >= 0.0f && t <= 1.0f)) return -1;
  return decode(a, b, t, framed(x0, y0, x1, y1, width, height), rgba, scratch);
}
#endif
)";

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string declared(const Sizes& sizes, const std::string& prefix) {
  std::string text = declarations;
  replace_all(text, "$", prefix);
  replace_all(text, "@images@", std::to_string(sizes.images));
  replace_all(text, "@fixed@", std::to_string(sizes.fixed_scratch()));
  replace_all(text, "@block@", std::to_string(2 * sizes.most_units()));
  replace_all(text, "@row@", std::to_string(3 * sizes.channels));
  return text;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace

CSource c_source(const Model& model, Storage storage, const std::string& prefix,
                 const std::string& command) {
  check_size(model);
  const Matrices matrices = stored_matrices(model, storage);
  Sizes sizes = sizes_of(model, matrices);
  sizes.clamped = may_be_huge(matrices, sizes);
  std::string comment = formatted("chorus " CHORUS_VERSION ": {}", command);
  replace_all(comment, "*/", "* /");
  const std::string opening = formatted("/* {} */\n\n", comment);
  std::string end = definitions;
  replace_all(end, "$", prefix);
  const std::string interface = declared(sizes, prefix), guard = upper(prefix) + "_H";
  return {opening + interface + "\n" + defines(sizes, prefix) + matrix_type + all_arrays(matrices) +
              all_matrices(matrices, sizes) + names_and_sides(model, prefix) + decoder_text + end,
          formatted("{0}#ifndef {1}\n#define {1}\n\n{2}\n#endif\n", opening, guard, interface)};
}

}  // namespace chorus
