#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chorus/path.hpp"
#include "chorus/pictures.hpp"
#include "enum_names.hpp"
#include "measures.hpp"
#include "support/session.hpp"

// Flags that several commands share, and checks of their values.

namespace chorus::app {

inline const CLI::Range positive_count(std::size_t{1}, std::size_t{1} << 30);
inline const CLI::Range any_count(std::size_t{0}, std::size_t{1} << 30);
inline const CLI::Range picture_size_px(std::size_t{1}, std::size_t{16384});

/// Whether the whole text is a number of this type.
template <class Number>
bool parse_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc() && stop == end;
}

/// Accepts numbers in [least, most]. CLI::Range lets NaN pass.
CLI::Validator number_in(double least, double most);
/// Accepts whole numbers from 0 to 2^64 - 1. (CLI11 would take -1 for the largest number, and
/// truncate larger ones.)
CLI::Validator seed_number();

/// "white", "black", "RRGGBB" or "RGB", in letters of any case, with or without "#"; throws
/// CLI::ValidationError.
Rgb parse_color(const std::string& text);

void add_backend(CLI::App& command, BackendChoice& choice);
/// The same without --precision.
void add_device(CLI::App& command, BackendChoice& choice);
void add_background(CLI::App& command, std::optional<Rgb>& background);
void add_skip_unreadable(CLI::App& command);
void add_supersample(CLI::App& command, std::size_t& supersample);
void add_seed(CLI::App& command, const std::string& flag, std::uint64_t& seed, const char* help);
void add_path(CLI::App& command, PathKind& kind);
void add_overwrite(CLI::App& command, bool& overwrite);
void add_sheet_rows(CLI::App& command, std::size_t& rows);
void add_measure(CLI::App& command, const char* flag, DistanceMeasure& measure);

/// The names of an enum's values, as the command line offers them.
template <class E>
std::vector<std::string> choices_of() {
  std::vector<std::string> names;
  for (const auto& entry : enum_names<E>.entries()) names.emplace_back(entry.name);
  return names;
}

/// A flag that takes one of an enum's names. The help lists the names and the current value.
template <class E>
CLI::Option* add_choice(CLI::App& command, const std::string& flag, E& value,
                        const std::string& help) {
  const auto set = [&value](const std::string& text) { value = enum_names<E>.parse(text); };
  return command.add_option_function<std::string>(flag, set, help)
      ->default_str(std::string(enum_names<E>.name(value)))
      ->check(CLI::IsMember(choices_of<E>()));
}

/// A flag that takes one of an enum's names or "auto", the default, which means no value.
template <class E>
CLI::Option* add_choice_or_auto(CLI::App& command, const std::string& flag, std::optional<E>& value,
                                const std::string& help) {
  std::vector<std::string> names = choices_of<E>();
  names.insert(names.begin(), "auto");
  const auto set = [&value](const std::string& text) {
    value = text == "auto" ? std::nullopt : std::optional<E>(enum_names<E>.parse(text));
  };
  return command.add_option_function<std::string>(flag, set, help)
      ->default_str("auto")
      ->check(CLI::IsMember(std::move(names)));
}

}  // namespace chorus::app
