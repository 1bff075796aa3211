// Communicator over MPI. This file alone is a module, which the program loads only when a launcher
// has started several of it (apps/support/processes.hpp): a program without MPI neither needs nor
// starts it. Any MPI will do, since the rest of the program knows nothing of it.

#include <mpi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "chorus/error.hpp"
#include "chorus/version.hpp"
#include "communicator.hpp"

namespace chorus {

namespace {

/// MPI counts in ints. What may be longer travels in pieces.
constexpr std::size_t most_at_once = std::size_t{1} << 30;

int as_count(std::size_t bytes) {
  if (bytes > INT_MAX)
    throw Error(
        "one process would send or receive 2 GiB at once; expected a smaller network, fewer "
        "--workers, or more processes");
  return static_cast<int>(bytes);
}

/// Waits without keeping the core busy for long: a process may wait for one that draws, evaluates
/// or saves. MPI itself would spin, which takes the core of another process where they share one.
void wait(MPI_Request request) {
  using std::chrono::steady_clock;
  constexpr std::chrono::microseconds at_once(50), soon(2000), pause(200);
  const auto began = steady_clock::now();
  for (int done = 0;;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done != 0) return;
    const auto waited = steady_clock::now() - began;
    if (waited > soon)
      std::this_thread::sleep_for(pause);
    else if (waited > at_once)
      std::this_thread::yield();
  }
}

/// "Open MPI v4.1.4": the beginning of what a library says of itself, which may be pages long.
std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  const std::string_view all(text.data(), static_cast<std::size_t>(length));
  return std::string(all.substr(0, all.find_first_of(",\n")));
}

class MpiCommunicator final : public Communicator {
 public:
  MpiCommunicator() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    int rank = 0, size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    rank_ = static_cast<std::size_t>(rank);
    size_ = static_cast<std::size_t>(size);
    MPI_Comm machine = MPI_COMM_NULL;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &machine);
    MPI_Comm_rank(machine, &rank);
    MPI_Comm_size(machine, &size);
    MPI_Comm_free(&machine);
    local_rank_ = static_cast<std::size_t>(rank);
    local_size_ = static_cast<std::size_t>(size);
  }
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;
  ~MpiCommunicator() override { MPI_Finalize(); }

  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return size_; }
  std::size_t local_rank() const override { return local_rank_; }
  std::size_t local_size() const override { return local_size_; }
  std::string description() const override { return library_version(); }

  void broadcast(std::span<std::byte> data, std::size_t root) override {
    while (!data.empty()) {
      const auto piece = data.first(std::min(data.size(), most_at_once));
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Ibcast(piece.data(), as_count(piece.size()), MPI_BYTE, static_cast<int>(root),
                 MPI_COMM_WORLD, &request);
      wait(request);
      data = data.subspan(piece.size());
    }
  }

  void all_gather(std::span<const std::byte> own, std::span<std::byte> all) override {
    MPI_Request request = MPI_REQUEST_NULL;
    const int count = as_count(own.size());
    MPI_Iallgather(own.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, MPI_COMM_WORLD,
                   &request);
    wait(request);
  }

  std::vector<std::byte> gather(std::span<const std::byte> own) override {
    const std::vector<std::uint64_t> sizes = all_of(*this, std::uint64_t{own.size()});
    if (rank_ != 0) {
      in_pieces(own.size(), [&](std::size_t first, int count, MPI_Request* request) {
        MPI_Isend(own.data() + first, count, MPI_BYTE, 0, tag, MPI_COMM_WORLD, request);
      });
      return {};
    }
    std::vector<std::byte> all(own.begin(), own.end());
    for (std::size_t from = 1; from < size_; ++from) {
      const std::size_t begin = all.size();
      all.resize(begin + sizes[from]);
      in_pieces(sizes[from], [&](std::size_t first, int count, MPI_Request* request) {
        MPI_Irecv(all.data() + begin + first, count, MPI_BYTE, static_cast<int>(from), tag,
                  MPI_COMM_WORLD, request);
      });
    }
    return all;
  }

  void start_exchange(std::span<const std::byte> send, std::span<const std::size_t> send_bytes,
                      std::span<std::byte> receive,
                      std::span<const std::size_t> receive_bytes) override {
    sent_.assign(send_bytes);
    received_.assign(receive_bytes);
    MPI_Ialltoallv(send.data(), sent_.counts.data(), sent_.places.data(), MPI_BYTE, receive.data(),
                   received_.counts.data(), received_.places.data(), MPI_BYTE, MPI_COMM_WORLD,
                   &exchange_);
    // Some implementations begin to send only when asked how it goes.
    int ignored = 0;
    MPI_Test(&exchange_, &ignored, MPI_STATUS_IGNORE);
  }
  void finish_exchange() override { wait(exchange_); }

  void barrier() override {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(MPI_COMM_WORLD, &request);
    wait(request);
  }

  [[noreturn]] void abort(int status) override {
    MPI_Abort(MPI_COMM_WORLD, status);
    std::terminate();  // not reached
  }

 private:
  static constexpr int tag = 1;

  /// Where in a buffer the bytes of each rank are.
  struct Layout {
    std::vector<int> counts, places;
    void assign(std::span<const std::size_t> bytes) {
      counts.clear();
      places.clear();
      std::size_t place = 0;
      for (const std::size_t each : bytes) {
        counts.push_back(as_count(each));
        places.push_back(as_count(place));
        place += each;
      }
    }
  };

  template <class Start>
  static void in_pieces(std::size_t bytes, const Start& start) {
    for (std::size_t first = 0; first < bytes; first += most_at_once) {
      MPI_Request request = MPI_REQUEST_NULL;
      start(first, as_count(std::min(most_at_once, bytes - first)), &request);
      wait(request);
    }
  }

  std::size_t rank_, size_, local_rank_, local_size_;
  Layout sent_, received_;
  MPI_Request exchange_ = MPI_REQUEST_NULL;
};

}  // namespace

}  // namespace chorus

/// Connects this process with those that were started with it. Returns null if the program is of
/// another version than this module.
extern "C" __attribute__((visibility("default"))) chorus::Communicator* chorus_connect_processes(
    const char* version) {
  if (std::string_view(version) != CHORUS_VERSION) return nullptr;
  return new chorus::MpiCommunicator();
}
