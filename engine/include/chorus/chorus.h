#ifndef CHORUS_CHORUS_H
#define CHORUS_CHORUS_H

/* Pictures of a chorus model, for C (C99 or later) and for what calls C: the library chorus_decode.
 *
 *   chorus_model *model = NULL;
 *   if (chorus_open_file("icons.safetensors", NULL, &model) == CHORUS_OK) {
 *     chorus_picture picture = {.struct_size = sizeof picture, .width = 256, .height = 256};
 *     picture.pixels = malloc(4 * 256 * 256);
 *     chorus_decode(model, 0, &picture);
 *   }
 *   if (chorus_error(model)[0] != '\0') fprintf(stderr, "%s\n", chorus_error(model));
 *   chorus_close(model);
 *
 * Errors: a function that can fail returns a status, and chorus_error() then has one line that says
 * what was found and what was expected. No function prints, ends the program or throws.
 *
 * Threads: all functions but chorus_close() may be called on one model from any number of threads at
 * once; decoding does not wait for other threads. Each thread sees its own errors.
 */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows with each change after which a program must be compiled anew. What a struct gains at its end
 * does not count: `struct_size` tells the library how much of it the program knows. */
#define CHORUS_ABI_VERSION 1

#if defined(__GNUC__)
#define CHORUS_C_API __attribute__((visibility("default")))
#else
#define CHORUS_C_API
#endif

/* The version of the library that runs: "0.1.0", and its CHORUS_ABI_VERSION. */
CHORUS_C_API const char *chorus_version(void);
CHORUS_C_API int chorus_abi_version(void);

typedef struct chorus_model chorus_model;

typedef enum chorus_status {
  CHORUS_OK = 0,
  CHORUS_WRONG_CALL = 1,   /* an argument is out of range or missing */
  CHORUS_BAD_MODEL = 2,    /* the model cannot be read, or gives no picture */
  CHORUS_NO_BACKEND = 3,   /* the backend is unknown or not available on this machine */
  CHORUS_OUT_OF_MEMORY = 4
} chorus_status;

/* Where pictures are computed. Fields that are 0 have defaults. */
typedef struct chorus_options {
  size_t struct_size;  /* sizeof(chorus_options) */
  const char *backend; /* "cpu:avx2", ...; NULL: the environment variable CHORUS_BACKEND, or the best */
  size_t threads;      /* of one call; 0: OMP_NUM_THREADS, or one per core */
} chorus_options;

/* Opens a model file of any precision. `options` may be NULL. *model is a handle even after a failure,
 * for chorus_error() and chorus_close(); it is NULL if there is no memory for it. */
CHORUS_C_API chorus_status chorus_open_file(const char *file, const chorus_options *options,
                                            chorus_model **model);
/* The same for a file of `size` bytes in memory, which is not needed after the call. */
CHORUS_C_API chorus_status chorus_open_memory(const void *bytes, size_t size,
                                              const chorus_options *options, chorus_model **model);
/* Frees the model. No other call on it may be running. NULL is allowed. */
CHORUS_C_API void chorus_close(chorus_model *model);

/* Why the last call of this thread on this model failed; before the thread's first call, why opening
 * failed. "" if it succeeded. Valid until the thread's next call on the model. UTF-8, one line. */
CHORUS_C_API const char *chorus_error(const chorus_model *model);

/* 0 for a model that could not be opened, as are all numbers below. */
CHORUS_C_API size_t chorus_image_count(const chorus_model *model);
/* UTF-8, valid as long as the model; NULL if there is no such image. */
CHORUS_C_API const char *chorus_image_name(const chorus_model *model, size_t image);
/* The index of the image of exactly this name; chorus_image_count() if there is none. */
CHORUS_C_API size_t chorus_find_image(const chorus_model *model, const char *name);
/* The size of the image that the model was trained on, in pixels. */
CHORUS_C_API chorus_status chorus_image_size(const chorus_model *model, size_t image, size_t *width,
                                             size_t *height);
/* Whether pictures of this model have transparency. */
CHORUS_C_API int chorus_has_alpha(const chorus_model *model);

/* How the bytes of a pixel follow one another. */
typedef enum chorus_format {
  CHORUS_RGBA = 0,               /* 4 bytes; the colour is not multiplied by alpha */
  CHORUS_RGB = 1,                /* 3 bytes; over `background` */
  CHORUS_RGBA_PREMULTIPLIED = 2  /* 4 bytes; the colour is multiplied by alpha */
} chorus_format;

/* The picture to draw, and where to. Fields that are 0 have defaults, except width, height and
 * pixels. */
typedef struct chorus_picture {
  size_t struct_size;   /* sizeof(chorus_picture) */
  size_t width, height; /* of the whole picture, in pixels; at most 2^20 */
  size_t x, y;          /* the upper left pixel of the region that is drawn */
  size_t columns, rows; /* of the region, in pixels; 0: all that is right of x, below y */
  size_t samples;       /* points per pixel and axis, at most 64; 0: as `chorus upsample` */
  int format;                  /* a chorus_format */
  unsigned char *pixels;       /* the first byte of the region's upper left pixel */
  size_t stride;               /* bytes from row to row; 0: rows without gaps */
  unsigned char background[3]; /* red, green, blue under transparent pixels of CHORUS_RGB */
} chorus_picture;

/* Draws an image. All of the region's pixels are written, or none if the arguments are wrong. */
CHORUS_C_API chorus_status chorus_decode(chorus_model *model, size_t image,
                                         const chorus_picture *picture);
/* Draws what lies between two images on the line of their codes: `a` where t is 0, `b` where it is 1, and
 * where it is less or more what comes before and after them. t is finite. */
CHORUS_C_API chorus_status chorus_decode_mix(chorus_model *model, size_t a, size_t b, float t,
                                             const chorus_picture *picture);

/* The numbers by which the network knows an image: its latent, then its palette if the model stores
 * one for each image, then its shifts if it has some. */
CHORUS_C_API size_t chorus_code_size(const chorus_model *model);
/* Copies the code of an image to `code`, which has room for chorus_code_size() numbers. */
CHORUS_C_API chorus_status chorus_get_code(chorus_model *model, size_t image, float *code);
/* Draws the picture of any code of chorus_code_size() numbers. */
CHORUS_C_API chorus_status chorus_decode_code(chorus_model *model, const float *code,
                                              const chorus_picture *picture);

#ifdef __cplusplus
}
#endif

#endif
