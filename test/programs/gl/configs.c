/* Which visuals, FBConfigs and EGL configs a program gets for what it asks, and in which order; and which profile. */
#include "common/window.h"
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/glxext.h>
#include <X11/Xutil.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { WISHES = 16, SHOWN = 8 };

static const int GLX_WISHES[][WISHES] = {
    {None},
    {GLX_DOUBLEBUFFER, True, None},
    {GLX_DOUBLEBUFFER, True, GLX_DEPTH_SIZE, 24, None},
    {GLX_DEPTH_SIZE, 1, GLX_RED_SIZE, 8, GLX_ALPHA_SIZE, 8, None},
    {GLX_SAMPLE_BUFFERS, 1, GLX_SAMPLES, 4, None},
    {GLX_STENCIL_SIZE, 1, None},
    {GLX_X_RENDERABLE, True, GLX_DRAWABLE_TYPE, GLX_WINDOW_BIT | GLX_PIXMAP_BIT, None},
    {GLX_DRAWABLE_TYPE, GLX_PBUFFER_BIT, None},
    {GLX_FRAMEBUFFER_SRGB_CAPABLE_ARB, True, None},
    {GLX_ACCUM_RED_SIZE, 1, None},
    {GLX_RENDER_TYPE, GLX_RGBA_FLOAT_BIT_ARB, None},
    {GLX_RED_SIZE, 10, None},
    {GLX_DEPTH_SIZE, (int)GLX_DONT_CARE, GLX_X_VISUAL_TYPE, GLX_DIRECT_COLOR, None},
};

static const int GLX_SHOWN[] = {GLX_USE_GL,
                                GLX_RGBA,
                                GLX_BUFFER_SIZE,
                                GLX_RED_SIZE,
                                GLX_GREEN_SIZE,
                                GLX_BLUE_SIZE,
                                GLX_ALPHA_SIZE,
                                GLX_DEPTH_SIZE,
                                GLX_STENCIL_SIZE,
                                GLX_ACCUM_RED_SIZE,
                                GLX_ACCUM_ALPHA_SIZE,
                                GLX_SAMPLES,
                                GLX_DOUBLEBUFFER,
                                GLX_STEREO,
                                GLX_AUX_BUFFERS,
                                GLX_DRAWABLE_TYPE,
                                GLX_RENDER_TYPE,
                                GLX_X_VISUAL_TYPE,
                                GLX_CONFIG_CAVEAT,
                                GLX_FRAMEBUFFER_SRGB_CAPABLE_ARB,
                                1234};

static void configs_of_glx(Display *display) {
  for (size_t wish = 0; wish < COUNT(GLX_WISHES); wish++) {
    int count = 0;
    GLXFBConfig *found =
        glXChooseFBConfig(display, DefaultScreen(display), GLX_WISHES[wish], &count);
    printf("FBConfigs %zu: %d\n", wish, count);
    for (int i = 0; i < count && i < SHOWN; i++) {
      for (size_t k = 0; k < COUNT(GLX_SHOWN); k++) {
        int value = -1;
        const int code = glXGetFBConfigAttrib(display, found[i], GLX_SHOWN[k], &value);
        printf(code == Success ? " %x" : " E%x", code == Success ? value : code);
      }
      printf("\n");
    }
    if (found)
      XFree(found);
  }
}

static void visuals(Display *display) {
  static const int wishes[][WISHES] = {
      {None},
      {GLX_RGBA, None},
      {GLX_RGBA, GLX_DOUBLEBUFFER, None},
      {GLX_RGBA, GLX_DEPTH_SIZE, 24, GLX_DOUBLEBUFFER, None},
      {GLX_RGBA, GLX_DEPTH_SIZE, 16, None},
      {GLX_RGBA, GLX_ALPHA_SIZE, 8, GLX_DOUBLEBUFFER, None},
      {GLX_RGBA, GLX_STENCIL_SIZE, 8, None},
      {GLX_RGBA, GLX_SAMPLES, 4, GLX_SAMPLE_BUFFERS, 1, None},
      {GLX_RGBA, GLX_RED_SIZE, 8, GLX_ALPHA_SIZE, 8, GLX_DEPTH_SIZE, 24, GLX_STENCIL_SIZE, 8,
       GLX_DOUBLEBUFFER, None},
      {GLX_RGBA, GLX_ACCUM_RED_SIZE, 8, None},
      {GLX_RGBA, GLX_RED_SIZE, 12, None},
      {GLX_RGBA, GLX_STEREO, None},
  };
  for (size_t wish = 0; wish < COUNT(wishes); wish++) {
    int list[WISHES];
    for (size_t i = 0; i < WISHES; i++)
      list[i] = wishes[wish][i];
    XVisualInfo *visual = glXChooseVisual(display, DefaultScreen(display), list);
    printf("visual %zu:", wish);
    for (size_t k = 0; visual && k < COUNT(GLX_SHOWN); k++) {
      int value = -1;
      const int code = glXGetConfig(display, visual, GLX_SHOWN[k], &value);
      printf(code == Success ? " %x" : " E%x", code == Success ? value : code);
    }
    if (visual) {
      printf(" class %d depth %d", visual->class, visual->depth);
      XFree(visual);
    }
    printf("\n");
  }
}

