#include "gl/window/current.h"

#include <pthread.h>

#include "gl/egl/current.h"
#include "gl/glx/current.h"
#include "gl/window/window.h"

#define GF_EGL_SUCCESS 0x3000

static pthread_key_t g_key;
static int g_has_key;

/// A thread ends with a context current, which is nobody's then.
static void end_thread(void *context) {
  (void)context;
  gf_window_make_current(NULL, NULL, NULL);
  gf_glx_forget_current();
  gf_egl_forget_current();
}

// Keys' destructors run in the order in which keys were made: this one before the lane's, which is
// made with the first lane.
__attribute__((constructor)) static void make_key(void) {
  g_has_key = pthread_key_create(&g_key, end_thread) == 0;
}

int32_t gf_window_make_current(struct gf_gl_context *context, struct gf_gl_drawable *draw,
                               struct gf_gl_drawable *read) {
  struct gf_gl_drawable *const old_draw = gf_gl.draw;
  struct gf_gl_drawable *const old_read = gf_gl.read;
  gf_window_flushed();
  if (draw != NULL) {
    gf_gl_drawable_follow(draw, 0);
    gf_gl_drawable_ref(draw);
  }
  if (read != NULL)
    gf_gl_drawable_ref(read);
  const int32_t error =
      gf_gl_make_current(context, draw != NULL ? draw->id : 0, read != NULL ? read->id : 0);
  if (error != GF_EGL_SUCCESS) {
    gf_gl_drawable_unref(draw);
    gf_gl_drawable_unref(read);
    return error;
  }
  if (g_has_key)
    pthread_setspecific(g_key, context);
  gf_gl.draw = draw;
  gf_gl.read = read;
  gf_gl_drawable_unref(old_draw);
  gf_gl_drawable_unref(old_read);
  return GF_EGL_SUCCESS;
}
