// EGL displays: a platform and its native display. They are never freed, as EGL has it; terminating one
// gives up what belongs to it.
#pragma once

#include <pthread.h>

#include "gl/egl/thread.h"
#include "gl/window/drawable.h"
#include "gl/x11/display.h"

struct gf_egl_config;
struct gf_egl_sync;

enum gf_egl_platform { GF_EGL_X11, GF_EGL_SURFACELESS, GF_EGL_DEVICE };

struct gf_egl_display {
  struct gf_egl_display *next;
  enum gf_egl_platform platform;
  void *native;          ///< X11: the application's Display, or NULL
  int screen;            ///< X11: as it was asked for; < 0: the connection's own
  pthread_mutex_t mutex; ///< of all below
  int is_initialized;
  struct gf_x_display *x; ///< X11
  struct gf_egl_config *configs;
  int config_count;
  struct gf_egl_surface *surfaces;
  struct gf_egl_context *contexts;
  struct gf_egl_sync *syncs;
  char extensions[1024];
};

/// The display of a handle; NULL with EGL_BAD_DISPLAY if it is none.
struct gf_egl_display *gf_egl_display(EGLDisplay handle);

/// As above, and initialised; else NULL with EGL_NOT_INITIALIZED.
struct gf_egl_display *gf_egl_ready(EGLDisplay handle);

/// The display that eglGetDisplay and its like name; NULL with the error set.
struct gf_egl_display *gf_egl_display_get(EGLenum platform, void *native, int screen);