/* Which ways of asking name one display: toolkits ask anew wherever they need it. */
static void displays_of_egl(Display *xlib) {
  static const EGLAttrib screen[] = {EGL_PLATFORM_X11_SCREEN_KHR, 0, EGL_NONE};
  static const EGLAttrib other[] = {EGL_HEIGHT, 1, EGL_NONE};
  const EGLDisplay displays[] = {
      eglGetDisplay(xlib),
      eglGetDisplay(xlib),
      eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, xlib, NULL),
      eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, xlib, screen),
      eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, xlib, screen),
      eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, NULL, NULL),
      eglGetDisplay(EGL_DEFAULT_DISPLAY),
      eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, xlib, other),
  };
  printf("EGL's displays, error %x:", eglGetError());
  for (size_t i = 0; i < COUNT(displays); i++) {
    size_t first = 0;
    while (displays[first] != displays[i])
      first++;
    EGLint count = 0;
    const int is_ready = displays[i] && eglGetConfigs(displays[i], NULL, 0, &count);
    printf(" %zu%s", first, is_ready ? " ready" : "");
  }
  printf("\n");
}

/* What may be wished for, attribute by attribute, and what a display may be. */
static void values_of_egl(EGLDisplay display) {
  static const EGLint attributes[] = {EGL_RED_SIZE,
                                      EGL_CONFIG_ID,
                                      EGL_BIND_TO_TEXTURE_RGB,
                                      EGL_COLOR_BUFFER_TYPE,
                                      EGL_CONFIG_CAVEAT,
                                      EGL_CONFORMANT,
                                      EGL_LEVEL,
                                      EGL_MAX_PBUFFER_WIDTH,
                                      EGL_MIN_SWAP_INTERVAL,
                                      EGL_NATIVE_RENDERABLE,
                                      EGL_NATIVE_VISUAL_ID,
                                      EGL_NATIVE_VISUAL_TYPE,
                                      EGL_RENDERABLE_TYPE,
                                      EGL_SAMPLE_BUFFERS,
                                      EGL_SAMPLES,
                                      EGL_SURFACE_TYPE,
                                      EGL_TRANSPARENT_TYPE,
                                      EGL_TRANSPARENT_RED_VALUE,
                                      EGL_WIDTH};
  static const EGLint values[] = {EGL_DONT_CARE,      -2, 0, 1, 2, EGL_NONE, 0x10000000,
                                  EGL_TRANSPARENT_RGB};
  for (size_t i = 0; i < COUNT(attributes); i++) {
    printf("wish 0x%x:", attributes[i]);
    for (size_t j = 0; j < COUNT(values); j++) {
      const EGLint wish[] = {attributes[i], values[j], EGL_NONE};
      EGLint count = -1;
      eglChooseConfig(display, wish, NULL, 0, &count);
      printf(" %x", eglGetError());
    }
    printf("\n");
  }
  const EGLDisplay none = eglGetDisplay((EGLNativeDisplayType)-1);
  printf("display of nothing: %d (0x%x)\n", none != EGL_NO_DISPLAY, eglGetError());
}

