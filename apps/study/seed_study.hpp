#pragma once

#include "study/study_options.hpp"

namespace chorus::app {

/// Trains and evaluates with several seeds, and prints means and intervals. Finished seeds in the
/// output folder are read, not repeated.
void study_seeds(const StudyOptions& options);

}  // namespace chorus::app
