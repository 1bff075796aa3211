#include "model_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "chorus/error.hpp"
#include "formatted.hpp"
#include "packed.hpp"
#include "parse_json.hpp"
#include "printable.hpp"
#include "safetensors.hpp"
#include "storage.hpp"
#include "stored_types.hpp"
#include "taught_pairs.hpp"

namespace chorus {

namespace {

using nlohmann::json;

constexpr const char* format_name = "chorus model";
/// The note that says how the numbers of a file are stored, unless in fp32.
constexpr const char* storage_note = "stored_as";
/// The format version of models with alpha, and that of all others, which programs that do not know
/// of alpha can still read.
constexpr int alpha_version = 2, opaque_version = 1;
constexpr std::size_t largest_width = 8192, largest_depth = 64, largest_latent = 65536,
                      largest_palette = 1024, largest_supersample = 64;

json to_json(const SirenConfig& config) {
  json object = {{"width", config.width},
                 {"hidden_layers", config.hidden_layers},
                 {"latent", config.latent},
                 {"channels", config.channels},
                 {"conditioning", std::string(name(config.conditioning))},
                 {"omega_first", config.omega_first},
                 {"omega_hidden", config.omega_hidden}};
  if (config.head != Head::rgb) object["head"] = std::string(name(config.head));
  if (config.head == Head::palette) {
    object["palette_size"] = config.palette_size;
    object["palette"] = std::string(name(config.palette_source));
    object["palette_fields"] = std::string(name(config.palette_fields));
  }
  return object;
}

/// Rejects fractions and numbers that are too large.
std::size_t count_field(const json& object, const char* key, std::size_t most) {
  const json& value = object.at(key);
  const auto count = value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
  if (count < 1 || count > most)
    throw Error(formatted("{} is {}; expected 1 to {}", key, value.dump(), most));
  return static_cast<std::size_t>(count);
}

float positive_field(const json& object, const char* key) {
  constexpr double most = std::numeric_limits<float>::max();
  const json& value = object.at(key);
  const double number = value.is_number() ? value.get<double>() : 0.0;
  if (!(number > 0 && number <= most))
    throw Error(formatted("{} is {}; expected a positive number", key, value.dump()));
  return static_cast<float>(number);
}

SirenConfig config_from_json(const json& object) {
  SirenConfig config;
  config.width = count_field(object, "width", largest_width);
  config.hidden_layers = count_field(object, "hidden_layers", largest_depth);
  config.latent = count_field(object, "latent", largest_latent);
  config.channels = count_field(object, "channels", 4);
  if (config.channels < 3)
    throw Error(formatted("channels is {}; expected 3, or 4 with alpha", config.channels));
  config.conditioning = parse_conditioning(object.at("conditioning").get<std::string>());
  config.omega_first = positive_field(object, "omega_first");
  config.omega_hidden = positive_field(object, "omega_hidden");
  config.head = parse_head(object.value("head", "rgb"));
  if (config.head == Head::palette) {
    config.palette_size = count_field(object, "palette_size", largest_palette);
    config.palette_source = parse_palette_source(object.at("palette").get<std::string>());
    config.palette_fields = parse_palette_fields(object.at("palette_fields").get<std::string>());
  }
  return config;
}

json to_json(const Split& split) {
  return {
      {"seed", split.seed}, {"held_out_pixels", split.pixels}, {"held_out_images", split.images}};
}

/// A model that holds out nothing may lack these entries.
Split split_from(const TensorFile& file) {
  const auto found = file.metadata.find("split");
  if (found == file.metadata.end()) return {};
  const json object = parse_json(found->second, "split");
  const auto share = [&](const char* key) {
    const double value = object.at(key).is_number() ? object.at(key).get<double>() : -1;
    if (!(value >= 0 && value < 1))
      throw Error(
          formatted("{} is {}; expected a number from 0 to below 1", key, object.at(key).dump()));
    return value;
  };
  for (const char* key : {"seed", "held_out_pixels"})
    if (!object.is_object() || !object.contains(key)) throw Error(formatted("split lacks {}", key));
  const json& seed = object.at("seed");
  if (!seed.is_number_unsigned())
    throw Error(formatted("seed is {}; expected a whole number", seed.dump()));
  const Split split{seed.get<std::uint64_t>(), share("held_out_pixels"),
                    object.contains("held_out_images") ? share("held_out_images") : 0};
  return split;
}

std::optional<Rgb> background_from(const TensorFile& file) {
  const auto found = file.metadata.find("background");
  if (found == file.metadata.end()) return {};
  const Rgb color = parse_json(found->second, "background").get<Rgb>();
  for (const float channel : color)
    if (!(channel >= 0 && channel <= 1))
      throw Error(formatted("background is {}; expected three numbers from 0 to 1",
                            printable(found->second)));
  return color;
}

bool have_one_size(const std::vector<EncodedImage>& images) {
  return std::ranges::all_of(images,
                             [&](const auto& image) { return image.size() == images[0].size(); });
}

/// `short_form`: without checksums, and names alone if all images have one size.
json to_json(const std::vector<EncodedImage>& images, bool short_form) {
  json list = json::array();
  const bool names_alone = short_form && have_one_size(images);
  for (const EncodedImage& image : images) {
    if (names_alone) {
      list.push_back(image.name);
      continue;
    }
    list.push_back({{"name", image.name}, {"width", image.width}, {"height", image.height}});
    if (!image.checksum.empty() && !short_form) list.back()["checksum"] = image.checksum;
  }
  if (!names_alone) return list;
  return {{"names", list}, {"width", images[0].width}, {"height", images[0].height}};
}

/// Names become file names in the program.
void check_names(const std::vector<EncodedImage>& images) {
  std::set<std::string_view> seen;
  for (const EncodedImage& image : images) {
    if (image.name.empty() ||
        image.name.find_first_of(std::string_view("/\0", 2)) != image.name.npos)
      throw Error(formatted("an image is named '{}'; expected a name, not a path", image.name));
    if (!seen.insert(image.name).second)
      throw Error(formatted("two images are named '{}'", image.name));
  }
}

std::vector<EncodedImage> images_from_json(const json& list) {
  std::vector<EncodedImage> images;
  const auto add = [&](const json& image_name, const json& size) {
    images.push_back({image_name.get<std::string>(), count_field(size, "width", largest_side_px),
                      count_field(size, "height", largest_side_px),
                      size.value("checksum", std::string())});
  };
  if (list.is_object())
    for (const json& image_name : list.at("names")) add(image_name, list);
  else
    for (const json& entry : list) add(entry.at("name"), entry);
  if (images.empty()) throw Error("the list of images is empty; expected at least one image");
  check_names(images);
  return images;
}

const std::string& metadata(const TensorFile& file, const std::string& key) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw Error(formatted("metadata has no \"{}\"; expected a chorus model", key));
  return found->second;
}

json json_metadata(const TensorFile& file, const std::string& key) {
  return parse_json(metadata(file, key), key);
}

void check_format(const TensorFile& file) {
  const std::string& format = metadata(file, "format");
  if (format != format_name)
    throw Error(formatted("format is \"{}\"; expected \"{}\"", format, format_name));
  const std::string& version = metadata(file, "format_version");
  if (version != std::to_string(opaque_version) && version != std::to_string(alpha_version))
    throw Error(formatted("format version is {}; this program reads versions {} to {}", version,
                          opaque_version, packed_version));
}

/// All tensors in fp32, with the metadata of a file that is not packed.
TensorFile opened(const TensorFile& stored) {
  const TensorFile file = is_packed(stored) ? unpacked(stored) : stored;
  check_format(file);
  return in_fp32(file);
}

std::string describe(const std::vector<std::size_t>& shape) {
  return formatted("[{}]", listed(shape, " x "));
}

const StoredTensor& find_tensor(const TensorFile& file, const std::string& name, std::size_t rows,
                                std::size_t cols) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) throw Error(formatted("tensor \"{}\" is missing", name));
  const std::vector<std::size_t> expected = {rows, cols};
  if (found->second.shape != expected)
    throw Error(formatted("tensor \"{}\" is {}; expected {}", name, describe(found->second.shape),
                          describe(expected)));
  return found->second;
}

