#include "gl/glx/drawable.h"

#include "gl/glx/protocol.h"
#include <stdlib.h>

#include "gl/export.h"
#include "gl/glx/error.h"
#include "gl/glx/visual.h"

static struct gf_glx_drawable **bucket(struct gf_glx_display *display, XID id) {
  return &display->drawables[(id ^ id >> 6) % GF_GLX_DRAWABLE_BUCKETS];
}

static struct gf_glx_drawable *find_locked(struct gf_glx_display *display, XID id) {
  struct gf_glx_drawable *found = *bucket(display, id);
  while (found != NULL && found->id != id)
    found = found->next;
  return found;
}

struct gf_glx_drawable *gf_glx_drawable_find(struct gf_glx_display *display, XID id) {
  pthread_mutex_lock(&display->mutex);
  struct gf_glx_drawable *found = find_locked(display, id);
  pthread_mutex_unlock(&display->mutex);
  return found;
}

static void add(struct gf_glx_display *display, struct gf_glx_drawable *drawable) {
  pthread_mutex_lock(&display->mutex);
  struct gf_glx_drawable **at = bucket(display, drawable->id);
  drawable->next = *at;
  *at = drawable;
  pthread_mutex_unlock(&display->mutex);
}

/// Forgets it. What a thread has current lives on until it is not.
static void drop(struct gf_glx_display *display, struct gf_glx_drawable *drawable) {
  pthread_mutex_lock(&display->mutex);
  struct gf_glx_drawable **at = bucket(display, drawable->id);
  while (*at != NULL && *at != drawable)
    at = &(*at)->next;
  if (*at != NULL)
    *at = drawable->next;
  pthread_mutex_unlock(&display->mutex);
  gf_gl_drawable_unref(drawable->drawable);
  free(drawable);
}

static int is_gone(const struct gf_glx_drawable *drawable) {
  return drawable->drawable->frames != NULL &&
         gf_load_relaxed(&drawable->drawable->frames->target->is_gone);
}

void gf_glx_drawables_close(struct gf_glx_display *display) {
  for (int i = 0; i < GF_GLX_DRAWABLE_BUCKETS; i++) {
    while (display->drawables[i] != NULL)
      drop(display, display->drawables[i]);
  }
}

/// A drawable for an X window or pixmap. NULL if there is none of this number, or no memory.
static struct gf_glx_drawable *make(struct gf_glx_display *display, enum gf_glx_kind kind, XID xid,
                                    const struct gf_glx_config *config, uint32_t width,
                                    uint32_t height) {
  struct gf_x_target *target = NULL;
  if (kind != GF_GLX_PBUFFER && (target = gf_x_target_open(display->x, (uint32_t)xid)) == NULL)
    return NULL;
  struct gf_glx_drawable *made = calloc(1, sizeof *made);
  struct gf_gl_config buffers;
  gf_glx_config_buffers(config, &buffers);
  if (kind == GF_GLX_PIXMAP)
    buffers.double_buffer = 0; // what is drawn is the pixmap's at the next flush
  if (made == NULL ||
      (made->drawable = gf_gl_drawable_new(&buffers, width, height, target)) == NULL) {
    if (made == NULL && target != NULL)
      gf_x_target_close(target);
    free(made);
    return NULL;
  }
  made->kind = kind;
  made->xid = xid;
  made->id = xid;
  made->config = config;
  if (kind != GF_GLX_WINDOW_RAW) {
    Display *dpy = display->xlib; // the macros' name for it
    LockDisplay(dpy);
    made->id = XAllocID(dpy);
    UnlockDisplay(dpy);
  }
  add(display, made);
  return made;
}

