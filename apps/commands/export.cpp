#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>

#include "c_source.hpp"
#include "c_text.hpp"
#include "files.hpp"
#include "model_file.hpp"
#include "onnx.hpp"
#include "packing.hpp"
#include "printable.hpp"
#include "siren_names.hpp"
#include "support/cli_flags.hpp"
#include "support/model_output.hpp"
#include "support/output_files.hpp"
#include "support/progress.hpp"
#include "support/session.hpp"
#include "training/budget.hpp"
#include "tune.hpp"

namespace chorus::app {

namespace {

enum class ExportFormat { safetensors, c, onnx };

}  // namespace

}  // namespace chorus::app

template <>
inline constexpr auto chorus::enum_names<chorus::app::ExportFormat> =
    chorus::enum_table<chorus::app::ExportFormat>("format",
                                                  {{chorus::app::ExportFormat::safetensors,
                                                    "safetensors"},
                                                   {chorus::app::ExportFormat::c, "c"},
                                                   {chorus::app::ExportFormat::onnx, "onnx"}});

namespace chorus::app {

namespace {

struct ExportOptions {
  std::filesystem::path model, out;
  std::optional<ExportFormat> format;  ///< if empty, by the ending of `out`
  Storage storage = Storage::fp16;
  std::optional<std::size_t> budget;  ///< bytes of a packed file, instead of `storage`
  bool has_storage = false;           ///< whether --precision was given
  TuneConfig tuning = {.steps = 0};
  BackendChoice backend;  ///< of the tuning
  std::string prefix;     ///< of names in C; if empty, the name of the file
  bool overwrite = false;
};

ExportFormat format_of(const ExportOptions& options) {
  if (options.format) return *options.format;
  const std::string ending = options.out.extension().string();
  for (const auto& entry : enum_names<ExportFormat>.entries())
    if (ending == "." + std::string(entry.name)) return entry.value;
  throw Error(
      fmt::format("{} ends in none of .safetensors, .c and .onnx; expected one of them, or "
                  "--format",
                  shown(options.out)));
}

/// Whether a file was written by this command, whose C begins with these words.
bool is_our_text(const std::filesystem::path& file) {
  return read_file(file).starts_with("/* chorus ");
}

/// ONNX files name their producer at their start.
bool is_our_onnx(const std::filesystem::path& file) {
  return read_file(file).substr(0, 16).find("chorus") != std::string::npos;
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  require_regular_target(file);
  write_atomically(file, [&](std::ostream& stream) { stream << text; });
}

std::size_t file_bytes(const std::filesystem::path& file) {
  return static_cast<std::size_t>(std::filesystem::file_size(file));
}

void print_size(const std::filesystem::path& file, std::size_t images) {
  const std::size_t bytes = file_bytes(file);
  fmt::print("{}: {} bytes, {:.1f} per image\n", shown(file), bytes,
             static_cast<double>(bytes) / static_cast<double>(images));
}

void export_c(const ExportOptions& options, const Model& model) {
  std::filesystem::path header = options.out;
  header.replace_extension(".h");
  if (header == options.out)
    throw Error(
        fmt::format("{} is the name of the header; expected that of the source, which ends "
                    "in .c",
                    shown(options.out)));
  check_replaceable({options.out, header}, is_our_text, options.overwrite);
  const std::string prefix =
      options.prefix.empty() ? c_identifier(options.out.stem().string()) : options.prefix;
  const CSource c =
      c_source(model, options.storage, prefix,
               fmt::format("{} images, {}", model.images.size(), name(options.storage)));
  write_text(header, c.header);
  write_text(options.out, c.source);
  fmt::print("{} and {}: {} images in {}; functions {}_decode, {}_mix\n", shown(options.out),
             shown(header), model.images.size(), name(options.storage), prefix, prefix);
}

void require_other_file(const ExportOptions& options) {
  std::error_code ignored;
  if (std::filesystem::equivalent(options.model, options.out, ignored))
    throw Error(
        fmt::format("{} is the model itself, which would lose precision; expected another "
                    "--output",
                    shown(options.out)));
}

void tune_with_progress(Memory& memory, Model& model, const TuneConfig& config,
                        std::string_view storage) {
  if (config.steps == 0) return;
  Progress bar;
  tune(memory, model, config, [&](std::size_t steps) {
    if (bar.due())
      bar.show(static_cast<double>(steps) / static_cast<double>(config.steps),
               fmt::format("step {} of {}", steps, config.steps));
  });
  bar.print(fmt::format("Tuned in {} steps for {}", config.steps, storage));
}

/// Tuning moves numbers, and so the bytes that they take: a little room is left for that.
void export_packed(const ExportOptions& options, Memory& memory, const Model& given,
                   std::size_t budget) {
  Model model =
      with_compact_latents(memory, given, sensitivities(memory, given, options.tuning.seed));
  const Sensitivities sensitive = sensitivities(memory, model, options.tuning.seed);
  const std::size_t spare = options.tuning.steps == 0 ? 0 : budget / 200;
  FittingSteps fitting = steps_within(packable_file(model), sensitive, budget - spare);
  TuneConfig config = options.tuning;
  config.steps_of_numbers = fitting.steps;
  tune_with_progress(memory, model, config, fmt::format("{} bytes", budget));
  const TensorFile content = packable_file(model);
  fitting = steps_within(content, sensitive, budget, fitting.exponent);
  write_safetensors(options.out, packed(content, fitting.steps));
  print_size(options.out, model.images.size());
}

/// That of --budget, or for a small model file that for which the model was trained.
std::optional<std::size_t> budget_of(const ExportOptions& options, ExportFormat format,
                                     const Model& model) {
  if (options.budget && format != ExportFormat::safetensors)
    throw Error("--budget is for .safetensors; C and ONNX take --precision");
  const auto note = model.notes.find(budget_note);
  std::size_t bytes = 0;
  if (options.budget || options.has_storage || format != ExportFormat::safetensors ||
      note == model.notes.end() || !parse_number(note->second, bytes))
    return options.budget;
  return bytes;
}

void export_model(const ExportOptions& options) {
  const ExportFormat format = format_of(options);
  require_other_file(options);
  Session session(options.backend);
  Model model = load_model(session.memory, options.model);
  if (const std::optional<std::size_t> budget = budget_of(options, format, model)) {
    check_model_output(options.out);
    return export_packed(options, session.memory, model, *budget);
  }
  TuneConfig config = options.tuning;
  config.storage = options.storage;
  tune_with_progress(session.memory, model, config, name(options.storage));
  switch (format) {
    case ExportFormat::safetensors:
      check_model_output(options.out);
      save_model(model, options.out, options.storage);
      return print_size(options.out, model.images.size());
    case ExportFormat::onnx:
      check_replaceable({options.out}, is_our_onnx, options.overwrite);
      write_text(options.out, onnx_model(model, options.storage));
      return print_size(options.out, model.images.size());
    case ExportFormat::c:
      return export_c(options, model);
  }
}

/// Accepts what can begin a name in C.
CLI::Validator identifier() {
  return {[](std::string& text) {
            return text == c_identifier(text) ? std::string()
                                              : "expected letters, digits and _, a letter first";
          },
          "NAME"};
}

}  // namespace

void add_export(CLI::App& program) {
  CLI::App& command = *program.add_subcommand(
      "export", "Write a model for other programs: a small model file, C, or ONNX");
  const auto options = std::make_shared<ExportOptions>();
  command.add_option("model", options->model, "Model file")->required();
  command
      .add_option("-o,--output", options->out,
                  "File to write: .safetensors, .c (and .h beside it) or .onnx")
      ->required();
  add_choice_or_auto(command, "--format", options->format, "Kind of file; auto: by its ending");
  CLI::Option* precision = add_choice(
      command, "--precision", options->storage,
      "How numbers are stored; with int8 to int4, the few on which much depends in fp16");
  command
      .add_option(
          "--budget", options->budget,
          "Write the best model file of at most so many bytes: each number in the bits that "
          "it is worth")
      ->check(positive_count)
      ->excludes(precision);
  command
      .add_option("--prefix", options->prefix,
                  "Begin the names of C with this instead of the name of the file")
      ->check(identifier());
  command
      .add_option(
          "--tune", options->tuning.steps,
          "First train so many steps with rounded numbers, towards the model's own pictures")
      ->capture_default_str()
      ->check(any_count);
  add_seed(command, "--seed", options->tuning.seed, "Random seed of --tune");
  add_overwrite(command, options->overwrite);
  add_device(command, options->backend);
  command.callback([options, precision] {
    options->has_storage = precision->count() > 0;
    export_model(*options);
  });
}

}  // namespace chorus::app
