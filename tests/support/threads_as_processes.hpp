#pragma once

#include <algorithm>
#include <barrier>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "communicator.hpp"

namespace chorus::test {

/// What the threads that stand for processes show each other.
struct Blackboard {
  explicit Blackboard(std::size_t size)
      : meeting(static_cast<std::ptrdiff_t>(size)), shown(size), parts(size) {}
  std::barrier<> meeting;
  std::vector<std::span<const std::byte>> shown;
  std::vector<std::span<const std::size_t>> parts;  ///< sizes, by receiver
};

/// A communicator of threads, for tests without MPI.
class ThreadCommunicator final : public Communicator {
 public:
  ThreadCommunicator(std::shared_ptr<Blackboard> board, std::size_t rank)
      : board_(std::move(board)), rank_(rank) {}

  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return board_->shown.size(); }
  std::size_t local_rank() const override { return rank_; }
  std::size_t local_size() const override { return size(); }
  std::string description() const override { return "threads"; }

  void broadcast(std::span<std::byte> data, std::size_t root) override {
    show(data);
    if (rank_ != root) std::ranges::copy(board_->shown[root], data.begin());
    barrier();
  }
  void all_gather(std::span<const std::byte> own, std::span<std::byte> all) override {
    show(own);
    auto place = all.begin();
    for (const auto& each : board_->shown) place = std::ranges::copy(each, place).out;
    barrier();
  }
  std::vector<std::byte> gather(std::span<const std::byte> own) override {
    show(own);
    std::vector<std::byte> all;
    if (rank_ == 0)
      for (const auto& each : board_->shown) all.insert(all.end(), each.begin(), each.end());
    barrier();
    return all;
  }
  void start_exchange(std::span<const std::byte> send, std::span<const std::size_t> send_bytes,
                      std::span<std::byte> receive,
                      std::span<const std::size_t> /*receive_bytes*/) override {
    board_->parts[rank_] = send_bytes;
    show(send);
    auto place = receive.begin();
    for (std::size_t from = 0; from < size(); ++from) {
      std::size_t first = 0;
      for (std::size_t r = 0; r < rank_; ++r) first += board_->parts[from][r];
      place =
          std::ranges::copy(board_->shown[from].subspan(first, board_->parts[from][rank_]), place)
              .out;
    }
  }
  void finish_exchange() override { barrier(); }
  void barrier() override { board_->meeting.arrive_and_wait(); }
  [[noreturn]] void abort(int) override { std::terminate(); }

 private:
  void show(std::span<const std::byte> data) {
    board_->shown[rank_] = data;
    barrier();
  }

  std::shared_ptr<Blackboard> board_;
  std::size_t rank_;
};

/// Runs body(communicator) in `count` threads, as a launcher would start processes.
inline void as_processes(std::size_t count,
                         const std::function<void(std::shared_ptr<Communicator>)>& body) {
  const auto board = std::make_shared<Blackboard>(count);
  std::vector<std::thread> threads;
  for (std::size_t rank = 0; rank < count; ++rank)
    threads.emplace_back([&, rank] { body(std::make_shared<ThreadCommunicator>(board, rank)); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace chorus::test
