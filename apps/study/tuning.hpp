#pragma once

#include <cstddef>
#include <optional>

#include "study/trial.hpp"

namespace chorus::app {

/// Settings found for a network of a given number of numbers.
struct Tuned {
  TrainOptions train;
  double validation_db = 0;  ///< PSNR on pixels inside the training pixels, by which it was chosen
  std::size_t tries = 0;
};

/// Chooses latent (of joint networks), depth and rate of networks of at most `numbers` in all, one
/// after another; the rate is doubled, or halved, as long as that helps, at most three times. A
/// choice is judged by a fifth of the pixels that `trial` trains on, so that what the trial holds
/// out has no part in it. Separate networks are tried on the first 12 images. Nothing if no network
/// is small enough.
std::optional<Tuned> tuned(Session& session, const Trial& trial, const StudyImages& images,
                           std::size_t numbers);

}  // namespace chorus::app
