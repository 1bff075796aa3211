#include <span>

#include "trainer_impl.hpp"

// A step of a training that processes share: they add up the gradients of the network.

namespace chorus {

/// What a device records and replays ends where the processes exchange gradients. While the sum is
/// under way, the images of this process are updated.
void Trainer::Impl::shared_step(const TrainingPhase& phase, RecordedStep& recorded) {
  backend_.replay(recorded.shares, [&] { compute_shares(phase); });
  begin_sum();
  backend_.replay(recorded.images, [&] { update_images(); });
  finish_sum();
  backend_.replay(recorded.network, [&] {
    update_network(phase);
    pack_network();
  });
}

/// Hands over the gradients of the workers, and sets them to zero.
void Trainer::Impl::begin_sum() {
  for (std::size_t w = 0; w < workers_.size(); ++w) {
    std::size_t first = 0;
    for (const Tensor& grad : workers_[w].grads) {
      sum_->put(w, first, to_host(grad));
      first += grad.size();
      fill(grad, 0);
    }
  }
  sum_->begin();
}

void Trainer::Impl::finish_sum() {
  std::span<const float> left = sum_->finish();
  for (const OptimizedParameter& each : network_) {
    from_host(left.first(each.gradients.size()), each.gradients);
    left = left.subspan(each.gradients.size());
  }
}

}  // namespace chorus
