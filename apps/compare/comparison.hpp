#pragma once

#include <filesystem>
#include <string>
#include <vector>

// Two folders of animations, which people compare without knowing which is which.

namespace chorus::app {

/// An animation of the same name in both folders: a folder that `interpolate` wrote.
struct ComparedPair {
  std::string name;
  std::filesystem::path a, b;
};

struct PathComparison {
  std::filesystem::path a, b;
  std::vector<ComparedPair> pairs;  ///< by name
  /// Tells this comparison from others: a checksum of all names and animations.
  std::string id;
  std::vector<std::string> only_in_one;  ///< folders without a counterpart
};

/// The pairs of two folders: their subfolders with an animation.png, or the folders themselves.
/// Throws Error if there are none, or if a file cannot be read.
PathComparison find_comparison(const std::filesystem::path& a, const std::filesystem::path& b);

/// A page that shows each pair side by side, by lot, and asks which is better. It contains all it
/// needs, and writes down the choices as JSON (choices.hpp).
std::string comparison_page(const PathComparison& comparison);

}  // namespace chorus::app
