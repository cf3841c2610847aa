#include "gl/glx/display.h"

#include <stdlib.h>

#include "gl/glx/drawable.h"
#include "gl/glx/error.h"
#include "gl/window/host.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;

static void free_display(struct gf_x_display *x) {
  struct gf_glx_display *display = x->glx;
  gf_glx_drawables_close(display);
  for (int i = 0; i < display->screen_count; i++) {
    struct gf_glx_screen *screen = &display->screens[i];
    for (int k = 0; k < 3; k++)
      free(screen->server_strings[k]);
    // The configs stay: contexts that outlive their display still name them.
  }
  pthread_mutex_destroy(&display->mutex);
  free(display->screens);
  free(display);
  x->glx = NULL;
}

static struct gf_glx_display *make(struct gf_x_display *x) {
  Display *xlib = x->xlib;
  struct gf_glx_display *display = calloc(1, sizeof *display);
  if (display == NULL)
    return NULL;
  display->x = x;
  display->xlib = xlib;
  display->screen_count = ScreenCount(xlib);
  display->screens = calloc((size_t)display->screen_count, sizeof *display->screens);
  pthread_mutex_init(&display->mutex, NULL);
  gf_glx_error_prepare(display);
  int found = 0;
  for (int i = 0; display->screens != NULL && i < display->screen_count; i++)
    found |= gf_glx_configs_from_server(display, i) || gf_glx_configs_from_visuals(display, i);
  if (!found) {
    pthread_mutex_destroy(&display->mutex);
    free(display->screens);
    free(display);
    return NULL;
  }
  x->on_close = free_display;
  return display;
}

struct gf_glx_display *gf_glx_display(Display *xlib) {
  if (xlib == NULL)
    return NULL;
  struct gf_x_display *x = gf_x_display(xlib, NULL);
  if (x == NULL)
    return NULL;
  struct gf_glx_display *display = gf_load_acquire((struct gf_glx_display **)&x->glx);
  if (display != NULL || gf_gl_host() == NULL)
    return display;
  pthread_mutex_lock(&g_mutex);
  display = x->glx;
  if (display == NULL) {
    display = make(x);
    // Partner: the acquire above, of threads that find it made.
    gf_store_release((struct gf_glx_display **)&x->glx, display);
  }
  pthread_mutex_unlock(&g_mutex);
  return display;
}

struct gf_glx_screen *gf_glx_screen(struct gf_glx_display *display, int screen) {
  if (display == NULL || screen < 0 || screen >= display->screen_count)
    return NULL;
  return &display->screens[screen];
}
