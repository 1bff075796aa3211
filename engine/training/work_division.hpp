#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chorus/trainer.hpp"

// How the images of a collection, and those of a step, are divided among the workers of all
// processes.

namespace chorus {

/// Some consecutive images.
struct ImageRange {
  std::size_t first = 0, count = 0;
};

/// One of `parts` nearly equal parts.
ImageRange part_of(const ImageRange& all, std::size_t part, std::size_t parts);

/// The images of one worker, by number in the whole collection, and its places among the images of
/// a step. An image stays with its worker, so that its latent need not move between processes. A
/// worker has equally many images in each step, so that a device can replay the step.
struct WorkerImages {
  ImageRange all, of_step;
};

/// The number of images of a step, of `images` in all.
std::size_t images_per_step(const TrainConfig& config, std::size_t images);

struct WorkDivision {
  std::size_t images, images_per_step;  ///< of all processes
  std::vector<WorkerImages> workers;    ///< those of this process
  ImageRange own, own_of_step;          ///< of these workers together
};

/// Divides `images` images among processes with so many workers, and says what belongs to the one
/// of that rank. If a step has fewer images than there are workers, some workers have none.
WorkDivision divide_work(std::span<const std::size_t> workers_of, std::size_t rank,
                         std::size_t images, const TrainConfig& config);

}  // namespace chorus
