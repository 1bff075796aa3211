#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "chorus/error.hpp"
#include "communicator.hpp"

// Several processes of the program that a launcher (mpirun, srun) has started to share its work.

namespace chorus::app {

/// What the launcher said in the environment.
struct Launch {
  std::size_t size = 1, rank = 0;
  std::string variable;  ///< that states the size; empty without a launcher
};
const Launch& launch();

/// Connects this process with the others if a launcher has started several, through the module of
/// MPI. Throws Error if this cannot be. To be called once, by commands that share their work.
void join_processes();

/// The processes that share the work: this one alone, unless join_processes() was called.
const std::shared_ptr<Communicator>& processes();

/// Whether this process prints what all have to say.
bool prints();

/// Prints "note: ..." to standard error, unless another process says the same.
void print_note(const std::string& note);

/// The number of threads for this process if it was not asked for a number: processes that may run
/// on the same cores share them.
std::size_t fair_threads(std::size_t usable);

/// An error that all processes know of and throw alike, so that each can end in good order.
class SharedError : public Error {
 public:
  using Error::Error;
};

/// Throws SharedError in all processes if there is a failure in any of them. It names the process,
/// unless all have failed alike.
void share_failures(const std::optional<std::string>& own);

/// Calls work() in all processes. If it throws Error in some, all of them throw SharedError. The
/// work must not exchange anything.
template <class Work>
auto together(const Work& work) {
  using Result = std::invoke_result_t<Work>;
  std::optional<std::string> failure;
  if constexpr (std::is_void_v<Result>) {
    try {
      work();
    } catch (const Error& error) {
      failure = error.what();
    }
    share_failures(failure);
  } else {
    std::optional<Result> result;
    try {
      result.emplace(work());
    } catch (const Error& error) {
      failure = error.what();
    }
    share_failures(failure);
    return std::move(*result);
  }
}

/// Calls work() in process 0 alone; all of them learn of a failure.
void in_first(const std::function<void()>& work);

}  // namespace chorus::app
