#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstddef>
#include <string>

#include "commands.hpp"

// Flags that several commands have, and what checks numbers. Only the files cli*.cpp include this:
// CLI11 is slow to compile.

namespace chorus::app {

inline const CLI::Range positive_count(std::size_t{1}, std::size_t{1} << 30);

/// Whether all of the text is a number of this type.
template <class Number>
bool parse_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc() && stop == end;
}

/// CLI::Range lets what is not a number pass.
CLI::Validator number_in(double least, double most);
/// CLI11 takes -1 for the largest number and cuts off what is larger.
CLI::Validator seed_number();

/// "white", "black" or "RRGGBB"; throws CLI::ValidationError.
Rgb parse_color(const std::string& text);

void add_backend(CLI::App& command, BackendChoice& choice);
void add_background(CLI::App& command, Rgb& background);
void add_supersample(CLI::App& command, std::size_t& supersample);
void add_path(CLI::App& command, PathKind& kind);
void add_measure(CLI::App& command, const char* flag, DistanceMeasure& measure);

// The commands that train, in cli_train.cpp; the others are in cli.cpp.
void add_train(CLI::App& app, TrainOptions& options);
void add_study(CLI::App& app, StudyOptions& options);

}  // namespace chorus::app