/// Beyond this, neighbouring 32-bit floats are further apart than the waves of a sine.
constexpr float largest_magnitude = 1e8F;

/// Whether a tensor belongs to the training rather than to the model.
bool is_of_training(const std::string& name) {
  return name.starts_with("adam.") || name.starts_with("taught.");
}

/// Rejects numbers that no training reaches, and from which only noise would be decoded.
void check_magnitudes(const TensorFile& file) {
  const auto too_large = [](float value) { return std::abs(value) > largest_magnitude; };
  for (const auto& [name, tensor] : file.tensors) {
    if (is_of_training(name)) continue;
    const auto bad = std::ranges::find_if(tensor.values, too_large);
    if (bad != tensor.values.end())
      throw Error(formatted("tensor \"{}\" holds {} at index {}; expected at most {:.0f}", name,
                            *bad, bad - tensor.values.begin(), largest_magnitude));
  }
}

void load_tensor(const TensorFile& file, const std::string& name, const Tensor& into) {
  from_host(find_tensor(file, name, into.rows(), into.cols()).values, into);
}

/// Rejects sizes that the file cannot hold before anything is allocated for them.
void check_sizes(const TensorFile& file, const SirenConfig& config, std::size_t images) {
  find_tensor(file, "latents", images, config.latent);
  for (std::size_t l = 0; l < config.hidden_layers; ++l)
    find_tensor(file, formatted("hidden.{}.weight", l), config.width, config.width);
  if (const std::size_t numbers = palette_numbers(config); numbers != 0) {
    const bool free = config.palette_source == PaletteSource::free;
    find_tensor(file, free ? "palettes" : "palette.weight", free ? images : numbers,
                free ? numbers : config.latent);
  }
}

