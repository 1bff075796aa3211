#include "work_division.hpp"

#include <algorithm>
#include <numeric>

namespace chorus {

namespace {

constexpr std::size_t most_images_per_step = 256;

std::size_t choose_images_per_step(const TrainConfig& config, std::size_t images) {
  const std::size_t wanted =
      config.images_per_step == 0 ? most_images_per_step : config.images_per_step;
  return std::min(wanted, images);
}

/// Consecutive ranges as one.
ImageRange joined(const std::vector<WorkerImages>& workers, ImageRange WorkerImages::*range) {
  ImageRange all = (workers.front().*range);
  for (std::size_t w = 1; w < workers.size(); ++w) all.count += (workers[w].*range).count;
  return all;
}

}  // namespace

ImageRange part_of(const ImageRange& all, std::size_t part, std::size_t parts) {
  const std::size_t begin = all.count * part / parts, end = all.count * (part + 1) / parts;
  return {all.first + begin, end - begin};
}

WorkDivision divide_work(std::span<const std::size_t> workers_of, std::size_t rank,
                         std::size_t images, const TrainConfig& config) {
  const auto workers_before = [&](std::size_t process) {
    const auto before = workers_of.first(process);
    return std::accumulate(before.begin(), before.end(), std::size_t{0});
  };
  const std::size_t first = workers_before(rank), end = first + workers_of[rank];
  WorkDivision division{images, choose_images_per_step(config, images), {}, {}, {}};
  const ImageRange every{0, images}, of_step{0, division.images_per_step};
  // Every worker with images has some in each step, or they would never be seen.
  const std::size_t busy = std::min(workers_before(workers_of.size()), division.images_per_step);
  for (std::size_t w = first; w < end; ++w)
    division.workers.push_back(
        w < busy ? WorkerImages{part_of(every, w, busy), part_of(of_step, w, busy)}
                 : WorkerImages{{images, 0}, {division.images_per_step, 0}});
  division.own = joined(division.workers, &WorkerImages::all);
  division.own_of_step = joined(division.workers, &WorkerImages::of_step);
  return division;
}

}  // namespace chorus
