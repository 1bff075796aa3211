#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "chorus/model.hpp"
#include "chorus/render.hpp"
#include "printable.hpp"

// What stands behind a handle of chorus/chorus.h.

namespace chorus::c_api {

/// The last failure of each thread, as one line; "" after a success.
class Errors {
 public:
  /// Does nothing if there is no memory for the text.
  void set(const char* text) noexcept;
  /// Lets threads that have set nothing see what this one has set.
  void show_to_all() noexcept;
  const char* get() const noexcept;

 private:
  mutable std::mutex mutex_;
  std::map<std::thread::id, std::string> texts_;
  std::string common_;
};

/// Renderers of one model. A call borrows one, so that calls of several threads do not wait for
/// each other, unless the backend is a device with queues of its own.
class RendererPool {
 public:
  RendererPool(Memory& memory, const Model& model);

  struct Return {
    RendererPool* pool;
    void operator()(Renderer* renderer) const { pool->take_back(renderer); }
  };
  using Loan = std::unique_ptr<Renderer, Return>;
  Loan borrow();

 private:
  void take_back(Renderer* renderer) noexcept;

  Memory& memory_;
  const Model& model_;
  bool shares_backend_;  ///< whether several renderers may work at once
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Renderer>> all_;
  std::vector<Renderer*> idle_;
};

/// A model that was opened.
struct Content {
  Content(Memory used, Model opened);
  Memory memory;
  Model model;
  std::vector<ImageCode> codes;  ///< of the images
  RendererPool renderers;
};

}  // namespace chorus::c_api

struct chorus_model {  // NOLINT(readability-identifier-naming): as in chorus.h
  mutable chorus::c_api::Errors errors;
  mutable std::optional<chorus::c_api::Content> content;
};
