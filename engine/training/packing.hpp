#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "chorus/model.hpp"
#include "packed.hpp"

// How exactly a packed file should hold each number, so that all bits are well spent.

namespace chorus {

/// The squared change of a colour (per channel, at places anywhere in all images) that a change of
/// a number by 1 makes, to first order: means over the rows and over the columns of a matrix.
struct Sensitivity {
  std::vector<double> rows, cols;
};
using Sensitivities = std::map<std::string, Sensitivity>;

/// Whether a parameter is multiplied by latents.
bool reads_latents(Role role);

/// Estimated from squared derivatives of random combinations of colours (Hutchinson 1990). No
/// images are needed; the same seed gives the same numbers.
Sensitivities sensitivities(Memory& memory, const Model& model, std::uint64_t seed = 1);

/// Steps with which every number adds about the same error, which is the least error for the bits
/// spent (reverse water-filling; Cover and Thomas, chapter 10). A number's sensitivity is taken for
/// that of its row times that of its column. All steps are 2^(exponent / 64) times as large as
/// those that add an error of 1.
PackedSteps steps_for(const TensorFile& file, const Sensitivities& sensitivities, int exponent);

/// The same network with latents of another basis, in which few of their numbers say most: that of
/// the balanced truncation of what images have to say through the matrices that read their latents
/// (Moore 1981), scaled so that all numbers of latents are alike in sensitivity. Latents longer
/// than there are images become as short as that.
Model with_compact_latents(Memory& memory, const Model& model, const Sensitivities& sensitivities);

/// The finest steps with which a file has at most so many bytes, and the exponent that gave them.
struct FittingSteps {
  PackedSteps steps;
  int exponent = 0;
};
/// Not finer than those of `finest`. Throws Error, which says how many bytes are needed, if there
/// are none.
FittingSteps steps_within(const TensorFile& file, const Sensitivities& sensitivities,
                          std::size_t bytes, int finest);
FittingSteps steps_within(const TensorFile& file, const Sensitivities& sensitivities,
                          std::size_t bytes);

}  // namespace chorus