struct gf_glx_drawable *gf_glx_drawable_of(struct gf_glx_display *display, XID id,
                                           const struct gf_glx_config *config) {
  struct gf_glx_drawable *found = gf_glx_drawable_find(display, id);
  if (found != NULL && found->kind == GF_GLX_WINDOW_RAW) {
    gf_x_display_pump(display->x);
    if (is_gone(found)) { // and its number may be a new window's
      drop(display, found);
      found = NULL;
    }
  }
  if (found == NULL && config != NULL)
    found = make(display, GF_GLX_WINDOW_RAW, id, config, 0, 0);
  if (found != NULL && found->kind == GF_GLX_WINDOW_RAW &&
      !found->drawable->frames->target->is_window) {
    drop(display, found); // a pixmap's number, which GLX does not take
    return NULL;
  }
  return found;
}

int gf_glx_config_is_valid(struct gf_glx_display *display, const struct gf_glx_config *config,
                           int minor) {
  for (int i = 0; i < display->screen_count; i++) {
    const struct gf_glx_screen *screen = &display->screens[i];
    if (config >= screen->configs && config < screen->configs + screen->config_count)
      return 1;
  }
  gf_glx_error(display, GLXBadFBConfig, 0, minor, 0);
  return 0;
}

/// A window has one GLXWindow at most; a pixmap may have several GLXPixmaps.
static int window_is_taken(struct gf_glx_display *display, XID xid) {
  int taken = 0;
  gf_x_display_pump(display->x);
  pthread_mutex_lock(&display->mutex);
  for (int i = 0; i < GF_GLX_DRAWABLE_BUCKETS; i++) {
    for (struct gf_glx_drawable *at = display->drawables[i]; at != NULL; at = at->next)
      taken |= at->kind == GF_GLX_WINDOW && at->xid == xid && !is_gone(at);
  }
  pthread_mutex_unlock(&display->mutex);
  return taken;
}

/// glXCreateWindow and glXCreatePixmap.
static XID create(Display *dpy, enum gf_glx_kind kind, const struct gf_glx_config *config, XID xid,
                  int minor, const int *attributes) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL || !gf_glx_config_is_valid(display, config, minor))
    return None;
  const int bit = kind == GF_GLX_WINDOW ? GLX_WINDOW_BIT : GLX_PIXMAP_BIT;
  if ((config->drawable_type & bit) == 0) {
    gf_glx_error(display, BadMatch, xid, minor, 1);
    return None;
  }
  if (kind == GF_GLX_WINDOW && window_is_taken(display, xid)) {
    gf_glx_error(display, BadAlloc, xid, minor, 1);
    return None;
  }
  struct gf_glx_drawable *made = make(display, kind, xid, config, 0, 0);
  if (made == NULL) {
    gf_glx_error(display, kind == GF_GLX_WINDOW ? BadWindow : BadPixmap, xid, minor, 1);
    return None;
  }
  made->texture_target = GLX_TEXTURE_2D_EXT;
  made->texture_format = GLX_TEXTURE_FORMAT_NONE_EXT;
  for (; attributes != NULL && attributes[0] != None; attributes += 2) {
    if (attributes[0] == GLX_TEXTURE_TARGET_EXT)
      made->texture_target = attributes[1];
    else if (attributes[0] == GLX_TEXTURE_FORMAT_EXT)
      made->texture_format = attributes[1];
  }
  return made->id;
}

static void destroy(Display *dpy, XID id, enum gf_glx_kind kind, int error, int minor) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return;
  struct gf_glx_drawable *found = gf_glx_drawable_find(display, id);
  if (found == NULL || found->kind != kind) {
    gf_glx_error(display, error, id, minor, 0);
    return;
  }
  // A GLXWindow goes with its window, which the program may have destroyed a moment ago.
  int was_gone = 0;
  if (kind == GF_GLX_WINDOW) {
    gf_x.XSync(dpy, False);
    gf_x_target_ask(found->drawable->frames->target);
    was_gone = is_gone(found);
  }
  drop(display, found);
  if (was_gone)
    gf_glx_error(display, error, id, minor, 0);
}

GF_GL_EXPORT GLXWindow glXCreateWindow(Display *dpy, GLXFBConfig config, Window window,
                                       const int *attributes) {
  return create(dpy, GF_GLX_WINDOW, (const void *)config, window, X_GLXCreateWindow, attributes);
}