/// Rejects tensors that nothing reads: they hint at a configuration that does not belong to the
/// weights.
void check_all_known(const TensorFile& file, const Model& model) {
  for (const auto& [key, tensor] : file.tensors) {
    const std::string& name = key;
    const bool known =
        name == "latents" || name == "shifts" || (name == "palettes" && model.palettes) ||
        is_of_training(name) ||
        std::ranges::any_of(model.siren.parameters(),
                            [&](const Parameter& parameter) { return parameter.name == name; });
    if (!known)
      throw Error(
          formatted("unexpected tensor \"{}\": the configuration has none of that name", name));
  }
}

Model read_model(Memory& memory, const TensorFile& stored) {
  const TensorFile file = opened(stored);
  const SirenConfig config = config_from_json(json_metadata(file, "configuration"));
  std::vector<EncodedImage> images = images_from_json(json_metadata(file, "images"));
  check_sizes(file, config, images.size());
  const std::size_t count = images.size(), palette = free_palette_numbers(config);
  Model model{Siren(memory, config),
              memory.empty(count, config.latent),
              palette == 0 ? Tensor{} : memory.empty(count, palette),
              std::move(images),
              {},
              {},
              1,
              {},
              {}};
  for (const Parameter& parameter : model.siren.parameters())
    load_tensor(file, parameter.name, parameter.value);
  load_tensor(file, "latents", model.latents);
  if (model.palettes) load_tensor(file, "palettes", model.palettes);
  check_all_known(file, model);
  check_magnitudes(file);
  model.siren.pack();
  model.notes = json_metadata(file, "notes").get<std::map<std::string, std::string>>();
  model.split = split_from(file);
  if (const auto found = file.metadata.find("decoding"); found != file.metadata.end())
    model.samples_per_axis =
        count_field(parse_json(found->second, "decoding"), "supersample", largest_supersample);
  model.background = background_from(file);
  if (const auto found = file.metadata.find("paths"); found != file.metadata.end())
    model.paths = parse_taught_pairs(found->second, model.images.size());
  if (file.tensors.contains("shifts")) {
    const std::size_t rows = model.images.size(), cols = shift_numbers(config);
    model.shifts = memory.from(find_tensor(file, "shifts", rows, cols).values, rows, cols);
  }
  return model;
}

