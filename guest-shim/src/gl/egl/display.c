#include "gl/egl/display.h"

#include <stdlib.h>
#include <string.h>

#include "base/readable.h"
#include "gl/egl/config.h"
#include "gl/egl/context.h"
#include "gl/egl/extensions.h"
#include "gl/egl/image.h"
#include "gl/egl/surface.h"
#include "gl/egl/sync.h"
#include "gl/export.h"
#include "gl/window/host.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_egl_display *g_displays; // only grows

struct gf_egl_display *gf_egl_display(EGLDisplay handle) {
  pthread_mutex_lock(&g_mutex);
  struct gf_egl_display *display = g_displays;
  while (display != NULL && display != handle)
    display = display->next;
  pthread_mutex_unlock(&g_mutex);
  if (display == NULL)
    gf_egl_fail(EGL_BAD_DISPLAY);
  return display;
}

struct gf_egl_display *gf_egl_ready(EGLDisplay handle) {
  struct gf_egl_display *display = gf_egl_display(handle);
  if (display != NULL && !__atomic_load_n(&display->is_initialized, __ATOMIC_ACQUIRE)) {
    gf_egl_fail(EGL_NOT_INITIALIZED);
    return NULL;
  }
  return display;
}

/// What EGL_DEFAULT_DISPLAY is: X where there is one, as the environment says.
static enum gf_egl_platform default_platform(void) {
  const char *named = getenv("EGL_PLATFORM");
  if (named != NULL && strcmp(named, "surfaceless") == 0)
    return GF_EGL_SURFACELESS;
  if (named != NULL && strcmp(named, "device") == 0)
    return GF_EGL_DEVICE;
  const char *x = getenv("DISPLAY");
  return (named != NULL && strcmp(named, "x11") == 0) || (x != NULL && x[0] != '\0')
             ? GF_EGL_X11
             : GF_EGL_SURFACELESS;
}

struct gf_egl_display *gf_egl_display_get(EGLenum platform_name, void *native, int screen) {
  enum gf_egl_platform platform = GF_EGL_X11;
  switch (platform_name) {
  case EGL_NONE:
    platform = native != NULL ? GF_EGL_X11 : default_platform();
    break;
  case EGL_PLATFORM_X11_KHR:
    break;
  case EGL_PLATFORM_XCB_EXT:
    native = NULL; // what it is connected to is not told: $DISPLAY, as is usual
    break;
  case EGL_PLATFORM_SURFACELESS_MESA:
    platform = GF_EGL_SURFACELESS;
    if (native != NULL) {
      gf_egl_fail(EGL_BAD_PARAMETER);
      return NULL;
    }
    break;
  case EGL_PLATFORM_DEVICE_EXT:
    platform = GF_EGL_DEVICE;
    if (native != gf_egl_the_device()) {
      gf_egl_fail(EGL_BAD_DEVICE_EXT);
      return NULL;
    }
    break;
  default:
    gf_egl_fail(EGL_BAD_PARAMETER);
    return NULL;
  }
  pthread_mutex_lock(&g_mutex);
  struct gf_egl_display *display = g_displays;
  while (display != NULL &&
         (display->platform != platform || display->native != native || display->screen != screen))
    display = display->next;
  if (display == NULL && (display = calloc(1, sizeof *display)) != NULL) {
    display->platform = platform;
    display->native = native;
    display->screen = screen;
    pthread_mutex_init(&display->mutex, NULL);
    display->next = g_displays;
    g_displays = display;
  }
  pthread_mutex_unlock(&g_mutex);
  if (display == NULL)
    gf_egl_fail(EGL_BAD_ALLOC);
  else
    gf_egl_succeed();
  return display;
}

static EGLint initialize_locked(struct gf_egl_display *display) {
  // The application's next connection may have the address of one that it has closed.
  const int is_closed = display->x != NULL && gf_load_relaxed(&display->x->is_closed);
  if (display->is_initialized && !is_closed)
    return EGL_SUCCESS;
  if (is_closed) {
    gf_x_display_unref(display->x);
    display->x = NULL;
  }
  if (display->platform == GF_EGL_X11 && display->x == NULL) {
    display->x = gf_x_display(display->native, NULL);
    if (display->x == NULL)
      return EGL_NOT_INITIALIZED;
    gf_x_display_ref(display->x);
  }
  if (gf_gl_host() == NULL || !gf_egl_configs_make(display))
    return EGL_NOT_INITIALIZED;
  gf_egl_extensions_make(display);
  __atomic_store_n(&display->is_initialized, 1, __ATOMIC_RELEASE);
  return EGL_SUCCESS;
}

GF_GL_EXPORT EGLBoolean eglInitialize(EGLDisplay handle, EGLint *major, EGLint *minor) {
  struct gf_egl_display *display = gf_egl_display(handle);
  if (display == NULL)
    return EGL_FALSE;
  pthread_mutex_lock(&display->mutex);
  const EGLint error = initialize_locked(display);
  pthread_mutex_unlock(&display->mutex);
  if (error != EGL_SUCCESS)
    return gf_egl_fail(error);
  if (major != NULL)
    *major = 1;
  if (minor != NULL)
    *minor = 5;
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLBoolean eglTerminate(EGLDisplay handle) {
  struct gf_egl_display *display = gf_egl_display(handle);
  if (display == NULL)
    return EGL_FALSE;
  // What is current somewhere lives until it is not.
  gf_egl_contexts_give_up(display);
  gf_egl_surfaces_give_up(display);
  gf_egl_syncs_give_up(display);
  gf_egl_images_give_up(display);
  pthread_mutex_lock(&display->mutex);
  __atomic_store_n(&display->is_initialized, 0, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&display->mutex);
  return gf_egl_succeed();
}

GF_GL_EXPORT EGLDisplay eglGetDisplay(EGLNativeDisplayType native) {
  // What it is is found by looking at it: what cannot be looked at is nothing that is known, which is no error.
  if (native != EGL_DEFAULT_DISPLAY && !gf_is_readable((const void *)native)) {
    gf_egl_succeed();
    return EGL_NO_DISPLAY;
  }
  return gf_egl_display_get(EGL_NONE, (void *)native, -1);
}

GF_GL_EXPORT EGLDisplay eglGetPlatformDisplay(EGLenum platform, void *native,
                                              const EGLAttrib *list) {
  int screen = -1;
  for (; list != NULL && list[0] != EGL_NONE; list += 2) {
    const int is_screen =
        (platform == EGL_PLATFORM_X11_KHR && list[0] == EGL_PLATFORM_X11_SCREEN_KHR) ||
        (platform == EGL_PLATFORM_XCB_EXT && list[0] == EGL_PLATFORM_XCB_SCREEN_EXT);
    if (!is_screen) {
      gf_egl_fail(EGL_BAD_ATTRIBUTE);
      return EGL_NO_DISPLAY;
    }
    screen = (int)list[1];
  }
  return gf_egl_display_get(platform, native, screen);
}

GF_GL_EXPORT EGLDisplay eglGetPlatformDisplayEXT(EGLenum platform, void *native,
                                                 const EGLint *list) {
  EGLAttrib wide[3] = {EGL_NONE};
  if (list != NULL && list[0] != EGL_NONE) {
    wide[0] = list[0];
    wide[1] = list[1];
    wide[2] = EGL_NONE;
  }
  return eglGetPlatformDisplay(platform, native, wide);
}
