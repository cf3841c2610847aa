// Showing what was drawn, and waiting for it.
#include "gl/glx/protocol.h"

#include "gl/export.h"
#include "gl/glx/context.h"
#include "gl/glx/drawable.h"
#include "gl/glx/error.h"
#include "gl/window/window.h"

/// The drawable, where the current context draws to it. A drawable that no context of this thread draws to
/// has nothing new to show.
static struct gf_gl_drawable *current_of(Display *dpy, XID id, int minor) {
  struct gf_glx_thread *thread = &gf_glx_thread;
  if (thread->context != NULL && thread->draw == id && thread->xlib == dpy)
    return gf_gl.draw;
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return NULL;
  struct gf_glx_drawable *found = gf_glx_drawable_find(display, id);
  if (found == NULL)
    gf_glx_error(display, GLXBadDrawable, id, minor, 0);
  return found != NULL && found->drawable == gf_gl.draw ? found->drawable : NULL;
}

GF_GL_EXPORT void glXSwapBuffers(Display *dpy, GLXDrawable id) {
  struct gf_gl_drawable *drawable = current_of(dpy, id, X_GLXSwapBuffers);
  if (drawable == NULL)
    return;
  gf_gl_drawable_swap(drawable);
  gf_gl_notice_loss();
}

GF_GL_EXPORT void glXCopySubBufferMESA(Display *dpy, GLXDrawable id, int x, int y, int width,
                                       int height) {
  struct gf_gl_drawable *drawable = current_of(dpy, id, X_GLXVendorPrivate);
  if (drawable != NULL)
    gf_gl_drawable_copy_sub(drawable, x, y, width, height);
}

GF_GL_EXPORT void glXWaitGL(void) {
  if (gf_glx_thread.context != NULL)
    glFinish(); // which ends with X having the pictures
}

GF_GL_EXPORT void glXWaitX(void) {
  if (gf_glx_thread.context != NULL)
    gf_x.XSync(gf_glx_thread.xlib, False);
}

/// An interval is kept and told; pictures are shown when X takes them, for there is no refresh to wait
/// for that a guest could see.
static int set_interval(int interval) {
  if (gf_glx_thread.context == NULL || gf_gl.draw == NULL)
    return GLX_BAD_CONTEXT;
  gf_gl.draw->swap_interval = interval;
  return 0;
}

GF_GL_EXPORT void glXSwapIntervalEXT(Display *dpy, GLXDrawable id, int interval) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  struct gf_glx_drawable *drawable = display != NULL ? gf_glx_drawable_find(display, id) : NULL;
  if (display == NULL)
    return;
  if (interval < 0)
    gf_glx_error(display, BadValue, (XID)interval, 0, 1);
  else if (drawable == NULL)
    gf_glx_error(display, BadWindow, id, 0, 1);
  else
    drawable->drawable->swap_interval = interval;
}

GF_GL_EXPORT int glXSwapIntervalMESA(unsigned int interval) {
  return interval > INT32_MAX ? GLX_BAD_VALUE : set_interval((int)interval);
}

GF_GL_EXPORT int glXSwapIntervalSGI(int interval) {
  if (gf_glx_thread.context == NULL)
    return GLX_BAD_CONTEXT;
  return interval <= 0 ? GLX_BAD_VALUE : set_interval(interval);
}

GF_GL_EXPORT int glXGetSwapIntervalMESA(void) {
  return gf_glx_thread.context != NULL && gf_gl.draw != NULL ? gf_gl.draw->swap_interval : 0;
}

GF_GL_EXPORT void glXQueryDrawable(Display *dpy, GLXDrawable id, int attribute,
                                   unsigned int *value) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return;
  // An X window that GL was not used with yet has a size to tell as well.
  struct gf_glx_drawable *found = gf_glx_drawable_of(display, id, display->screens[0].configs);
  if (found == NULL) {
    gf_glx_error(display, GLXBadDrawable, id, X_GLXGetDrawableAttributes, 0);
    return;
  }
  struct gf_gl_drawable *drawable = found->drawable;
  const struct gf_x_target *target = drawable->frames != NULL ? drawable->frames->target : NULL;
  switch (attribute) {
  case GLX_WIDTH:
  case GLX_HEIGHT:
    if (found->kind == GF_GLX_WINDOW_RAW || found->kind == GF_GLX_WINDOW) {
      gf_x.XSync(dpy, False);
      gf_x_target_ask(drawable->frames->target);
      *value = attribute == GLX_WIDTH ? target->width : target->height;
    } else {
      *value = attribute == GLX_WIDTH ? drawable->width : drawable->height;
    }
    break;
  case GLX_PRESERVED_CONTENTS:
    *value = (unsigned int)found->preserved;
    break;
  case GLX_LARGEST_PBUFFER:
    *value = (unsigned int)found->largest;
    break;
  case GLX_FBCONFIG_ID:
    *value = (unsigned int)found->config->config_id;
    break;
  case GLX_EVENT_MASK:
    *value = (unsigned int)found->event_mask;
    break;
  case GLX_SWAP_INTERVAL_EXT:
    *value = (unsigned int)drawable->swap_interval;
    break;
  case GLX_MAX_SWAP_INTERVAL_EXT:
    *value = INT32_MAX;
    break;
  case GLX_Y_INVERTED_EXT:
    *value = True;
    break;
  case GLX_TEXTURE_TARGET_EXT:
    *value = (unsigned int)found->texture_target;
    break;
  case GLX_TEXTURE_FORMAT_EXT:
    *value = (unsigned int)found->texture_format;
    break;
  case GLX_DRAWABLE_TYPE:
    *value = found->kind == GF_GLX_PBUFFER  ? GLX_PBUFFER_BIT
             : found->kind == GF_GLX_PIXMAP ? GLX_PIXMAP_BIT
                                            : GLX_WINDOW_BIT;
    break;
  default:
    *value = 0; // as Mesa says of what no drawable has
  }
}

GF_GL_EXPORT void glXSelectEvent(Display *dpy, GLXDrawable id, unsigned long mask) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  struct gf_glx_drawable *found =
      display != NULL ? gf_glx_drawable_of(display, id, display->screens[0].configs) : NULL;
  if (found != NULL)
    found->event_mask = mask; // pbuffers are never clobbered, so that no event will come
  else if (display != NULL)
    gf_glx_error(display, GLXBadDrawable, id, X_GLXChangeDrawableAttributes, 0);
}

GF_GL_EXPORT void glXGetSelectedEvent(Display *dpy, GLXDrawable id, unsigned long *mask) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  struct gf_glx_drawable *found = display != NULL ? gf_glx_drawable_find(display, id) : NULL;
  *mask = found != NULL ? found->event_mask : 0;
}
