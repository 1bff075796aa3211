#include "c_api.hpp"

namespace chorus::c_api {

void Errors::set(const char* text) noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    std::string line = printable(text);
    texts_[std::this_thread::get_id()] = std::move(line);
  } catch (...) {
    // The status of the call says what is needed.
  }
}

void Errors::show_to_all() noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    common_ = texts_[std::this_thread::get_id()];
  } catch (...) {
    // As above.
  }
}

const char* Errors::get() const noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    const auto own = texts_.find(std::this_thread::get_id());
    return own == texts_.end() ? common_.c_str() : own->second.c_str();
  } catch (...) {
    return "";
  }
}

RendererPool::RendererPool(Memory& memory, const Model& model) : memory_(memory), model_(model) {
  const std::string backend = memory.backend().name();
  shares_backend_ = backend.starts_with("cpu") || backend == "reference";
}

RendererPool::Loan RendererPool::borrow() {
  std::unique_lock lock(mutex_);
  if (idle_.empty() && (all_.empty() || shares_backend_)) {
    idle_.reserve(all_.size() + 1);  // so that none is lost when it comes back
    all_.push_back(std::make_unique<Renderer>(memory_, model_));
    idle_.push_back(all_.back().get());
  }
  returned_.wait(lock, [this] { return !idle_.empty(); });
  Renderer* renderer = idle_.back();
  idle_.pop_back();
  return Loan(renderer, Return{this});
}

void RendererPool::take_back(Renderer* renderer) noexcept {
  {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(renderer);
  }
  returned_.notify_one();
}

Content::Content(Memory used, Model opened)
    : memory(std::move(used)), model(std::move(opened)), renderers(memory, model) {
  for (std::size_t i = 0; i < model.images.size(); ++i) codes.push_back(image_code(model, i));
}

}  // namespace chorus::c_api