GF_GL_EXPORT void glXDestroyWindow(Display *dpy, GLXWindow window) {
  destroy(dpy, window, GF_GLX_WINDOW, GLXBadWindow, X_GLXDestroyWindow);
}

GF_GL_EXPORT GLXPixmap glXCreatePixmap(Display *dpy, GLXFBConfig config, Pixmap pixmap,
                                       const int *attributes) {
  return create(dpy, GF_GLX_PIXMAP, (const void *)config, pixmap, X_GLXCreatePixmap, attributes);
}

GF_GL_EXPORT void glXDestroyPixmap(Display *dpy, GLXPixmap pixmap) {
  destroy(dpy, pixmap, GF_GLX_PIXMAP, GLXBadPixmap, X_GLXDestroyPixmap);
}

GF_GL_EXPORT GLXPixmap glXCreateGLXPixmap(Display *dpy, XVisualInfo *visual, Pixmap pixmap) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  const struct gf_glx_config *config =
      display != NULL && visual != NULL
          ? gf_glx_config_of_visual(display, visual->screen, visual->visualid)
          : NULL;
  if (display == NULL)
    return None;
  if (config == NULL) {
    gf_glx_error(display, BadValue, visual != NULL ? visual->visualid : 0, X_GLXCreateGLXPixmap, 1);
    return None;
  }
  return create(dpy, GF_GLX_PIXMAP, config, pixmap, X_GLXCreateGLXPixmap, NULL);
}

GF_GL_EXPORT void glXDestroyGLXPixmap(Display *dpy, GLXPixmap pixmap) {
  destroy(dpy, pixmap, GF_GLX_PIXMAP, GLXBadPixmap, X_GLXDestroyGLXPixmap);
}

GF_GL_EXPORT GLXPbuffer glXCreatePbuffer(Display *dpy, GLXFBConfig handle, const int *attributes) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  const struct gf_glx_config *config = (const void *)handle;
  if (display == NULL || !gf_glx_config_is_valid(display, config, X_GLXCreatePbuffer))
    return None;
  int width = 0, height = 0, largest = False, preserved = True;
  for (; attributes != NULL && attributes[0] != None; attributes += 2) {
    switch (attributes[0]) {
    case GLX_PBUFFER_WIDTH:
      width = attributes[1];
      break;
    case GLX_PBUFFER_HEIGHT:
      height = attributes[1];
      break;
    case GLX_LARGEST_PBUFFER:
      largest = attributes[1];
      break;
    case GLX_PRESERVED_CONTENTS:
      preserved = attributes[1];
      break;
    default:
      break;
    }
  }
  const int most = config->max_pbuffer_width > 0 ? config->max_pbuffer_width : 8192;
  if (width > most || height > most) {
    if (!largest) {
      gf_glx_error(display, BadAlloc, 0, X_GLXCreatePbuffer, 1);
      return None;
    }
    width = width < most ? width : most;
    height = height < most ? height : most;
  }
  if (width < 0 || height < 0 || (config->drawable_type & GLX_PBUFFER_BIT) == 0) {
    gf_glx_error(display, width < 0 || height < 0 ? BadValue : BadMatch, 0, X_GLXCreatePbuffer, 1);
    return None;
  }
  struct gf_glx_drawable *made =
      make(display, GF_GLX_PBUFFER, 0, config, (uint32_t)width, (uint32_t)height);
  if (made == NULL) {
    gf_glx_error(display, BadAlloc, 0, X_GLXCreatePbuffer, 1);
    return None;
  }
  made->largest = largest;
  made->preserved = preserved;
  return made->id;
}

GF_GL_EXPORT void glXDestroyPbuffer(Display *dpy, GLXPbuffer pbuffer) {
  destroy(dpy, pbuffer, GF_GLX_PBUFFER, GLXBadPbuffer, X_GLXDestroyPbuffer);
}
