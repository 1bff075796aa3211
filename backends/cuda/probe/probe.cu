// Measures what limits a GPU, in some seconds: the rates of its multiply-adds, the bandwidths of
// its memory and its second-level cache, and what launching costs. Prints a name and a number on
// each line. The figures of `chorus bench` on the same GPU are then shares of these limits.
//   chorus_gpu_probe [DEVICE]

#include <cuda_runtime.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

void check(cudaError_t result, const char* what) {
  if (result == cudaSuccess) return;
  std::fprintf(stderr, "probe: %s failed: %s\n", what, cudaGetErrorString(result));
  std::exit(1);
}

void print(const char* name, double value) {
  std::printf("%s %.4g\n", name, value);
  std::fflush(stdout);
}

/// A kernel that takes next to no time. With early launches it waits for the one before it.
__global__ void tiny(float* x) {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
  x[threadIdx.x] += 1;
}

enum Format { bf16, tf32, single_precision };

constexpr int threads = 256, warps = threads / 32;
constexpr int chains = 16;  // of products that do not depend on each other

/// Products of tensor cores, 16 x 8 with a depth of 32 bytes, from registers alone.
template <Format format>
__global__ void __launch_bounds__(threads, 2) tensor_cores(float* out, int rounds) {
#if __CUDA_ARCH__ >= 800
  float c[chains][4] = {};
  const unsigned a[4] = {threadIdx.x, 1, 2, 3}, b[2] = {4, threadIdx.x};
  for (int r = 0; r < rounds; ++r)
#pragma unroll
    for (int i = 0; i < chains; ++i) {
      if (format == bf16)
        asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
            "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
            : "+f"(c[i][0]), "+f"(c[i][1]), "+f"(c[i][2]), "+f"(c[i][3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
      else
        asm volatile(
            "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
            "{%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
            : "+f"(c[i][0]), "+f"(c[i][1]), "+f"(c[i][2]), "+f"(c[i][3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    }
  float sum = 0;
  for (int i = 0; i < chains; ++i) sum += c[i][0] + c[i][1] + c[i][2] + c[i][3];
  if (sum == 12345.0F) out[0] = sum;  // so that nothing is left out
#endif
}

__global__ void __launch_bounds__(threads, 2) multiply_adds(float* out, int rounds, float factor) {
  float c[2 * chains];
#pragma unroll
  for (int i = 0; i < 2 * chains; ++i) c[i] = static_cast<float>(i);
  for (int r = 0; r < rounds; ++r)
#pragma unroll
    for (int i = 0; i < 2 * chains; ++i) c[i] = fmaf(c[i], factor, 1.0F);
  float sum = 0;
#pragma unroll
  for (int i = 0; i < 2 * chains; ++i) sum += c[i];
  if (sum == 12345.0F) out[0] = sum;
}

__global__ void read_all(const float4* in, std::size_t count, float* out) {
  float sum = 0;
  const std::size_t step = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t i = blockIdx.x * std::size_t{blockDim.x} + threadIdx.x; i < count; i += step) {
    const float4 v = __ldcg(&in[i]);
    sum += v.x + v.y + v.z + v.w;
  }
  if (sum == 12345.0F) out[0] = sum;
}

class Probe {
 public:
  explicit Probe(int device) {
    check(cudaSetDevice(device), "choosing the device");
    check(cudaGetDeviceProperties(&gpu_, device), "asking the device");
    check(cudaStreamCreateWithFlags(&first_, cudaStreamNonBlocking), "making a queue");
    check(cudaStreamCreateWithFlags(&second_, cudaStreamNonBlocking), "making a queue");
    check(cudaEventCreateWithFlags(&forked_, cudaEventDisableTiming), "making an event");
    check(cudaEventCreateWithFlags(&joined_, cudaEventDisableTiming), "making an event");
    check(cudaEventCreate(&begin_), "making an event");
    check(cudaEventCreate(&end_), "making an event");
    check(cudaMalloc(&memory_, 1 << 20), "allocating memory");
    check(cudaMemset(memory_, 0, 1 << 20), "clearing memory");
  }

  void run() {
    std::printf("gpu %s\n", gpu_.name);
    print("capability", gpu_.major + 0.1 * gpu_.minor);
    print("multiprocessors", gpu_.multiProcessorCount);
    print("l2_mb", static_cast<double>(gpu_.l2CacheSize) * 1e-6);
    print("shared_kb", static_cast<double>(gpu_.sharedMemPerBlockOptin) / 1024);
    rates();
    bandwidths();
    launches();
  }

 private:
  /// The shortest of some times of work on the first queue, by the GPU's clock.
  template <class Work>
  double seconds_of(const Work& work) {
    float best = 1e9F;
    for (int i = 0; i < 6; ++i) {
      check(cudaEventRecord(begin_, first_), "marking");
      work();
      check(cudaGetLastError(), "launching a kernel");
      check(cudaEventRecord(end_, first_), "marking");
      check(cudaEventSynchronize(end_), "waiting");
      float milliseconds = 0;
      check(cudaEventElapsedTime(&milliseconds, begin_, end_), "reading the clock");
      best = std::min(best, milliseconds);
    }
    return best * 1e-3;
  }

  void rates() {
    const int blocks = 2 * gpu_.multiProcessorCount, rounds = 10000;
    const double products = double{1} * blocks * warps * chains * rounds * 2 * 16 * 8;
    if (gpu_.major >= 8) {
      print("bf16_tflops", products * 16 * 1e-12 / seconds_of([&] {
                             tensor_cores<bf16><<<blocks, threads, 0, first_>>>(memory_, rounds);
                           }));
      print("tf32_tflops", products * 8 * 1e-12 / seconds_of([&] {
                             tensor_cores<tf32><<<blocks, threads, 0, first_>>>(memory_, rounds);
                           }));
    }
    const double adds = double{1} * blocks * threads * 2 * chains * rounds * 2;
    print("fp32_tflops", adds * 1e-12 / seconds_of([&] {
                           multiply_adds<<<blocks, threads, 0, first_>>>(memory_, rounds, 0.5F);
                         }));
  }

  void bandwidths() {
    for (const std::size_t mb : {16, 32, 1024}) {
      float4* data = nullptr;
      const std::size_t bytes = mb << 20;
      check(cudaMalloc(&data, bytes), "allocating memory");
      check(cudaMemset(data, 0, bytes), "clearing memory");
      const int times = mb > 100 ? 1 : 20;
      const double seconds = seconds_of([&] {
        for (int i = 0; i < times; ++i)
          read_all<<<gpu_.multiProcessorCount * 8, threads, 0, first_>>>(data, bytes / 16, memory_);
      });
      char name[40];
      std::snprintf(name, sizeof name, "read_%zu_mb_tb_per_s", mb);
      print(name, times * static_cast<double>(bytes) / seconds * 1e-12);
      check(cudaFree(data), "releasing memory");
    }
  }

  void launch(cudaStream_t stream, bool early) {
    cudaLaunchConfig_t config = {};
    config.gridDim = {1, 1, 1};
    config.blockDim = {128, 1, 1};
    config.stream = stream;
    cudaLaunchAttribute attribute = {};
    attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attribute.val.programmaticStreamSerializationAllowed = 1;
    config.attrs = &attribute;
    config.numAttrs = early ? 1 : 0;
    check(cudaLaunchKernelEx(&config, tiny, memory_), "launching a kernel");
  }

  /// A graph of so many kernels, one after the other, in one branch or in two.
  cudaGraphExec_t graph(int nodes, bool two_branches, bool early) {
    check(cudaStreamBeginCapture(first_, cudaStreamCaptureModeRelaxed), "recording");
    if (two_branches) {
      check(cudaEventRecord(forked_, first_), "marking");
      check(cudaStreamWaitEvent(second_, forked_, 0), "waiting");
    }
    for (int i = 0; i < nodes; ++i) {
      launch(first_, early);
      if (two_branches) launch(second_, early);
    }
    if (two_branches) {
      check(cudaEventRecord(joined_, second_), "marking");
      check(cudaStreamWaitEvent(first_, joined_, 0), "waiting");
    }
    cudaGraph_t recorded = nullptr;
    check(cudaStreamEndCapture(first_, &recorded), "recording");
    cudaGraphExec_t executable = nullptr;
    check(cudaGraphInstantiateWithFlags(&executable, recorded, 0), "preparing a recording");
    check(cudaGraphDestroy(recorded), "releasing a recording");
    return executable;
  }

  /// Prints NAME_host_us and NAME_us: what a piece of work costs the host, and how long it takes.
  template <class Work>
  void time(const char* name, const Work& work) {
    using Clock = std::chrono::steady_clock;
    constexpr int rounds = 200;
    for (int i = 0; i < 5; ++i) work();
    check(cudaDeviceSynchronize(), "waiting");
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < rounds; ++i) work();
    const std::chrono::duration<double, std::micro> host = Clock::now() - start;
    check(cudaDeviceSynchronize(), "waiting");
    const std::chrono::duration<double, std::micro> all = Clock::now() - start;
    std::printf("%s_host_us %.3f\n%s_us %.3f\n", name, host.count() / rounds, name,
                all.count() / rounds);
    std::fflush(stdout);
  }

  void launches() {
    time("kernel", [&] { launch(first_, false); });
    for (const int nodes : {1, 16, 64, 136})
      for (const bool two_branches : {false, true})
        for (const bool early : {false, true}) {
          if (early && gpu_.major < 9) continue;
          const cudaGraphExec_t recorded = graph(nodes, two_branches, early);
          char name[60];
          std::snprintf(name, sizeof name, "graph_%d_nodes%s%s", nodes,
                        two_branches ? "_in_2_branches" : "", early ? "_early" : "");
          time(name, [&] { check(cudaGraphLaunch(recorded, first_), "a replay"); });
          check(cudaGraphExecDestroy(recorded), "releasing a recording");
        }
    char* pinned = nullptr;
    check(cudaMallocHost(&pinned, 1 << 16), "allocating page-locked memory");
    const cudaGraphExec_t one = graph(1, false, false);
    time("2_copies_and_graph", [&] {
      check(cudaMemcpyAsync(memory_ + 1024, pinned, 16, cudaMemcpyHostToDevice, first_), "a copy");
      check(cudaMemcpyAsync(memory_ + 2048, pinned + 4096, 2048, cudaMemcpyHostToDevice, first_),
            "a copy");
      check(cudaGraphLaunch(one, first_), "a replay");
    });
    check(cudaGraphExecDestroy(one), "releasing a recording");
    check(cudaFreeHost(pinned), "releasing page-locked memory");
  }

  cudaDeviceProp gpu_ = {};
  cudaStream_t first_ = nullptr, second_ = nullptr;
  cudaEvent_t forked_ = nullptr, joined_ = nullptr, begin_ = nullptr, end_ = nullptr;
  float* memory_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) { Probe(argc > 1 ? std::atoi(argv[1]) : 0).run(); }
