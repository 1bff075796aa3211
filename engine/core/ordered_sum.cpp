#include "ordered_sum.hpp"

#include <algorithm>
#include <stdexcept>

namespace chorus {

OrderedSum::OrderedSum(Communicator& processes, std::size_t workers, std::size_t length)
    : processes_(processes),
      workers_(workers),
      length_(length),
      part_((length + processes.size() - 1) / processes.size()),
      sent_(processes.size() * workers * part_),
      sum_(processes.size() * part_),
      send_bytes_(processes.size(), workers * part_ * sizeof(float)) {
  std::size_t all_workers = 0;
  for (const std::size_t count : all_of(processes, workers)) {
    receive_bytes_.push_back(count * part_ * sizeof(float));
    all_workers += count;
  }
  arrived_.resize(all_workers * part_);
}

void OrderedSum::put(std::size_t worker, std::size_t first, std::span<const float> values) {
  if (worker >= workers_ || first + values.size() > length_)
    throw std::invalid_argument("OrderedSum: no such worker, or numbers beyond the vector's end");
  while (!values.empty()) {
    const std::size_t owner = first / part_, place = first % part_;
    const std::size_t count = std::min(values.size(), part_ - place);
    std::ranges::copy(
        values.first(count),
        sent_.begin() + static_cast<std::ptrdiff_t>((owner * workers_ + worker) * part_ + place));
    first += count;
    values = values.subspan(count);
  }
}

void OrderedSum::begin() {
  processes_.start_exchange(std::as_bytes(std::span(sent_)), send_bytes_,
                            std::as_writable_bytes(std::span(arrived_)), receive_bytes_);
}

std::span<const float> OrderedSum::finish() {
  processes_.finish_exchange();
  // From 0 on, as Op::adam adds the gradients of the workers of a process that is alone.
  std::vector<float> own(part_);
  for (std::size_t w = 0; w * part_ < arrived_.size(); ++w)
    for (std::size_t i = 0; i < part_; ++i) own[i] += arrived_[w * part_ + i];
  processes_.all_gather(std::as_bytes(std::span(own)), std::as_writable_bytes(std::span(sum_)));
  return std::span<const float>(sum_).first(length_);
}

}  // namespace chorus
