#pragma once

#include "area_raster.hpp"
#include "misfit.hpp"
#include "priors.hpp"

namespace chorus::shapes {

/// A picture and what a drawing of it should be like.
struct Problem {
  PixelSize size;
  Pixels target;
  Noise noise;
  Priors priors;
};

}  // namespace chorus::shapes
