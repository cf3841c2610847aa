// A window or pixmap that pictures go to.
#pragma once

#include <stdint.h>

#include "gl/x11/display.h"

struct gf_x_target {
  struct gf_x_target *next;
  struct gf_x_display *display;
  uint32_t xid;
  uint32_t root;
  uint32_t visual; ///< of a window; 0 for a pixmap
  uint32_t gc;     ///< on the `frames` connection; 0 before the first picture
  uint8_t depth;
  uint8_t is_window;
  // Stored under the display's mutex, loaded (relaxed) by whoever draws.
  uint32_t width;
  uint32_t height;
  uint32_t is_gone; ///< the window was destroyed
};

/// The drawable `xid`, which the application may have asked its server for just now; NULL if there is
/// none.
struct gf_x_target *gf_x_target_open(struct gf_x_display *display, uint32_t xid);
void gf_x_target_close(struct gf_x_target *target);

/// Asks the server for the size now: a round trip.
void gf_x_target_ask(struct gf_x_target *target);

/// An event of `display->events`, under its mutex.
void gf_x_target_event(struct gf_x_display *display, const xcb_generic_event_t *event);
