#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "chorus/version.hpp"

namespace CHORUS_API chorus {

/// Processes that share a piece of work. Each is known by its rank, from 0 to size() - 1. All of
/// them make the same calls in the same order, each from a single thread. A process is alone unless
/// a program connects it with others: with MPI (backends/mpi), or with an implementation of its
/// own.
///
/// Data are plain bytes, since all processes run the same program. A process that stops without a
/// word leaves the others waiting; ending them is up to what started them.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual std::size_t rank() const = 0;
  virtual std::size_t size() const = 0;
  /// The rank among the processes on the same machine, and the number of these.
  virtual std::size_t local_rank() const = 0;
  virtual std::size_t local_size() const = 0;
  virtual std::string description() const = 0;  ///< for people: "Open MPI v4.1.4"

  /// Everyone gets the data of process `root`.
  virtual void broadcast(std::span<std::byte> data, std::size_t root) = 0;
  /// Everyone gets the data of all, in the order of ranks. All give equally many bytes.
  virtual void all_gather(std::span<const std::byte> own, std::span<std::byte> all) = 0;
  /// Process 0 gets the data of all, in the order of ranks, the others nothing. Any number of
  /// bytes.
  virtual std::vector<std::byte> gather(std::span<const std::byte> own) = 0;

  /// Begins to send send_bytes[r] bytes of `send` to each rank r, one after another, and to receive
  /// receive_bytes[r] bytes from it. The spans must stay as they are until finish_exchange().
  virtual void start_exchange(std::span<const std::byte> send,
                              std::span<const std::size_t> send_bytes, std::span<std::byte> receive,
                              std::span<const std::size_t> receive_bytes) = 0;
  virtual void finish_exchange() = 0;

  /// Returns once all processes have called it.
  virtual void barrier() = 0;
  /// Ends all processes at once. Used after a failure that the others do not know of.
  [[noreturn]] virtual void abort(int status) = 0;
};

/// The communicator of a process without others.
std::shared_ptr<Communicator> alone();

// The same for values and vectors of plain types.

/// The value of process 0.
template <class T>
requires std::is_trivially_copyable_v<T> T from_first(Communicator& processes, T value) {
  processes.broadcast(std::as_writable_bytes(std::span(&value, 1)), 0);
  return value;
}

/// The values of all processes.
template <class T>
requires std::is_trivially_copyable_v<T> std::vector<T> all_of(Communicator& processes,
                                                               const T& own) {
  std::vector<T> all(processes.size());
  processes.all_gather(std::as_bytes(std::span(&own, 1)), std::as_writable_bytes(std::span(all)));
  return all;
}

template <class T>
T sum_of(Communicator& processes, const T& own) {
  const std::vector<T> all = all_of(processes, own);
  return std::accumulate(all.begin(), all.end(), T{});
}

/// The vectors of all processes, one after another; empty except in process 0.
template <class T>
requires std::is_trivially_copyable_v<T> std::vector<T> gathered(Communicator& processes,
                                                                 const std::vector<T>& own) {
  const std::vector<std::byte> bytes = processes.gather(std::as_bytes(std::span(own)));
  std::vector<T> all(bytes.size() / sizeof(T));
  std::ranges::copy(bytes, std::as_writable_bytes(std::span(all)).begin());
  return all;
}

/// The vectors of all processes, one after another, in every process.
template <class T>
requires std::is_trivially_copyable_v<T> std::vector<T> gathered_by_all(Communicator& processes,
                                                                        const std::vector<T>& own) {
  std::vector<T> all = gathered(processes, own);
  all.resize(from_first(processes, all.size()));
  processes.broadcast(std::as_writable_bytes(std::span(all)), 0);
  return all;
}

}  // namespace chorus
