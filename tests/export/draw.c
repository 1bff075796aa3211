/* Draws an image with an exported decoder, whole and in two regions, which must agree, and writes it to
 * standard output as a portable arbitrary map. What to draw are the macros IMAGE, OTHER, T, W and H; for
 * computers without a command line, too. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

static unsigned char whole[4 * W * H], part[4 * W * H];
static float scratch[sample_SCRATCH(W)];

static int draw(int x0, int y0, int x1, int y1, unsigned char *to) {
  if (OTHER < 0) return sample_decode(IMAGE, x0, y0, x1, y1, W, H, to, scratch);
  return sample_mix(IMAGE, OTHER, T, x0, y0, x1, y1, W, H, to, scratch);
}

/* Whether a region's pixels are those of the whole. */
static int agrees(int x0, int y0, int x1, int y1) {
  const size_t row = 4U * (size_t)(x1 - x0);
  int y;
  if (draw(x0, y0, x1, y1, part) != 0) return 0;
  for (y = y0; y < y1; ++y)
    if (memcmp(whole + 4 * (y * W + x0), part + row * (size_t)(y - y0), row) != 0) return 0;
  return 1;
}

/* Arguments out of range are refused, and nothing is written. */
static int refuses(void) {
  unsigned char byte = 77;
  return sample_decode(-1, 0, 0, 1, 1, W, H, &byte, scratch) == -1 &&
         sample_decode(sample_IMAGES, 0, 0, 1, 1, W, H, &byte, scratch) == -1 &&
         sample_decode(0, 0, 0, W + 1, 1, W, H, &byte, scratch) == -1 &&
         sample_decode(0, 1, 0, 1, 1, W, H, &byte, scratch) == -1 &&
         sample_decode(0, 0, -1, 1, 1, W, H, &byte, scratch) == -1 &&
         sample_decode(0, 0, 0, 1, 1, 16385, H, &byte, scratch) == -1 &&
         sample_decode(0, 0, 0, 1, 1, W, 0, &byte, scratch) == -1 &&
         sample_decode(0, 0, 0, 1, 1, W, H, 0, scratch) == -1 &&
         sample_decode(0, 0, 0, 1, 1, W, H, &byte, 0) == -1 &&
         sample_mix(0, 0, 1.5f, 0, 0, 1, 1, W, H, &byte, scratch) == -1 &&
         sample_mix(0, 0, (float)strtod("nan", 0), 0, 0, 1, 1, W, H, &byte, scratch) == -1 &&
         byte == 77;
}

int main(void) {
  if (draw(0, 0, W, H, whole) != 0 || !agrees(0, 0, W, H / 2) || !agrees(W / 3, 1, W, H) ||
      !agrees(W - 1, H - 1, W, H) || !refuses())
    return EXIT_FAILURE;
  printf("P7\nWIDTH %d\nHEIGHT %d\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n", W, H);
  return fwrite(whole, 1, sizeof whole, stdout) == sizeof whole ? EXIT_SUCCESS : EXIT_FAILURE;
}
