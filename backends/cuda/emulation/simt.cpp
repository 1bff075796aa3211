#include "cuda/emulation/simt.hpp"

#include <ucontext.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define CHORUS_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHORUS_ADDRESS_SANITIZER
#endif
#endif
#ifdef CHORUS_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace chorus::simt {

namespace {

constexpr std::size_t stack_bytes = std::size_t{64} << 10;

/// A stack that can be left and entered again. AddressSanitizer is told about each switch.
struct Context {
  ucontext_t context = {};
  const void* stack = nullptr;
  std::size_t bytes = 0;
  void* shadow_stack = nullptr;
};

void change(Context& from, Context& to) {
#ifdef CHORUS_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&from.shadow_stack, to.stack, to.bytes);
#endif
  swapcontext(&from.context, &to.context);
#ifdef CHORUS_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(from.shadow_stack, nullptr, nullptr);
#endif
}

enum class State { runs, waits_for_block, waits_for_warp, done };

struct Thread {
  Context context;
  State state = State::runs;
  Place place;
  std::deque<std::vector<std::function<void()>>> deferred;  ///< groups; the last one is open
};

/// Thrown in the threads that wait when another thread has failed.
struct Cancelled {};

class Block {
 public:
  Block(unsigned threads, const std::function<void()>& kernel);
  void run(const Dim3& index, const Dim3& grid);
  void wait(State state, Place place);
  static void begin();  ///< the first function on the stack of a thread

  unsigned thread() const { return running_; }
  Thread& self() { return threads_[running_]; }
  std::uint64_t time() const { return time_; }
  std::uint64_t start() const { return start_; }
  std::uint32_t* warp_memory() {
    return &warp_memory_[running_ / warp_threads * warp_memory_words];
  }

  Dim3 thread_index, index, size, grid;

 private:
  void enter(unsigned thread);
  void body();
  void release_waiting();
  bool release_warps();
  void cancel();
  [[noreturn]] void object(const std::string& what);

  const std::function<void()>& kernel_;
  std::unique_ptr<char[]> stacks_;
  std::vector<Thread> threads_;
  std::vector<std::uint32_t> warp_memory_;
  Context scheduler_;
  std::exception_ptr failure_;
  unsigned running_ = 0;
  std::uint64_t time_ = 0;   ///< advances at each barrier of the block
  std::uint64_t start_ = 0;  ///< the time at which the block began
};

thread_local Block* current = nullptr;
thread_local std::uint64_t clock_ticks = 0;  ///< has no equal values in two blocks

Block& running_block() {
  if (current == nullptr) throw Error("CUDA: device code runs outside a kernel");
  return *current;
}

std::string described(Place place) {
  const std::string file = place.file;
  return file.substr(file.find_last_of('/') + 1) + ":" + std::to_string(place.line);
}

void Block::begin() {
#ifdef CHORUS_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(nullptr, &current->scheduler_.stack, &current->scheduler_.bytes);
#endif
  current->body();
}

Block::Block(unsigned threads, const std::function<void()>& kernel)
    : kernel_(kernel),
      stacks_(new char[threads * stack_bytes]),
      threads_(threads),
      warp_memory_((threads + warp_threads - 1) / warp_threads * warp_memory_words) {
  size = {threads, 1, 1};
}

void Block::run(const Dim3& block_index, const Dim3& grid_size) {
  index = block_index;
  grid = grid_size;
  start_ = time_ = ++clock_ticks;
  for (std::size_t t = 0; t < threads_.size(); ++t) {
    Thread& thread = threads_[t];
    thread = {};
    thread.context.stack = &stacks_[t * stack_bytes];
    thread.context.bytes = stack_bytes;
    getcontext(&thread.context.context);
    thread.context.context.uc_stack.ss_sp = &stacks_[t * stack_bytes];
    thread.context.context.uc_stack.ss_size = stack_bytes;
    makecontext(&thread.context.context, begin, 0);
  }
  const auto is_done = [](const Thread& thread) { return thread.state == State::done; };
  while (!std::all_of(threads_.begin(), threads_.end(), is_done)) {
    for (unsigned t = 0; t < threads_.size(); ++t)
      if (threads_[t].state == State::runs) enter(t);
    if (failure_) cancel();
    release_waiting();
  }
}

void Block::enter(unsigned thread) {
  running_ = thread;
  thread_index = {thread, 0, 0};
  change(scheduler_, threads_[thread].context);
}

/// Runs a thread from its first to its last instruction.
void Block::body() {
  try {
    kernel_();
    for (const auto& group : self().deferred)
      if (!group.empty()) throw Error("CUDA: a kernel ended without waiting for its copies");
  } catch (const Cancelled&) {
  } catch (...) {
    if (!failure_) failure_ = std::current_exception();
  }
  self().state = State::done;
#ifdef CHORUS_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(nullptr, scheduler_.stack, scheduler_.bytes);
#endif
  setcontext(&scheduler_.context);
}

void Block::wait(State state, Place place) {
  Thread& waiting = self();
  waiting.state = state;
  waiting.place = place;
  change(waiting.context, scheduler_);
  if (failure_) throw Cancelled();
}

/// Continues the threads whose barrier is complete. All threads wait or have ended.
void Block::release_waiting() {
  if (release_warps()) return;
  std::size_t waiting = 0;
  Place place;
  for (const Thread& thread : threads_) {
    if (thread.state != State::waits_for_block) continue;
    if (waiting > 0 && !(thread.place == place))
      object("threads of a block wait in different places, " + described(place) + " and " +
             described(thread.place));
    place = thread.place;
    ++waiting;
  }
  if (waiting == 0) return;
  if (waiting != threads_.size())
    object("divergent barrier: " + std::to_string(waiting) + " of " +
           std::to_string(threads_.size()) + " threads wait at " + described(place) +
           ", the others have ended");
  for (Thread& thread : threads_) thread.state = State::runs;
  time_ = ++clock_ticks;
}

bool Block::release_warps() {
  bool released = false;
  for (std::size_t first = 0; first < threads_.size(); first += warp_threads) {
    const std::size_t end = std::min<std::size_t>(first + warp_threads, threads_.size());
    const auto begin_it = threads_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end_it = threads_.begin() + static_cast<std::ptrdiff_t>(end);
    const auto waits = [](const Thread& t) { return t.state == State::waits_for_warp; };
    const auto one = std::find_if(begin_it, end_it, waits);
    if (one == end_it) continue;
    const Place place = one->place;
    if (!std::all_of(begin_it, end_it,
                     [&](const Thread& t) { return waits(t) && t.place == place; }))
      object("only a part of a warp is at " + described(place));
    std::for_each(begin_it, end_it, [](Thread& t) { t.state = State::runs; });
    released = true;
  }
  return released;
}

void Block::object(const std::string& what) {
  failure_ = std::make_exception_ptr(Error("CUDA: " + what));
  cancel();
  std::rethrow_exception(failure_);
}

/// Ends all threads, so that their objects are destroyed, and passes the failure on.
void Block::cancel() {
  for (unsigned t = 0; t < threads_.size(); ++t)
    if (threads_[t].state != State::done) enter(t);
  std::rethrow_exception(failure_);
}

}  // namespace