/// All numbers in fp32, and the metadata of a file that stores them otherwise, unless that is "".
TensorFile content_of(const Model& model, std::string_view stored_as) {
  constexpr auto replace = json::error_handler_t::replace;
  const bool is_short = !stored_as.empty();
  std::map<std::string, std::string> notes = model.notes;
  notes.erase(storage_note);
  if (is_short) notes[storage_note] = stored_as;
  TensorFile file;
  file.metadata = {
      {"format", format_name},
      {"format_version",
       std::to_string(model.siren.config().channels == 4 ? alpha_version : opaque_version)},
      {"configuration", to_json(model.siren.config()).dump()},
      {"images", to_json(model.images, is_short).dump(-1, ' ', false, replace)},
      {"notes", json(notes).dump(-1, ' ', false, replace)}};
  if (model.palettes)
    file.tensors["palettes"] = {{model.palettes.rows(), model.palettes.cols()},
                                to_host(model.palettes)};
  if (model.samples_per_axis > 1)
    file.metadata["decoding"] = json{{"supersample", model.samples_per_axis}}.dump();
  if (!model.paths.trained.empty()) file.metadata["paths"] = taught_pairs_text(model.paths);
  if (model.background) file.metadata["background"] = json(*model.background).dump();
  if (model.split.pixels > 0 || model.split.images > 0)
    file.metadata["split"] = to_json(model.split).dump();
  for (const Parameter& parameter : model.siren.parameters())
    file.tensors[parameter.name] = {{parameter.value.rows(), parameter.value.cols()},
                                    to_host(parameter.value)};
  if (model.shifts)
    file.tensors["shifts"] = {{model.shifts.rows(), model.shifts.cols()}, to_host(model.shifts)};
  file.tensors["latents"] = {{model.latents.rows(), model.latents.cols()}, to_host(model.latents)};
  return file;
}

}  // namespace

TensorFile to_tensor_file(const Model& model, Storage storage) {
  return stored_as(content_of(model, storage == Storage::fp32 ? "" : name(storage)), storage);
}

TensorFile packable_file(const Model& model) { return content_of(model, "packed"); }

Model from_tensor_file(Memory& memory, const TensorFile& file, const std::string& origin) {
  try {
    return read_model(memory, file);
  } catch (const json::exception& error) {
    throw Error(
        formatted("{}: the metadata is not that of a chorus model: {}", origin, error.what()));
  } catch (const Error& error) {
    throw Error(formatted("{}: {}", origin, error.what()));
  }
}

void save_model(const Model& model, const std::filesystem::path& file, Storage storage) {
  TensorFile content;
  try {
    content = to_tensor_file(model);
    check_magnitudes(content);
    content = to_tensor_file(model, storage);
  } catch (const Error& error) {
    throw Error(formatted("cannot write {}: {}", shown(file), error.what()));
  }
  write_safetensors(file, content);
}

std::size_t model_file_bytes(const Model& model, Storage storage) {
  return safetensors_bytes(to_tensor_file(model, storage));
}

Model as_stored(Memory& memory, const Model& model, Storage storage) {
  TensorFile file = to_tensor_file(model, storage);
  for (auto& [name, tensor] : file.tensors)
    if (tensor.type == StoredType::f16) tensor.values = decoded(encoded(tensor), tensor.type);
  return from_tensor_file(memory, file, "the model");
}

Model load_model(Memory& memory, const std::filesystem::path& file) {
  return from_tensor_file(memory, read_safetensors(file), shown(file));
}

Model load_model(Memory& memory, std::string_view bytes, const std::string& origin) {
  return from_tensor_file(memory, parse_safetensors(bytes, origin), origin);
}

}  // namespace chorus
