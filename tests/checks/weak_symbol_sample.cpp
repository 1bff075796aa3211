// Defines a weak function, for the test that check_weak_symbols.cmake notices one.

struct Sample {
  [[gnu::noinline]] static int twice(int number) { return 2 * number; }
};

extern int (*const weak_function)(int);
int (*const weak_function)(int) = &Sample::twice;
