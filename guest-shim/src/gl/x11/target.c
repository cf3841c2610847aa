#include "gl/x11/target.h"

#include <stdlib.h>

/// Size, depth and, of a window, the visual; and asks for size changes. Under the display's mutex.
/// Zero if there is no such drawable.
static int learn(struct gf_x_target *target) {
  xcb_connection_t *connection = target->display->events;
  const uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  // Asked for first: a change between the request and the answer is then not missed.
  const xcb_void_cookie_t notify =
      gf_x.xcb_change_window_attributes(connection, target->xid, XCB_CW_EVENT_MASK, &mask);
  const xcb_get_window_attributes_cookie_t attributes_asked =
      gf_x.xcb_get_window_attributes(connection, target->xid);
  const xcb_get_geometry_cookie_t geometry_asked = gf_x.xcb_get_geometry(connection, target->xid);
  (void)notify; // the error of a pixmap arrives as an event and is dropped
  xcb_generic_error_t *error = NULL;
  xcb_get_window_attributes_reply_t *attributes =
      gf_x.xcb_get_window_attributes_reply(connection, attributes_asked, &error);
  free(error);
  error = NULL;
  xcb_get_geometry_reply_t *geometry =
      gf_x.xcb_get_geometry_reply(connection, geometry_asked, &error);
  free(error);
  const int found = geometry != NULL;
  if (found) {
    target->root = geometry->root;
    target->depth = geometry->depth;
    __atomic_store_n(&target->width, geometry->width, __ATOMIC_RELAXED);
    __atomic_store_n(&target->height, geometry->height, __ATOMIC_RELAXED);
  }
  if (attributes != NULL) {
    target->is_window = 1;
    target->visual = attributes->visual;
  }
  free(attributes);
  free(geometry);
  return found;
}

struct gf_x_target *gf_x_target_open(struct gf_x_display *display, uint32_t xid) {
  struct gf_x_target *target = calloc(1, sizeof *target);
  if (target == NULL)
    return NULL;
  target->display = display;
  target->xid = xid;
  // Its creation may still lie in the application's output buffer, and ours is another connection.
  if (display->xlib != NULL)
    gf_x.XSync(display->xlib, False);
  pthread_mutex_lock(&display->mutex);
  const int found = learn(target);
  if (found) {
    target->next = display->targets;
    display->targets = target;
  }
  pthread_mutex_unlock(&display->mutex);
  if (!found) {
    free(target);
    return NULL;
  }
  gf_x_display_ref(display);
  return target;
}

void gf_x_target_close(struct gf_x_target *target) {
  struct gf_x_display *display = target->display;
  pthread_mutex_lock(&display->mutex);
  for (struct gf_x_target **at = &display->targets; *at != NULL; at = &(*at)->next) {
    if (*at == target) {
      *at = target->next;
      break;
    }
  }
  if (target->is_window && !target->is_gone) {
    const uint32_t nothing = 0;
    gf_x.xcb_change_window_attributes(display->events, target->xid, XCB_CW_EVENT_MASK, &nothing);
    gf_x.xcb_flush(display->events);
  }
  if (target->gc != 0) {
    gf_x.xcb_free_gc(display->put.connection, target->gc);
    gf_x.xcb_flush(display->put.connection);
  }
  pthread_mutex_unlock(&display->mutex);
  gf_x_display_unref(display);
  free(target);
}

void gf_x_target_ask(struct gf_x_target *target) {
  // A new size may still lie in the application's output buffer.
  if (target->display->xlib != NULL)
    gf_x.XSync(target->display->xlib, False);
  pthread_mutex_lock(&target->display->mutex);
  if (!learn(target))
    __atomic_store_n(&target->is_gone, 1, __ATOMIC_RELAXED);
  pthread_mutex_unlock(&target->display->mutex);
}

void gf_x_target_event(struct gf_x_display *display, const xcb_generic_event_t *event) {
  const int kind = event->response_type & 0x7f;
  if (kind != XCB_CONFIGURE_NOTIFY && kind != XCB_DESTROY_NOTIFY)
    return;
  // Both begin alike: the window that asked, then the window it is about.
  const xcb_configure_notify_event_t *changed = (const void *)event;
  for (struct gf_x_target *target = display->targets; target != NULL; target = target->next) {
    if (target->xid != changed->window)
      continue;
    if (kind == XCB_DESTROY_NOTIFY) {
      __atomic_store_n(&target->is_gone, 1, __ATOMIC_RELAXED);
      continue;
    }
    __atomic_store_n(&target->width, changed->width, __ATOMIC_RELAXED);
    __atomic_store_n(&target->height, changed->height, __ATOMIC_RELAXED);
  }
}
