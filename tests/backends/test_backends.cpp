#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends_under_test.hpp"
#include "check/check.hpp"
#include "chorus/ops.hpp"
#include "errors.hpp"
#include "matrix.hpp"

using namespace chorus;
using namespace chorus::test;

namespace {

/// An environment variable with another value until the end of the scope.
class WithVariable {
 public:
  WithVariable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }
  WithVariable(const WithVariable&) = delete;
  WithVariable& operator=(const WithVariable&) = delete;
  ~WithVariable() { set(old_ ? old_->c_str() : nullptr); }

 private:
  void set(const char* value) {
    if (value != nullptr)
      ::setenv(name_, value, 1);
    else
      ::unsetenv(name_);
  }

  const char* name_;
  std::optional<std::string> old_;
};

/// The error of make_backend(); empty if it succeeds.
std::string failure(const std::string& name) {
  return error_of([&] { make_backend(name); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backends)

BOOST_AUTO_TEST_CASE(every_backend_is_made_by_its_name_or_says_why_not) {
  const std::vector<BackendInfo> list = list_backends();
  BOOST_TEST(list.size() >= 6U);
  for (const BackendInfo& info : list) {
    BOOST_TEST(!info.description.empty());
    if (!info.unavailable.empty()) {
      check_holds(failure(info.name), {info.name, info.unavailable, "reference"});
      continue;
    }
    const auto backend = make_backend(info.name);
    const bool is_resolved = backend->name() == info.name || info.name == "cpu";
    BOOST_TEST(is_resolved, info.name << " became " << backend->name());
    BOOST_TEST(!backend->description().empty());
    BOOST_TEST(backend->workers() >= 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_number_chooses_one_of_several_devices) {
  BOOST_TEST(make_backend("cuda-emulated:0")->name() == "cuda-emulated");
  const auto second = make_backend("cuda-emulated:1");
  BOOST_TEST(second->name() == "cuda-emulated:1");
  Memory memory(second);
  BOOST_TEST(to_host(memory.full(1, 2, 3))[1] == 3);
  BOOST_TEST(make_backend("cuda-emulated", {.device = 1})->name() == "cuda-emulated:1");
  BOOST_TEST(holds(failure("cuda-emulated:2"), "there is no device 2; expected 0 to 1"));
  BOOST_TEST(holds(failure("cuda-emulated:x"), "'x' is not the number of a device"));
}

BOOST_AUTO_TEST_CASE(names_are_known) {
  std::set<std::string> names;
  for (const BackendInfo& info : list_backends()) names.insert(info.name);
  for (const char* name : {"cuda", "cpu", "cpu:avx512", "cpu:avx2", "cpu:base", "cpu:avx512bf16",
                           "cpu:amx", "reference"})
    BOOST_TEST(names.contains(name), name << " is not listed");
}

BOOST_AUTO_TEST_CASE(auto_is_the_first_that_is_available) {
  const WithVariable unset("CHORUS_BACKEND", nullptr);
  const auto list = list_backends();
  const auto best = std::ranges::find_if(list, [](auto& info) { return info.unavailable.empty(); });
  const std::string expected = make_backend(best->name)->name();
  BOOST_TEST(make_backend("auto")->name() == expected);
  BOOST_TEST(make_backend()->name() == expected);
}

// Set where the tests run as another processor: the kernels that "cpu" has to choose there.
BOOST_AUTO_TEST_CASE(cpu_chooses_the_best_kernels_of_the_processor) {
  const std::string name = make_backend("cpu")->name();
  if (const char* expected = std::getenv("CHORUS_EXPECTED_CPU"))
    BOOST_TEST(name == expected);
  else
    for (const BackendInfo& info : list_backends())
      if (info.name.starts_with("cpu:") && info.unavailable.empty()) {
        BOOST_TEST(name == info.name);  // the list has the best first
        break;
      }
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_answered_with_the_names_there_are) {
  check_holds(failure("cpu:sse9"), {"'cpu:sse9'", "auto", "cpu:base", "reference", "check:A,B"});
  BOOST_TEST(holds(failure("CPU"), "unknown backend 'CPU'"));
  BOOST_TEST(holds(failure("reference "), "unknown backend 'reference '"));
}

BOOST_AUTO_TEST_CASE(what_is_not_available_is_not_offered) {
  const std::string message = failure("unknown");
  const std::string offer = message.substr(message.find("available:"));
  for (const BackendInfo& info : list_backends())
    if (!info.unavailable.empty()) BOOST_TEST(!holds(offer, " " + info.name + ","), offer);
}

BOOST_AUTO_TEST_CASE(check_needs_two_plain_names) {
  for (const char* name : {"check:", "check:cpu", "check:cpu,", "check:,cpu",
                           "check:check:cpu,reference", "check:cpu,check:cpu,reference"})
    BOOST_TEST(holds(failure(name), "check:A,B"), name << " gives '" << failure(name) << "'");
  BOOST_TEST(holds(failure("check:cpu,nothing"), "unknown backend 'nothing'"));
  BOOST_TEST(make_backend("check:cpu:base,reference")->name() == "check:cpu:base,reference");
}

BOOST_AUTO_TEST_CASE(the_environment_names_the_backend_if_nobody_else_does) {
  const WithVariable set("CHORUS_BACKEND", "reference");
  BOOST_TEST(make_backend()->name() == "reference");
  BOOST_TEST(make_backend("cpu:base")->name() == "cpu:base");
  BOOST_TEST(make_backend("auto")->name() != "reference");
  {
    const WithVariable check("CHORUS_BACKEND", "check:cpu:base,reference");
    BOOST_TEST(make_backend()->name() == "check:cpu:base,reference");
  }
  const WithVariable wrong("CHORUS_BACKEND", "fastest");
  BOOST_TEST(holds(failure(""), "unknown backend 'fastest'"));
}

BOOST_AUTO_TEST_CASE(an_empty_environment_variable_counts_as_none) {
  const WithVariable empty("CHORUS_BACKEND", "");
  BOOST_TEST(make_backend()->name() == make_backend("auto")->name());
}

// --- precision ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(precisions_have_names) {
  for (const Precision each : {Precision::fp32, Precision::tf32, Precision::fp16, Precision::bf16})
    BOOST_TEST((parse_precision(name(each)) == each));
  for (const char* wrong : {"", "fp64", "FP32", "bf16 "})
    BOOST_CHECK_EXCEPTION(parse_precision(wrong), Error, [](auto& error) {
      return holds(error.what(), "expected fp32, tf32, fp16 or bf16");
    });
}

BOOST_AUTO_TEST_CASE(a_precision_that_a_backend_lacks_is_refused) {
  for (const char* backend : {"reference", "cpu:base"})
    BOOST_CHECK_EXCEPTION(make_backend(backend, {.precision = Precision::tf32}), Error,
                          [](auto& error) { return holds(error.what(), "no precision tf32"); });
  const auto emulated = make_backend("cuda-emulated", {.precision = Precision::bf16});
  BOOST_TEST(holds(emulated->description(), "bf16"));
  BOOST_TEST((emulated->precision() == Precision::bf16));
}

BOOST_AUTO_TEST_CASE(bf16_on_the_cpu_needs_its_instructions) {
  const auto missing = [](const std::string& name) {
    const auto list = list_backends();
    return std::ranges::find(list, name, &BackendInfo::name)->unavailable;
  };
  const std::string reason = missing("cpu:avx512bf16");
  if (reason.empty()) {
    const auto backend = make_backend("cpu", {.precision = Precision::bf16});
    BOOST_TEST(backend->name() == (missing("cpu:amx").empty() ? "cpu:amx" : "cpu:avx512bf16"));
    BOOST_TEST((backend->precision() == Precision::bf16));
  } else {
    BOOST_CHECK_EXCEPTION(
        make_backend("cpu", {.precision = Precision::bf16}), Error, [&](auto& error) {
          return holds(error.what(), "no precision bf16") && holds(error.what(), reason) &&
                 holds(error.what(), "expected fp32");
        });
    // A processor that has only AVX2 does not claim to have AVX-512.
    BOOST_TEST(holds(reason, "but no AVX512-BF16") == missing("cpu:avx512").empty());
  }
  BOOST_TEST((make_backend("cpu")->precision() == Precision::fp32));
  BOOST_CHECK_EXCEPTION(
      make_backend("cpu", {.precision = Precision::fp16}), Error,
      [](auto& error) { return holds(error.what(), "no precision fp16; expected fp32, bf16"); });
  BOOST_CHECK_EXCEPTION(
      make_backend("cpu:base", {.precision = Precision::bf16}), Error,
      [](auto& error) { return holds(error.what(), "no precision bf16; expected fp32,"); });
}

// --- workers ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(cpu_backends_have_the_workers_asked_for) {
  for (const std::size_t workers : {1, 2, 5})
    for (const std::size_t threads : {1, 2}) {
      const auto backend = make_backend("cpu", {.threads = threads, .workers = workers});
      BOOST_TEST(backend->workers() == workers);
      BOOST_TEST(holds(backend->description(), std::to_string(workers) + " worker"));
    }
  BOOST_TEST(make_backend("cpu", {.threads = 1})->workers() == 1U);
  // More threads than cores would only cost time.
  BOOST_TEST(make_backend("cpu", {.threads = 1000})->workers() < 1000U);
  BOOST_TEST(make_backend("reference", {.workers = 5})->workers() == 1U);
}

namespace {

/// The tasks that each worker ran, in its order.
std::vector<std::vector<std::size_t>> tasks_by_worker(Backend& backend, std::size_t tasks) {
  std::vector<std::vector<std::size_t>> ran(backend.workers());
  backend.parallel(tasks,
                   [&](std::size_t task, std::size_t worker) { ran.at(worker).push_back(task); });
  return ran;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_task_runs_once_on_its_worker_in_ascending_order) {
  std::vector<std::string> names = backends_under_test();
  names.push_back("check:cpu,reference");
  for (const std::string& name : names)
    for (const std::size_t wanted : {1, 2, 5}) {
      const auto backend = make_backend(name, {.workers = wanted});
      const std::size_t workers = backend->workers();
      for (const std::size_t tasks : {0, 1, 4, 5, 23}) {
        std::vector<std::vector<std::size_t>> expected(workers);
        for (std::size_t task = 0; task < tasks; ++task) expected[task % workers].push_back(task);
        BOOST_TEST((tasks_by_worker(*backend, tasks) == expected),
                   name << ", " << workers << " workers, " << tasks << " tasks");
      }
    }
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_task_arrives_after_all_workers_have_stopped) {
  for (const std::string& name : backends_under_test()) {
    const auto backend = make_backend(name, {.workers = 3});
    std::mutex mutex;
    std::set<std::size_t> ran;
    const auto body = [&](std::size_t task, std::size_t) {
      if (task == 4) throw std::runtime_error("task four");
      const std::scoped_lock lock(mutex);
      ran.insert(task);
    };
    BOOST_CHECK_EXCEPTION(backend->parallel(12, body), std::runtime_error,
                          [](auto& error) { return error.what() == std::string("task four"); });
    // Tasks before it on its worker, and those of the other workers that nothing stopped.
    BOOST_TEST(ran.contains(backend->workers() == 1 ? 0 : 1));
    BOOST_TEST(!ran.contains(4));
    // And the backend still works.
    BOOST_TEST(tasks_by_worker(*backend, 2).front().front() == 0U);
  }
}

// --- memory -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(memory_is_zeroed_and_aligned) {
  for (const std::string& name : backends_under_test()) {
    const auto backend = make_backend(name);
    for (const std::size_t count : {1, 15, 16, 1000}) {
      void* memory = backend->allocate(count * sizeof(float));
      BOOST_TEST(reinterpret_cast<std::uintptr_t>(memory) % 64 == 0U);
      std::vector<float> values(count, 1.0F);
      backend->download(memory, values.data(), count * sizeof(float));
      BOOST_TEST(std::ranges::all_of(values, [](float v) { return v == 0.0F; }));
      backend->upload(std::vector<float>(count, 2.0F).data(), memory, count * sizeof(float));
      backend->download(memory, values.data(), count * sizeof(float));
      BOOST_TEST(std::ranges::all_of(values, [](float v) { return v == 2.0F; }));
      backend->release(memory);
    }
  }
}

BOOST_AUTO_TEST_CASE(tiles_shrink_with_the_width_and_never_vanish) {
  for (const std::string& name : backends_under_test()) {
    const auto backend = make_backend(name);
    BOOST_TEST(backend->tile_rows(8192) >= 1U);
    BOOST_TEST(backend->tile_rows(64) >= backend->tile_rows(256));
    BOOST_TEST(backend->tile_rows(256) >= backend->tile_rows(1024));
  }
}

// --- check --------------------------------------------------------------------------------------

namespace {

/// Does one op wrong: an element of the result is off by `error`.
class WrongBackend final : public ForwardingBackend {
 public:
  WrongBackend(std::shared_ptr<Backend> inner, Op wrong, float error)
      : ForwardingBackend(std::move(inner)), wrong_(wrong), error_(error) {}
  std::string name() const override { return "wrong"; }
  void run(const Call& call) override {
    ForwardingBackend::run(call);
    const View& out = call.out[0];
    if (call.op == wrong_) out.data[out.stride + 2] += error_;  // row 1, column 2
  }

 private:
  Op wrong_;
  float error_;
};

/// The error of a small computation when `wrong` is checked against the reference.
std::string disagreement(Op wrong, float error) {
  const auto reference = make_backend("reference");
  Memory memory(
      make_check_backend(std::make_shared<WrongBackend>(reference, wrong, error), reference));
  return error_of([&] {
    Tape tape(memory);
    const auto input = [&](std::size_t rows, std::size_t cols) {
      return tape.constant(memory.full(rows, cols, 0.5));
    };
    sin(add(matmul(input(4, 6), input(6, 3)), input(4, 3)));
  });
}

}  // namespace

BOOST_AUTO_TEST_CASE(check_names_the_first_op_that_disagrees_with_the_figures) {
  BOOST_TEST(disagreement(Op::cos, 1) == "");
  // Each element of the product is 6 * 0.25, and of the sum 2.
  check_holds(disagreement(Op::matmul, 0.25F),
              {"matmul", "4 x 3", "row 1, column 2", "wrong gives 1.75", "reference gives 1.5",
               "difference 0.25"});
  check_holds(disagreement(Op::add, -1), {"op add", "wrong gives 1,", "reference gives 2"});
  check_holds(disagreement(Op::sin, NAN), {"op sin", "row 1, column 2", "wrong gives nan"});
}

BOOST_AUTO_TEST_CASE(check_takes_what_is_no_number_as_equal_to_itself_only) {
  const auto reference = make_backend("reference");
  Memory memory(make_check_backend(reference, reference));
  for (const float value : {NAN, INFINITY, -INFINITY}) {
    const Tensor in = memory.from(std::vector<float>{value, 1, 1, 1, 1, 1}, 2, 3);
    const Tensor out = memory.zeros(2, 3);
    Call call{.op = Op::scale};
    call.in[0] = in.const_view();
    call.out[0] = out.view();
    BOOST_CHECK_NO_THROW(memory.backend().run(call));
    // One infinite element does not excuse the others.
    Memory wrong(
        make_check_backend(std::make_shared<WrongBackend>(reference, Op::scale, 0.25F), reference));
    BOOST_CHECK_THROW(wrong.backend().run(call), Error);
  }
}

BOOST_AUTO_TEST_CASE(check_leaves_room_for_rounding_only) {
  BOOST_TEST(disagreement(Op::matmul, 1e-6F) == "");
  BOOST_TEST(holds(disagreement(Op::matmul, 1e-3F), "op matmul"));
}

BOOST_AUTO_TEST_CASE(check_keeps_the_results_of_its_first_backend) {
  const auto reference = make_backend("reference");
  const auto wrong = std::make_shared<WrongBackend>(reference, Op::matmul, 1e-6F);
  Memory memory(make_check_backend(wrong, reference));
  Tape tape(memory);
  const auto ones = [&](std::size_t rows, std::size_t cols) {
    return tape.constant(memory.full(rows, cols, 1));
  };
  const auto product = to_host(matmul(ones(2, 1), ones(1, 3)).value());
  BOOST_TEST(product[3 + 2] == 1.0F + 1e-6F);
}

BOOST_AUTO_TEST_CASE(every_op_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (std::size_t op = 0; op < op_count; ++op)
    names.insert(std::string(name(static_cast<Op>(op))));
  BOOST_TEST(names.size() == op_count);
}

BOOST_AUTO_TEST_CASE(every_worker_has_its_turn_where_threads_are_few) {
  const auto outer = make_backend("cpu", {.threads = 2, .workers = 2});
  const auto inner = make_backend("cpu", {.threads = 2, .workers = 5});
  std::atomic<int> tasks = 0;
  outer->parallel(2, [&](std::size_t, std::size_t) {
    inner->parallel(7, [&](std::size_t, std::size_t) { ++tasks; });
  });
  BOOST_TEST(tasks == 14);
}

BOOST_AUTO_TEST_SUITE_END()