static void configs_of_egl(Display *xlib) {
  static const EGLint wishes[][WISHES] = {
      {EGL_NONE},
      {EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE},
      {EGL_RED_SIZE, 8, EGL_ALPHA_SIZE, 8, EGL_DEPTH_SIZE, 24, EGL_NONE},
      {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_NONE},
      {EGL_SURFACE_TYPE, EGL_PIXMAP_BIT, EGL_NONE},
      {EGL_SURFACE_TYPE, EGL_WINDOW_BIT | EGL_SWAP_BEHAVIOR_PRESERVED_BIT, EGL_NONE},
      {EGL_SAMPLE_BUFFERS, 1, EGL_SAMPLES, 4, EGL_NONE},
      {EGL_STENCIL_SIZE, 8, EGL_RENDERABLE_TYPE, EGL_OPENGL_ES3_BIT, EGL_NONE},
      {EGL_BUFFER_SIZE, 16, EGL_NONE},
      {EGL_RED_SIZE, 10, EGL_NONE},
  };
  static const EGLint shown[] = {
      EGL_BUFFER_SIZE,   EGL_RED_SIZE,         EGL_GREEN_SIZE,        EGL_BLUE_SIZE,
      EGL_ALPHA_SIZE,    EGL_DEPTH_SIZE,       EGL_STENCIL_SIZE,      EGL_SAMPLES,
      EGL_SURFACE_TYPE,  EGL_RENDERABLE_TYPE,  EGL_CONFORMANT,        EGL_NATIVE_VISUAL_TYPE,
      EGL_CONFIG_CAVEAT, EGL_TRANSPARENT_TYPE, EGL_COLOR_BUFFER_TYPE, EGL_LUMINANCE_SIZE,
      EGL_LEVEL,         EGL_ALPHA_MASK_SIZE};
  displays_of_egl(xlib);
  const EGLDisplay display = eglGetDisplay(xlib);
  check(eglInitialize(display, NULL, NULL), "EGL starts");
  displays_of_egl(xlib);
  for (size_t wish = 0; wish < COUNT(wishes); wish++) {
    EGLConfig found[SHOWN];
    EGLint count = 0;
    check(eglChooseConfig(display, wishes[wish], found, SHOWN, &count), "EGL chooses");
    printf("EGL %zu: %d\n", wish, count);
    for (EGLint i = 0; i < count; i++) {
      for (size_t k = 0; k < COUNT(shown); k++) {
        EGLint value = -1;
        eglGetConfigAttrib(display, found[i], shown[k], &value);
        printf(" %x", value);
      }
      printf("\n");
    }
  }
  values_of_egl(display);
  eglTerminate(display);
}

/* Versions that have no profiles, or one that was not asked for. */
static void profiles(void) {
  const int versions[][2] = {{1, 0}, {2, 1}, {3, 0}, {3, 1}, {3, 2}};
  const struct window_options options = {.width = 16, .height = 16};
  struct window window = window_open(&options);
  const PFNGLXCREATECONTEXTATTRIBSARBPROC create =
      (PFNGLXCREATECONTEXTATTRIBSARBPROC)glXGetProcAddress(
          (const GLubyte *)"glXCreateContextAttribsARB");
  for (size_t i = 0; i < COUNT(versions); i++)
    for (int forward = 0; forward <= (versions[i][0] >= 3); forward++) {
      const int attributes[] = {GLX_CONTEXT_MAJOR_VERSION_ARB,
                                versions[i][0],
                                GLX_CONTEXT_MINOR_VERSION_ARB,
                                versions[i][1],
                                GLX_CONTEXT_FLAGS_ARB,
                                forward ? GLX_CONTEXT_FORWARD_COMPATIBLE_BIT_ARB : 0,
                                None};
      const GLXContext context = create(window.display, window.config, NULL, True, attributes);
      GLint profile = -1, flags = -1;
      check(context && glXMakeCurrent(window.display, window.id, context), "%d.%d", versions[i][0],
            versions[i][1]);
      glGetIntegerv(GL_CONTEXT_PROFILE_MASK, &profile);
      glGetIntegerv(GL_CONTEXT_FLAGS, &flags);
      printf("%d.%d forward %d: %s profile %x flags %x\n", versions[i][0], versions[i][1], forward,
             (const char *)glGetString(GL_VERSION), profile, flags);
      glXMakeCurrent(window.display, window.id, window.context);
      glXDestroyContext(window.display, context);
    }
  window_close(&window);
}

int main(void) {
  Display *display = XOpenDisplay(NULL);
  check(display != NULL, "an X server");
  configs_of_glx(display);
  visuals(display);
  configs_of_egl(display);
  profiles();
  XCloseDisplay(display);
  return finish();
}
