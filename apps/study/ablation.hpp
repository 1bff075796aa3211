#pragma once

#include <functional>
#include <string>
#include <vector>

#include "study/study_options.hpp"

// The protocol `ablation` of `study`: what each decision of the design buys, alone.

namespace chorus::app {

/// A change of one decision.
struct Variant {
  std::string name;   ///< as in --variants and in the tables
  std::string label;  ///< for people
  std::function<void(TrainOptions&)> change;
};

/// All that there are, whatever the options are.
const std::vector<Variant>& ablation_variants();

/// Runs the study and writes its results. Throws Error if the data has too few images, or none of
/// the variants changes anything.
void study_ablation(const StudyOptions& options);

}  // namespace chorus::app
