#include "gl/glx/context.h"

#include "gl/glx/protocol.h"
#include <stdlib.h>

#include "gl/export.h"
#include "gl/glx/context_attributes.h"
#include "gl/glx/drawable.h"
#include "gl/glx/error.h"
#include "gl/glx/visual.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_glx_context *g_contexts; // those not destroyed

static void add(struct gf_glx_context *context) {
  pthread_mutex_lock(&g_mutex);
  context->next = g_contexts;
  g_contexts = context;
  pthread_mutex_unlock(&g_mutex);
}

struct gf_glx_context *gf_glx_context_find(GLXContext handle) {
  pthread_mutex_lock(&g_mutex);
  struct gf_glx_context *context = g_contexts;
  while (context != NULL && context != (void *)handle)
    context = context->next;
  pthread_mutex_unlock(&g_mutex);
  return context;
}

/// The handle means nothing from here on. NULL if it did not before.
static struct gf_glx_context *take(GLXContext handle) {
  struct gf_glx_context *taken = NULL;
  pthread_mutex_lock(&g_mutex);
  for (struct gf_glx_context **at = &g_contexts; *at != NULL; at = &(*at)->next) {
    if (*at == (void *)handle) {
      taken = *at;
      *at = taken->next;
      break;
    }
  }
  pthread_mutex_unlock(&g_mutex);
  return taken;
}

void gf_glx_context_unref(struct gf_glx_context *context) {
  if (context != NULL && __atomic_sub_fetch(&context->references, 1, __ATOMIC_ACQ_REL) == 0)
    free(context);
}

static GLXContext create(struct gf_glx_display *display, const struct gf_glx_config *config,
                         int screen, int render_type, GLXContext share_handle,
                         const struct gf_gl_context_desc *desc, int minor) {
  const struct gf_glx_context *share = gf_glx_context_find(share_handle);
  if (share_handle != NULL && share == NULL) {
    gf_glx_error(display, GLXBadContext, None, minor, 0);
    return NULL;
  }
  struct gf_glx_context *context = calloc(1, sizeof *context);
  int32_t egl_error = 0x3003; // EGL_BAD_ALLOC
  if (context != NULL)
    context->gl = gf_gl_context_new(desc, share != NULL ? share->gl : NULL, &egl_error);
  if (context == NULL || context->gl == NULL) {
    free(context);
    gf_glx_raise_egl(display, egl_error, minor);
    return NULL;
  }
  context->xlib = display->xlib;
  context->screen = screen;
  context->config = config;
  context->render_type = render_type;
  context->share_id = share != NULL ? share->id : None;
  context->references = 1;
  Display *dpy = display->xlib; // the macros' name for it
  LockDisplay(dpy);
  context->id = XAllocID(dpy);
  UnlockDisplay(dpy);
  add(context);
  return (GLXContext)context;
}

static int is_rgba(int render_type) {
  return render_type == GLX_RGBA_TYPE || render_type == GLX_RGBA_FLOAT_TYPE_ARB ||
         render_type == GLX_RGBA_UNSIGNED_FLOAT_TYPE_EXT;
}

GF_GL_EXPORT GLXContext glXCreateContext(Display *dpy, XVisualInfo *visual, GLXContext share,
                                         Bool direct) {
  (void)direct; // an indirect context would be the X server's
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL || visual == NULL)
    return NULL;
  const struct gf_glx_config *config =
      gf_glx_config_of_visual(display, visual->screen, visual->visualid);
  if (config == NULL) {
    gf_glx_error(display, BadValue, visual->visualid, X_GLXCreateContext, 1);
    return NULL;
  }
  const struct gf_gl_context_desc desc = {.api = GF_GL_API_GL};
  return create(display, config, visual->screen, GLX_RGBA_TYPE, share, &desc, X_GLXCreateContext);
}

