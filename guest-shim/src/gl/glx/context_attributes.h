// What glXCreateContextAttribsARB is asked for, in EGL's words, which the executor understands.
#pragma once

#include "gl/glx/display.h"

struct gf_glx_attributes {
  uint32_t api; ///< GF_GL_API_*
  uint32_t count;
  int32_t egl[2 * 8]; ///< pairs
  int render_type;
  int screen;
};

/// Reads a list. Zero if it is wrong; the X error was raised then. `may_name_screen`: there is no config
/// to tell it.
int gf_glx_read_attributes(struct gf_glx_display *display, const int *list, int may_name_screen,
                           int screen, struct gf_glx_attributes *attributes, int minor);

/// Raises what GLX has for an error of the host's EGL.
void gf_glx_raise_egl(struct gf_glx_display *display, int32_t egl_error, int minor);