const Dim3& thread_index() { return running_block().thread_index; }
const Dim3& block_index() { return running_block().index; }
const Dim3& block_size() { return running_block().size; }
const Dim3& grid_size() { return running_block().grid; }
unsigned lane() { return running_block().thread() % warp_threads; }

void block_barrier(Place place) { running_block().wait(State::waits_for_block, place); }
void warp_barrier(Place place) { running_block().wait(State::waits_for_warp, place); }
std::uint32_t* warp_memory() { return running_block().warp_memory(); }

void defer(std::function<void()> action) {
  auto& groups = running_block().self().deferred;
  if (groups.empty()) groups.emplace_back();
  groups.back().push_back(std::move(action));
}
void end_deferred() {
  auto& groups = running_block().self().deferred;
  if (groups.empty()) groups.emplace_back();
  groups.emplace_back();
}
void wait_for_deferred(int last_groups) {
  auto& groups = running_block().self().deferred;
  // The open group, which no end_deferred() has closed, is not waited for.
  while (groups.size() > static_cast<std::size_t>(last_groups) + 1) {
    for (const auto& action : groups.front()) action();
    groups.pop_front();
  }
}

void check_alignment(const void* address, std::size_t bytes) {
  if (reinterpret_cast<std::uintptr_t>(address) % bytes != 0)
    throw Error("CUDA: an address is not a multiple of " + std::to_string(bytes) + " bytes");
}

void launch(const Dim3& grid, unsigned threads, const std::function<void()>& kernel) {
  if (threads == 0 || threads > 1024)
    throw Error("CUDA: a block of " + std::to_string(threads) + " threads; expected 1 to 1024");
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 || grid.z > 65535)
    throw Error("CUDA: a grid of " + std::to_string(grid.x) + " x " + std::to_string(grid.y) +
                " x " + std::to_string(grid.z) +
                " blocks; expected 1 or more, in y and z to 65535");
  Block block(threads, kernel);
  Block* const outer = std::exchange(current, &block);
  struct Restore {
    Block* block;
    ~Restore() { current = block; }
  } const restore{outer};
  for (unsigned z = 0; z < grid.z; ++z)
    for (unsigned y = 0; y < grid.y; ++y)
      for (unsigned x = 0; x < grid.x; ++x) block.run({x, y, z}, grid);
}

void Shadow::read(int element) const {
  const Block& block = running_block();
  if (write_time_ < block.start())
    throw Error("CUDA: shared element " + std::to_string(element) + " is read by thread " +
                std::to_string(block.thread()) + " before any thread of the block wrote it");
  if (write_time_ == block.time() && writer_ != block.thread())
    throw Error("CUDA: missing barrier: shared element " + std::to_string(element) +
                " is written by thread " + std::to_string(writer_) + " and read by thread " +
                std::to_string(block.thread()));
  several_readers_ = read_time_ == block.time() && (several_readers_ || reader_ != block.thread());
  read_time_ = block.time();
  reader_ = block.thread();
}

void Shadow::write(int element) {
  const Block& block = running_block();
  const auto object = [&](const char* what, unsigned other) {
    throw Error("CUDA: missing barrier: shared element " + std::to_string(element) + " is " + what +
                " by thread " + std::to_string(other) + " and written by thread " +
                std::to_string(block.thread()));
  };
  if (write_time_ == block.time() && writer_ != block.thread()) object("written", writer_);
  if (read_time_ == block.time() && (several_readers_ || reader_ != block.thread()))
    object("read", reader_);
  write_time_ = block.time();
  writer_ = block.thread();
}

void outside(int element, int count) {
  throw Error("CUDA: shared element " + std::to_string(element) + " is outside an array of " +
              std::to_string(count));
}

}  // namespace chorus::simt
