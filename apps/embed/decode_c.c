/* Decodes an image of a model, or what lies between two, and writes it with its transparency as a
 * portable arbitrary map; needs chorus::decode, C99. */

#include <chorus/chorus.h>
#include <stdio.h>
#include <stdlib.h>

/* https://netpbm.sourceforge.net/doc/pam.html */
static int write_pam(const char *file, const chorus_picture *picture) {
  FILE *out = fopen(file, "wb");
  if (out == NULL) return 0;
  const size_t bytes = 4 * picture->width * picture->height;
  fprintf(out, "P7\nWIDTH %zu\nHEIGHT %zu\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n",
          picture->width, picture->height);
  const int complete = fwrite(picture->pixels, 1, bytes, out) == bytes;
  return fclose(out) == 0 && complete;
}

/* The index of an image by name, or by number where no image has that name. */
static size_t find(const chorus_model *model, const char *name) {
  const size_t image = chorus_find_image(model, name);
  return image < chorus_image_count(model) ? image : (size_t)strtoul(name, NULL, 10);
}

static chorus_status decode(chorus_model *model, int count, char *const names[],
                            const chorus_picture *picture) {
  const size_t first = find(model, names[0]);
  if (count == 1) return chorus_decode(model, first, picture);
  return chorus_decode_mix(model, first, find(model, names[1]), strtof(names[2], NULL), picture);
}

int main(int argc, char *argv[]) {
  if (argc != 5 && argc != 7) {
    fputs("usage: decode_c MODEL.safetensors SIZE PICTURE.pam IMAGE [OTHER T]\n", stderr);
    return EXIT_FAILURE;
  }
  const size_t size = (size_t)strtoul(argv[2], NULL, 10);
  chorus_picture picture = {.struct_size = sizeof picture, .width = size, .height = size};
  picture.pixels = malloc(size <= 16384 ? 4 * size * size : 0);
  chorus_model *model = NULL;
  chorus_status status = chorus_open_file(argv[1], NULL, &model);
  if (status == CHORUS_OK) status = decode(model, argc - 4, argv + 4, &picture);
  if (status != CHORUS_OK)
    fprintf(stderr, "decode_c: %s\n", chorus_error(model));
  else if (!write_pam(argv[3], &picture))
    fprintf(stderr, "decode_c: cannot write %s\n", argv[3]);
  else
    printf("%s: image %s of %zu\n", argv[3], argv[4], chorus_image_count(model));
  chorus_close(model);
  free(picture.pixels);
  return status == CHORUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
