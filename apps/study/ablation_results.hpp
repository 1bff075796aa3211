#pragma once

#include <cstddef>
#include <vector>

#include "study/ablation.hpp"
#include "study/rows.hpp"

namespace chorus::app {

/// What the tables say of the trainings.
struct AblationFacts {
  std::size_t count = 0;  ///< images
  std::size_t steps = 0;  ///< of the base
  std::size_t training_px = 0;
  std::size_t largest_px = 0;  ///< 0: none
};

/// Writes tables and page, and prints each variant's differences from the base.
void write_ablation(const StudyOptions& options, const std::vector<const Variant*>& variants,
                    std::vector<Row> rows, const AblationFacts& facts);

}  // namespace chorus::app
