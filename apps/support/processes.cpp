#include "support/processes.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include "chorus/version.hpp"
#include "printable.hpp"
#include "support/fingerprint.hpp"

namespace chorus::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* module_variable = "CHORUS_MPI_MODULE";

std::optional<std::size_t> environment_number(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return {};
  std::size_t number = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, failure] = std::from_chars(text, end, number);
  return failure == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

Launch found_launch() {
  struct Variables {
    const char *size, *rank;
  };
  // Not SLURM_NTASKS, which a batch script and each program in it has, too: srun alone sets the
  // last.
  constexpr Variables launchers[] = {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                     {"PMI_SIZE", "PMI_RANK"},
                                     {"MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"},
                                     {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}};
  for (const auto& [size, rank] : launchers)
    if (const auto found = environment_number(size); found && *found > 0)
      return {*found, environment_number(rank).value_or(0), size};
  return {};
}

std::shared_ptr<Communicator>& joined() {
  static std::shared_ptr<Communicator> all = alone();
  return all;
}

/// Where the module may be: beside the program in a build, and where it is installed.
std::vector<fs::path> module_places() {
  if (const char* file = std::getenv(module_variable)) return {file};
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  return {folder / "chorus-mpi.so", folder / CHORUS_MODULE_FOLDER / "chorus-mpi.so"};
}

[[noreturn]] void fail_to_join(const std::string& reason) {
  throw Error(fmt::format(
      "this is one of {} processes ({}), which cannot share the training: {}; start one "
      "process, or use a build with MPI (CHORUS_MPI=ON)",
      launch().size, launch().variable, reason));
}

std::shared_ptr<Communicator> connected() {
  const std::vector<fs::path> places = module_places();
  const auto found = std::ranges::find_if(places, [](const fs::path& each) {
    std::error_code error;
    return fs::exists(each, error);
  });
  if (found == places.end())
    fail_to_join(fmt::format("there is no module for MPI ({})", shown(places.back())));
  // Global, since Open MPI loads modules of its own that use its names.
  void* module = dlopen(found->c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (module == nullptr) fail_to_join(dlerror());
  using Connect = Communicator* (*)(const char*);
  const auto connect = reinterpret_cast<Connect>(dlsym(module, "chorus_connect_processes"));
  Communicator* all = connect == nullptr ? nullptr : connect(CHORUS_VERSION);
  if (all == nullptr)
    fail_to_join(fmt::format("{} is not of chorus " CHORUS_VERSION, shown(*found)));
  std::shared_ptr<Communicator> owned(all);
  if (owned->size() != launch().size)
    fail_to_join(
        fmt::format("{} sees {} process{}, perhaps because another MPI's launcher was used",
                    owned->description(), owned->size(), owned->size() == 1 ? "" : "es"));
  return owned;
}

/// The GPUs that this process may use: the numbers or names of CUDA_VISIBLE_DEVICES, or all.
std::vector<std::string> visible_gpus() {
  std::vector<std::string> gpus;
  if (const char* text = std::getenv("CUDA_VISIBLE_DEVICES")) {
    std::string_view left = text;
    while (!left.empty()) {
      const std::size_t end = std::min(left.find(','), left.size());
      gpus.emplace_back(left.substr(0, end));
      left.remove_prefix(std::min(end + 1, left.size()));
    }
    return gpus;
  }
  std::error_code error;
  for ([[maybe_unused]] const auto& each :
       fs::directory_iterator("/proc/driver/nvidia/gpus", error))
    gpus.push_back(std::to_string(gpus.size()));
  return gpus;
}

/// One GPU for each process of a machine, in turn if there are more processes.
void take_own_gpu(const Communicator& all) {
  const std::vector<std::string> gpus = visible_gpus();
  if (gpus.size() > 1 && all.local_size() > 1)
    setenv("CUDA_VISIBLE_DEVICES", gpus[all.local_rank() % gpus.size()].c_str(), 1);
}

/// A number that processes have in common if they run on the same machine and may use the same
/// cores.
std::uint64_t cores_in_use() {
  std::array<char, 256> machine{};
  gethostname(machine.data(), machine.size() - 1);
  cpu_set_t cores;
  CPU_ZERO(&cores);
  sched_getaffinity(0, sizeof cores, &cores);
  Fingerprint both;
  both.add(machine.data(), machine.size());
  both.add(&cores, sizeof cores);
  return both.value();
}

}  // namespace

const Launch& launch() {
  static const Launch found = found_launch();
  return found;
}

void join_processes() {
  if (launch().size < 2) return;
  joined() = connected();
  take_own_gpu(*joined());
}

const std::shared_ptr<Communicator>& processes() { return joined(); }

bool prints() { return processes()->rank() == 0; }

void print_note(const std::string& note) {
  if (prints()) fmt::print(stderr, "note: {}\n", note);
}

std::size_t fair_threads(std::size_t usable) {
  const std::uint64_t own = cores_in_use();
  const std::vector<std::uint64_t> all = all_of(*processes(), own);
  const auto sharers = static_cast<std::size_t>(std::ranges::count(all, own));
  return std::max<std::size_t>(1, usable / sharers);
}

void share_failures(const std::optional<std::string>& own) {
  Communicator& all = *processes();
  const std::vector<char> text =
      own ? std::vector<char>(own->begin(), own->end()) : std::vector<char>();
  const std::vector<std::size_t> lengths = all_of(all, own ? text.size() + 1 : 0);  // 0: none
  const auto first = std::ranges::find_if(lengths, [](std::size_t length) { return length > 0; });
  if (first == lengths.end()) return;
  const std::vector<char> texts = gathered_by_all(all, text);
  std::vector<std::string> failures;
  std::size_t place = 0;
  for (const std::size_t length : lengths) {
    if (length == 0) continue;
    failures.emplace_back(&texts[place], length - 1);
    place += length - 1;
  }
  const bool all_alike =
      failures.size() == lengths.size() &&
      std::ranges::all_of(failures, [&](const auto& each) { return each == failures.front(); });
  if (all_alike) throw SharedError(failures.front());
  const std::size_t others = failures.size() - 1;
  throw SharedError(fmt::format(
      "process {} of {}: {}{}", first - lengths.begin(), lengths.size(), failures.front(),
      others == 0
          ? ""
          : fmt::format(" ({} other process{} failed, too)", others, others == 1 ? "" : "es")));
}

void in_first(const std::function<void()>& work) {
  together([&] {
    if (prints()) work();
  });
}

}  // namespace chorus::app
