#include "gl/glx/visual.h"

#include "gl/glx/protocol.h"
#include <stdlib.h>

#include "gl/export.h"
#include "gl/glx/choose.h"

/// Choices remembered at once; a program makes one or two.
#define GF_GLX_CHOICES 16

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static const struct gf_glx_config *g_choices[GF_GLX_CHOICES];
static unsigned g_next_choice;

static void remember(const struct gf_glx_config *config) {
  pthread_mutex_lock(&g_mutex);
  g_choices[g_next_choice++ % GF_GLX_CHOICES] = config;
  pthread_mutex_unlock(&g_mutex);
}

/// The latest choice of this screen's configs for the visual.
static const struct gf_glx_config *recall(const struct gf_glx_screen *screen, VisualID visual) {
  const struct gf_glx_config *found = NULL;
  pthread_mutex_lock(&g_mutex);
  for (unsigned i = 1; i <= GF_GLX_CHOICES && found == NULL; i++) {
    const struct gf_glx_config *choice =
        g_choices[(g_next_choice + GF_GLX_CHOICES - i) % GF_GLX_CHOICES];
    if (choice != NULL && choice >= screen->configs &&
        choice < screen->configs + screen->config_count && choice->visual_id == (int)visual)
      found = choice;
  }
  pthread_mutex_unlock(&g_mutex);
  return found;
}

const struct gf_glx_config *gf_glx_config_of_visual(struct gf_glx_display *display, int screen,
                                                    VisualID visual) {
  const struct gf_glx_screen *of = gf_glx_screen(display, screen);
  if (of == NULL || visual == 0)
    return NULL;
  const struct gf_glx_config *best = recall(of, visual);
  for (int i = 0; i < of->config_count && best == NULL; i++) {
    const struct gf_glx_config *config = &of->configs[i];
    if (config->visual_id == (int)visual && config->double_buffer && config->depth == 24 &&
        config->stencil == 8 && config->samples == 0 && config->accum_red == 0)
      best = config;
  }
  for (int i = 0; i < of->config_count && best == NULL; i++) {
    if (of->configs[i].visual_id == (int)visual)
      best = &of->configs[i];
  }
  return best;
}

static XVisualInfo *visual_of(const struct gf_glx_display *display,
                              const struct gf_glx_config *config) {
  XVisualInfo wanted = {.screen = config->screen, .visualid = (VisualID)config->visual_id};
  int count = 0;
  if (config->visual_id == 0)
    return NULL;
  return gf_x.XGetVisualInfo(display->xlib, VisualScreenMask | VisualIDMask, &wanted, &count);
}

GF_GL_EXPORT XVisualInfo *glXGetVisualFromFBConfig(Display *dpy, GLXFBConfig handle) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  const struct gf_glx_config *config = (const void *)handle;
  if (display == NULL || config == NULL)
    return NULL;
  XVisualInfo *visual = visual_of(display, config);
  if (visual != NULL)
    remember(config);
  return visual;
}

/// What glXChooseVisual's list says; booleans stand alone there. Zero if GLX has no such attribute.
static int read_list(const int *list, struct gf_glx_wish *wish) {
  gf_glx_wish_default(wish);
  struct gf_glx_config *values = &wish->values;
  values->render_type = 0; // who does not ask for RGBA gets it: there is nothing else
  values->double_buffer = False;
  values->stereo = False;
  values->sample_buffers = 0;
  for (; list != NULL && *list != None; list++) {
    switch (*list) {
    case GLX_USE_GL:
      break;
    case GLX_RGBA:
      values->render_type = GLX_RGBA_BIT;
      break;
    case GLX_DOUBLEBUFFER:
      values->double_buffer = True;
      break;
    case GLX_STEREO:
      values->stereo = True;
      break;
    default: {
      const struct gf_glx_attribute *attribute = gf_glx_attribute(*list++);
      if (attribute == NULL)
        return 0;
      *gf_glx_value(values, attribute) = *list;
    }
    }
  }
  return 1;
}

GF_GL_EXPORT XVisualInfo *glXChooseVisual(Display *dpy, int screen, int *list) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  const struct gf_glx_screen *of = gf_glx_screen(display, screen);
  struct gf_glx_wish wish;
  if (of == NULL || !read_list(list, &wish))
    return NULL;
  int count;
  GLXFBConfig *found = gf_glx_choose(of, &wish, &count);
  const struct gf_glx_config *best = NULL;
  for (int i = 0; i < count && best == NULL; i++) {
    const struct gf_glx_config *config = (const void *)found[i];
    best = config->visual_id != 0 ? config : NULL;
  }
  free(found);
  if (best == NULL)
    return NULL;
  remember(best);
  return visual_of(display, best);
}

GF_GL_EXPORT int glXGetConfig(Display *dpy, XVisualInfo *visual, int name, int *value) {
  struct gf_glx_display *display = gf_glx_display(dpy);
  if (display == NULL)
    return GLX_NO_EXTENSION;
  if (visual == NULL || gf_glx_screen(display, visual->screen) == NULL)
    return GLX_BAD_SCREEN;
  const struct gf_glx_config *config =
      gf_glx_config_of_visual(display, visual->screen, visual->visualid);
  if (config == NULL) {
    // Not an error to ask: this visual has no GL.
    if (name != GLX_USE_GL)
      return GLX_BAD_VISUAL;
    *value = False;
    return Success;
  }
  switch (name) {
  case GLX_USE_GL:
    *value = True;
    return Success;
  case GLX_RGBA:
    *value = (config->render_type & GLX_RGBA_BIT) != 0;
    return Success;
  default: {
    const struct gf_glx_attribute *attribute = gf_glx_attribute(name);
    if (attribute == NULL)
      return GLX_BAD_ATTRIBUTE;
    *value = *gf_glx_value(config, attribute);
    return Success;
  }
  }
}
