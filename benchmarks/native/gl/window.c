#include "gl/window.h"

#include <GL/glx.h>
#include <GL/glxext.h>
#include <stddef.h>

static GLXContext context_of(Display *display, GLXFBConfig config) {
  const int wanted[] = {GLX_CONTEXT_MAJOR_VERSION_ARB,
                        3,
                        GLX_CONTEXT_MINOR_VERSION_ARB,
                        3,
                        GLX_CONTEXT_PROFILE_MASK_ARB,
                        GLX_CONTEXT_CORE_PROFILE_BIT_ARB,
                        None};
  const PFNGLXCREATECONTEXTATTRIBSARBPROC create =
      (PFNGLXCREATECONTEXTATTRIBSARBPROC)glXGetProcAddress(
          (const GLubyte *)"glXCreateContextAttribsARB");
  return create != NULL ? create(display, config, NULL, True, wanted) : NULL;
}

static Window map_window(Display *display, GLXFBConfig config, int width, int height) {
  XVisualInfo *visual = glXGetVisualFromFBConfig(display, config);
  const Window root = RootWindow(display, visual->screen);
  XSetWindowAttributes set = {
      .colormap = XCreateColormap(display, root, visual->visual, AllocNone),
      .event_mask = StructureNotifyMask,
  };
  const Window window =
      XCreateWindow(display, root, 0, 0, (unsigned)width, (unsigned)height, 0, visual->depth,
                    InputOutput, visual->visual, CWBorderPixel | CWColormap | CWEventMask, &set);
  XEvent event;
  XFree(visual);
  XMapWindow(display, window);
  do
    XNextEvent(display, &event);
  while (event.type != MapNotify);
  return window;
}

struct bench_window bench_window_open(int width, int height) {
  static const int WANTED[] = {
      GLX_DRAWABLE_TYPE, GLX_WINDOW_BIT, GLX_RED_SIZE, 8, GLX_DEPTH_SIZE, 24,
      GLX_DOUBLEBUFFER,  True,           None};
  struct bench_window window = {.display = XOpenDisplay(NULL)};
  if (window.display == NULL)
    return (struct bench_window){.error = "no X server"};
  int count = 0;
  GLXFBConfig *configs =
      glXChooseFBConfig(window.display, DefaultScreen(window.display), WANTED, &count);
  const GLXContext context = count > 0 ? context_of(window.display, configs[0]) : NULL;
  if (context == NULL) {
    window.error = "no OpenGL 3.3 context";
    return window;
  }
  window.id = map_window(window.display, configs[0], width, height);
  XFree(configs);
  if (!glXMakeCurrent(window.display, window.id, context))
    window.error = "the context cannot be made current";
  return window;
}

void bench_window_close(struct bench_window *window) {
  if (window->display == NULL)
    return;
  const GLXContext context = glXGetCurrentContext();
  glXMakeCurrent(window->display, None, NULL);
  if (context != NULL)
    glXDestroyContext(window->display, context);
  XCloseDisplay(window->display);
}
