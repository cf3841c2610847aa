/* A window that GLX draws into, and what the X server has of it. */
#pragma once

#include "check.h"
#include <GL/glx.h>

struct window_options {
  int width, height;
  /* Of a core profile; 0 asks for glXCreateNewContext's compatibility context. */
  int core_major, core_minor;
  int samples;
  int accum_bits; /* a channel */
  int no_depth;   /* nor stencil; else 24 bits and 8 */
  enum { WINDOW_ANY_ALPHA, WINDOW_OPAQUE, WINDOW_ALPHA } alpha;
  int single_buffer;
};

struct window {
  Display *display;
  Window id;
  GLXFBConfig config;
  GLXContext context;
};

/* Opens the window and makes its context current. Prints why and exits with 2 where that cannot be done. */
struct window window_open(const struct window_options *options);

/* A context like the window's own that shares objects with it; not current. */
GLXContext window_share(const struct window *window, const struct window_options *options);

/* Prints a checksum of what the X server shows of the window, and keeps the picture as NAME.ppm in the directory that
 * GPUFERRY_PICTURES names, where it names one. Whoever calls has made sure that X has the pixels: glFinish, glXWaitGL. */
void window_checksum(const struct window *window, const char *name);

/* As X shows it, counted from the upper left. */
void window_check_pixel(const struct window *window, int x, int y, int red, int green, int blue,
                        const char *what);

void window_resize(const struct window *window, int width, int height);
void window_close(struct window *window);
