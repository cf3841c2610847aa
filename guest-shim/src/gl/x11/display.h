// An X display as GL sees it: beside the application's own connection, two of ours to the same server.
//
//   the application's   its requests are flushed where GL must see their effect; X errors that GLX
//                       raises are delivered through it, as Mesa does
//   `events`            application threads ask it for geometry and GLX's configs; size changes of windows
//                       arrive on it, so that no frame costs a round trip
//   `frames`            presenter threads put pictures through it (x11/put.h) and wait for X there
//
// Ours exist from first use until XCloseDisplay, and then as long as something that is still current draws to a
// window there was; a forked child makes its own.
#pragma once

#include <pthread.h>
#include <stdint.h>

#include "gl/x11/xlibs.h"

struct gf_x_target;

struct gf_x_put {
  xcb_connection_t *connection;
  uint32_t segment; ///< MIT-SHM's name for the session's region; 0: pixels travel in requests
  int swaps_bytes;  ///< the server's pixels have the other byte order: nothing can be shown
};

/// Where the server writes pixels for us: gf_x_get().
struct gf_x_get {
  uint32_t segment; ///< MIT-SHM's name for it; 0: there is none
  void *memory;
  uint64_t bytes;
  int is_refused;
};

struct gf_x_display {
  struct gf_x_display *next;
  Display *xlib;       ///< the application's; NULL if it came with EGL_DEFAULT_DISPLAY or xcb
  uint32_t generation; ///< gf_session_generation it was made in
  uint32_t references; ///< atomic: the application's connection, open targets, EGL
  uint32_t is_closed;  ///< atomic: the application's connection is gone, and its windows with it
  xcb_connection_t *events;
  pthread_mutex_t mutex;       ///< of all below
  struct gf_x_target *targets; ///< open ones, for events
  struct gf_x_put put;
  struct gf_x_get get;
  void (*on_close)(struct gf_x_display *); ///< GLX's state goes before ours
  void *glx;                               ///< struct gf_glx_display
};

/// The display's state, made on first use. NULL (one line was logged) if the X libraries or the server
/// are not to be had. `name` is used where `xlib` is NULL; NULL is $DISPLAY.
struct gf_x_display *gf_x_display(Display *xlib, const char *name);

void gf_x_display_ref(struct gf_x_display *display);
void gf_x_display_unref(struct gf_x_display *display);

/// Looks at what has arrived on `events`. Never waits.
void gf_x_display_pump(struct gf_x_display *display);
