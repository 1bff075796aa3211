/* Starts a program on a Cortex-M4F: the vectors of the stack and of the reset, and the floating-point
 * unit, which is off at first. Input and output are newlib's semihosting. */

extern unsigned char __stack[];
extern void _start(void);
void reset(void);

typedef struct {
  unsigned char *stack;
  void (*reset)(void);
} vector_table;

extern const vector_table vectors;
__attribute__((section(".vectors"), used)) const vector_table vectors = {__stack, reset};

void reset(void) {
  volatile unsigned *const coprocessor_access = (volatile unsigned *)0xE000ED88;
  *coprocessor_access |= 0xFU << 20;
  __asm__ volatile("dsb\n isb");
  _start();
}