GF_GL_EXPORT GLXContext glXCreateNewContext(Display *dpy, GLXFBConfig handle, int render_type,
                                            GLXContext share, Bool direct) {
  (void)direct;
  struct gf_glx_display *display = gf_glx_display(dpy);
  const struct gf_glx_config *config = (const void *)handle;
  if (display == NULL || !gf_glx_config_is_valid(display, config, X_GLXCreateNewContext))
    return NULL;
  if (!is_rgba(render_type)) {
    // Colour index is a value GLX knows and no config has.
    const int code = render_type == GLX_COLOR_INDEX_TYPE ? BadMatch : BadValue;
    gf_glx_error(display, code, (XID)render_type, X_GLXCreateNewContext, 1);
    return NULL;
  }
  const struct gf_gl_context_desc desc = {.api = GF_GL_API_GL};
  return create(display, config, config->screen, render_type, share, &desc, X_GLXCreateNewContext);
}

GF_GL_EXPORT GLXContext glXCreateContextAttribsARB(Display *dpy, GLXFBConfig handle,
                                                   GLXContext share_handle, Bool direct,
                                                   const int *list) {
  (void)direct;
  enum { minor = X_GLXCreateContextAttribsARB };
  struct gf_glx_display *display = gf_glx_display(dpy);
  const struct gf_glx_config *config = (const void *)handle;
  const struct gf_glx_context *share = gf_glx_context_find(share_handle);
  struct gf_glx_attributes attributes;
  if (display == NULL)
    return NULL;
  if (config != NULL && !gf_glx_config_is_valid(display, config, minor))
    return NULL;
  const int screen = config != NULL ? config->screen : DefaultScreen(dpy);
  if (!gf_glx_read_attributes(display, list, config == NULL, screen, &attributes, minor))
    return NULL;
  if (share != NULL && share->screen != attributes.screen) {
    gf_glx_error(display, BadMatch, 0, minor, 1);
    return NULL;
  }
  const struct gf_gl_context_desc desc = {
      .api = attributes.api,
      .attribute_count = attributes.count,
      .attributes = attributes.egl,
  };
  return create(display, config, attributes.screen, attributes.render_type, share_handle, &desc,
                minor);
}

GF_GL_EXPORT void glXDestroyContext(Display *dpy, GLXContext handle) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  struct gf_glx_context *context = take(handle);
  if (context == NULL) {
    if (display != NULL)
      gf_glx_error(display, GLXBadContext, None, X_GLXDestroyContext, 0);
    return;
  }
  gf_gl_context_destroy(context->gl);
  gf_glx_context_unref(context);
}

GF_GL_EXPORT Bool glXIsDirect(Display *dpy, GLXContext handle) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  const struct gf_glx_context *context = gf_glx_context_find(handle);
  if (context == NULL && display != NULL)
    gf_glx_error(display, GLXBadContext, None, X_GLXIsDirect, 0);
  return context != NULL;
}

GF_GL_EXPORT void glXCopyContext(Display *dpy, GLXContext source, GLXContext destination,
                                 unsigned long mask) {
  (void)mask;
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return;
  const struct gf_glx_context *to = gf_glx_context_find(destination);
  if (gf_glx_context_find(source) == NULL || to == NULL)
    gf_glx_error(display, GLXBadContext, None, X_GLXCopyContext, 0);
  else // as where source and destination belong to different renderers
    gf_glx_error(display, BadMatch, to->id, X_GLXCopyContext, 1);
}

GF_GL_EXPORT int glXQueryContext(Display *dpy, GLXContext handle, int attribute, int *value) {
  const struct gf_glx_context *context = gf_glx_context_find(handle);
  if (context == NULL) {
    struct gf_glx_display *display = gf_glx_display(dpy);
    if (display != NULL)
      gf_glx_error(display, GLXBadContext, None, X_GLXQueryContext, 0);
    return GLX_BAD_CONTEXT;
  }
  switch (attribute) {
  case GLX_FBCONFIG_ID:
    *value = context->config != NULL ? context->config->config_id : 0;
    return Success;
  case GLX_VISUAL_ID_EXT:
    *value = context->config != NULL ? context->config->visual_id : 0;
    return Success;
  case GLX_RENDER_TYPE:
    *value = context->render_type;
    return Success;
  case GLX_SCREEN:
    *value = context->screen;
    return Success;
  case GLX_SHARE_CONTEXT_EXT:
    *value = (int)context->share_id;
    return Success;
  default:
    return GLX_BAD_ATTRIBUTE;
  }
}
