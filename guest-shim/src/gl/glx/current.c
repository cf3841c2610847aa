// glXMakeCurrent and what is asked about it.
#include "gl/glx/current.h"

#include "gl/glx/protocol.h"
#include <EGL/egl.h>

#include "gl/egl/current.h"
#include "gl/export.h"
#include "gl/glx/context.h"
#include "gl/glx/context_attributes.h"
#include "gl/glx/drawable.h"
#include "gl/glx/error.h"
#include "gl/window/current.h"

_Thread_local struct gf_glx_thread gf_glx_thread;

void gf_glx_forget_current(void) {
  struct gf_glx_context *context = gf_glx_thread.context;
  gf_glx_thread = (struct gf_glx_thread){0};
  gf_glx_context_unref(context);
}

/// The drawable of a number, NULL with `*wrong` set (and the error raised) if there is none. None is
/// nobody's number and allowed.
static struct gf_gl_drawable *look_up(struct gf_glx_display *display, XID id,
                                      const struct gf_glx_context *context, int minor, int *wrong) {
  if (id == None)
    return NULL;
  const struct gf_glx_config *config = context->config;
  if (config == NULL && gf_glx_screen(display, context->screen) != NULL)
    config = display->screens[context->screen].configs; // a window for a context without a config
  struct gf_glx_drawable *found = gf_glx_drawable_of(display, id, config);
  if (found == NULL) {
    *wrong = 1;
    gf_glx_error(display, GLXBadDrawable, id, minor, 0);
    return NULL;
  }
  return found->drawable;
}

static Bool make_current(Display *dpy, XID draw, XID read, GLXContext handle, int minor) {
  struct gf_glx_thread *thread = &gf_glx_thread;
  struct gf_glx_context *context = (void *)handle;
  if (context == NULL && draw == None && read == None) {
    // Only what GLX made current is GLX's to release.
    if (thread->context != NULL) {
      gf_window_make_current(NULL, NULL, NULL);
      gf_glx_forget_current();
    }
    return True;
  }
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return False;
  if (context == NULL || (draw == None) != (read == None)) {
    gf_glx_error(display, BadMatch, draw, minor, 1);
    return False;
  }
  // The one that is current may have been destroyed since.
  if (context != thread->context && gf_glx_context_find(handle) == NULL) {
    gf_glx_error(display, GLXBadContext, None, minor, 0);
    return False;
  }
  int wrong = 0;
  struct gf_gl_drawable *const to = look_up(display, draw, context, minor, &wrong);
  struct gf_gl_drawable *const from =
      read == draw || wrong ? to : look_up(display, read, context, minor, &wrong);
  if (wrong)
    return False;
  const int32_t error = gf_window_make_current(context->gl, to, from);
  if (error != EGL_SUCCESS) {
    if (error == EGL_BAD_MATCH)
      gf_glx_error(display, BadMatch, context->id, minor, 1);
    else
      gf_glx_raise_egl(display, error, minor);
    return False;
  }
  __atomic_fetch_add(&context->references, 1, __ATOMIC_RELAXED);
  gf_egl_forget_current();
  gf_glx_forget_current();
  *thread = (struct gf_glx_thread){.context = context, .xlib = dpy, .draw = draw, .read = read};
  return True;
}

GF_GL_EXPORT Bool glXMakeCurrent(Display *dpy, GLXDrawable drawable, GLXContext context) {
  return make_current(dpy, drawable, drawable, context, X_GLXMakeCurrent);
}

GF_GL_EXPORT Bool glXMakeContextCurrent(Display *dpy, GLXDrawable draw, GLXDrawable read,
                                        GLXContext context) {
  return make_current(dpy, draw, read, context, X_GLXMakeContextCurrent);
}

GF_GL_EXPORT GLXContext glXGetCurrentContext(void) { return (GLXContext)gf_glx_thread.context; }
GF_GL_EXPORT Display *glXGetCurrentDisplay(void) { return gf_glx_thread.xlib; }
GF_GL_EXPORT GLXDrawable glXGetCurrentDrawable(void) { return gf_glx_thread.draw; }
GF_GL_EXPORT GLXDrawable glXGetCurrentReadDrawable(void) { return gf_glx_thread.read; }
