#include "gl/x11/display.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gl/x11/get.h"
#include "gl/x11/target.h"
#include "session/session.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_x_display *g_displays;

static int same(const struct gf_x_display *display, Display *xlib) {
  return display->xlib == xlib && display->generation == gf_session_generation;
}

static void disconnect(struct gf_x_display *display) {
  if (display->put.connection != NULL)
    gf_x.xcb_disconnect(display->put.connection);
  gf_x.xcb_disconnect(display->events);
}

static struct gf_x_display *unlink_display(Display *xlib) {
  struct gf_x_display *found = NULL;
  pthread_mutex_lock(&g_mutex);
  for (struct gf_x_display **at = &g_displays; *at != NULL; at = &(*at)->next) {
    if (same(*at, xlib)) {
      found = *at;
      *at = found->next;
      break;
    }
  }
  pthread_mutex_unlock(&g_mutex);
  return found;
}

void gf_x_display_ref(struct gf_x_display *display) {
  __atomic_fetch_add(&display->references, 1, __ATOMIC_RELAXED);
}

void gf_x_display_unref(struct gf_x_display *display) {
  if (__atomic_sub_fetch(&display->references, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  gf_x_get_end(display);
  disconnect(display);
  pthread_mutex_destroy(&display->mutex);
  free(display);
}

/// XCloseDisplay is on its way: the application's connection still works. Windows may be current, and a
/// presenter may be at work on them; what they use stays until they are let go of.
static int xlib_closes(Display *xlib, XExtCodes *codes) {
  (void)codes;
  struct gf_x_display *display = unlink_display(xlib);
  if (display == NULL)
    return 0;
  if (display->on_close != NULL)
    display->on_close(display);
  pthread_mutex_lock(&display->mutex);
  display->xlib = NULL;
  gf_store_relaxed(&display->is_closed, 1);
  for (struct gf_x_target *target = display->targets; target != NULL; target = target->next)
    gf_store_relaxed(&target->is_gone, 1);
  pthread_mutex_unlock(&display->mutex);
  gf_x_display_unref(display);
  return 0;
}

static struct gf_x_display *make(Display *xlib, const char *name) {
  if (xlib != NULL)
    name = DisplayString(xlib);
  xcb_connection_t *events = gf_x.xcb_connect(name, NULL);
  if (gf_x.xcb_connection_has_error(events)) {
    gf_log(GF_LOG_ERROR, "no connection of our own to the X server %s",
           name != NULL ? name : "of $DISPLAY");
    gf_x.xcb_disconnect(events);
    return NULL;
  }
  struct gf_x_display *display = calloc(1, sizeof *display);
  if (display == NULL) {
    gf_x.xcb_disconnect(events);
    return NULL;
  }
  display->xlib = xlib;
  display->events = events;
  display->generation = gf_session_generation;
  display->references = 1;
  pthread_mutex_init(&display->mutex, NULL);
  if (xlib != NULL) {
    XExtCodes *codes = gf_x.XAddExtension(xlib);
    if (codes != NULL)
      gf_x.XESetCloseDisplay(xlib, codes->extension, xlib_closes);
  }
  return display;
}

struct gf_x_display *gf_x_display(Display *xlib, const char *name) {
  if (gf_x_load() == NULL)
    return NULL;
  pthread_mutex_lock(&g_mutex);
  struct gf_x_display *display = NULL;
  if (xlib != NULL) {
    for (display = g_displays; display != NULL && !same(display, xlib);)
      display = display->next;
  }
  if (display == NULL && (display = make(xlib, name)) != NULL) {
    display->next = g_displays;
    g_displays = display;
  }
  pthread_mutex_unlock(&g_mutex);
  return display;
}

void gf_x_display_pump(struct gf_x_display *display) {
  pthread_mutex_lock(&display->mutex);
  xcb_generic_event_t *event;
  while ((event = gf_x.xcb_poll_for_event(display->events)) != NULL) {
    gf_x_target_event(display, event);
    free(event);
  }
  pthread_mutex_unlock(&display->mutex);
}
