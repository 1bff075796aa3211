// Threads that add to one number, for the tests that ThreadSanitizer notices a race and takes
// OpenMP's own synchronization for what it is:
//   planted_race race    adds without protection
//   planted_race atomic  adds atomically
#include <cstdio>
#include <string_view>

int main(int argc, char* argv[]) {
  const bool race = argc == 2 && std::string_view(argv[1]) == "race";
  long sum = 0;
#pragma omp parallel for num_threads(4) schedule(static, 1)
  for (int i = 0; i < 400; ++i) {
    if (race) {
      sum += i;
    } else {
#pragma omp atomic
      sum += i;
    }
  }
  std::printf("%ld\n", sum);  // read by the first thread after the others have joined
}
