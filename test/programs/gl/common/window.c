#include "window.h"
#include <GL/glxext.h>
#include <X11/Xutil.h>
#include <stdio.h>
#include <stdlib.h>

static void give_up(const char *why) {
  printf("%s\nFAIL\n", why);
  exit(2);
}

static GLXContext create_context(Display *display, GLXFBConfig config, GLXContext share,
                                 const struct window_options *options) {
  if (options->core_major == 0)
    return glXCreateNewContext(display, config, GLX_RGBA_TYPE, share, True);
  const PFNGLXCREATECONTEXTATTRIBSARBPROC create =
      (PFNGLXCREATECONTEXTATTRIBSARBPROC)glXGetProcAddress(
          (const GLubyte *)"glXCreateContextAttribsARB");
  const int attributes[] = {GLX_CONTEXT_MAJOR_VERSION_ARB,
                            options->core_major,
                            GLX_CONTEXT_MINOR_VERSION_ARB,
                            options->core_minor,
                            GLX_CONTEXT_PROFILE_MASK_ARB,
                            GLX_CONTEXT_CORE_PROFILE_BIT_ARB,
                            None};
  return create ? create(display, config, share, True, attributes) : NULL;
}

/* The first one with, or without, alpha and depth: numbers in a request are the least that is wanted. */
static GLXFBConfig choose(Display *display, const GLXFBConfig *configs, int count,
                          const struct window_options *options) {
  for (int i = 0; i < count; i++) {
    int alpha = 0, depth = 0;
    glXGetFBConfigAttrib(display, configs[i], GLX_ALPHA_SIZE, &alpha);
    glXGetFBConfigAttrib(display, configs[i], GLX_DEPTH_SIZE, &depth);
    if ((options->alpha == WINDOW_ANY_ALPHA || (options->alpha == WINDOW_ALPHA) == (alpha > 0)) &&
        options->no_depth == (depth == 0))
      return configs[i];
  }
  give_up("no such configuration");
  return NULL;
}

static void wait_until_mapped(Display *display) {
  XEvent event;
  do
    XNextEvent(display, &event);
  while (event.type != MapNotify);
}

struct window window_open(const struct window_options *options) {
  struct window window = {.display = XOpenDisplay(NULL)};
  if (!window.display)
    give_up("no X server");
  const int attributes[] = {GLX_RENDER_TYPE,
                            GLX_RGBA_BIT,
                            GLX_DRAWABLE_TYPE,
                            GLX_WINDOW_BIT,
                            GLX_RED_SIZE,
                            8,
                            GLX_GREEN_SIZE,
                            8,
                            GLX_BLUE_SIZE,
                            8,
                            GLX_DEPTH_SIZE,
                            options->no_depth ? 0 : 24,
                            GLX_STENCIL_SIZE,
                            options->no_depth ? 0 : 8,
                            GLX_DOUBLEBUFFER,
                            !options->single_buffer,
                            GLX_SAMPLES,
                            options->samples,
                            GLX_ACCUM_RED_SIZE,
                            options->accum_bits,
                            None};
  int count = 0;
  GLXFBConfig *configs =
      glXChooseFBConfig(window.display, DefaultScreen(window.display), attributes, &count);
  if (count == 0)
    give_up("no configuration");
  window.config = choose(window.display, configs, count, options);
  XFree(configs);

  XVisualInfo *visual = glXGetVisualFromFBConfig(window.display, window.config);
  const Window root = RootWindow(window.display, visual->screen);
  XSetWindowAttributes set = {
      .colormap = XCreateColormap(window.display, root, visual->visual, AllocNone),
      .event_mask = StructureNotifyMask,
  };
  window.id =
      XCreateWindow(window.display, root, 0, 0, options->width, options->height, 0, visual->depth,
                    InputOutput, visual->visual, CWBorderPixel | CWColormap | CWEventMask, &set);
  XFree(visual);
  XMapWindow(window.display, window.id);
  wait_until_mapped(window.display);

  window.context = create_context(window.display, window.config, NULL, options);
  if (!window.context)
    give_up("no context");
  if (!glXMakeCurrent(window.display, window.id, window.context))
    give_up("the context cannot be made current");
  return window;
}

GLXContext window_share(const struct window *window, const struct window_options *options) {
  return create_context(window->display, window->config, window->context, options);
}

static XImage *grab(const struct window *window) {
  XWindowAttributes attributes;
  XSync(window->display, False);
  XGetWindowAttributes(window->display, window->id, &attributes);
  return XGetImage(window->display, window->id, 0, 0, attributes.width, attributes.height,
                   AllPlanes, ZPixmap);
}

static void keep_picture(const char *name, const unsigned char *rgb, int width, int height) {
  const char *directory = getenv("GPUFERRY_PICTURES");
  if (!directory)
    return;
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.ppm", directory, name);
  FILE *file = fopen(path, "wb");
  if (!file)
    return;
  fprintf(file, "P6\n%d %d\n255\n", width, height);
  fwrite(rgb, 3, (size_t)width * height, file);
  fclose(file);
}

void window_checksum(const struct window *window, const char *name) {
  XImage *image = grab(window);
  const int width = image->width, height = image->height;
  unsigned char *rgb = malloc((size_t)width * height * 3), *out = rgb;
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const unsigned long pixel = XGetPixel(image, x, y);
      *out++ = pixel >> 16;
      *out++ = pixel >> 8;
      *out++ = pixel;
    }
  }
  printf("%s, %d x %d, ", name, width, height);
  checksum("in X", rgb, (size_t)width * height * 3);
  keep_picture(name, rgb, width, height);
  free(rgb);
  XDestroyImage(image);
}

void window_check_pixel(const struct window *window, int x, int y, int red, int green, int blue,
                        const char *what) {
  XImage *image = grab(window);
  const unsigned long pixel = XGetPixel(image, x, y);
  const unsigned long wanted = (unsigned long)red << 16 | green << 8 | blue;
  check((pixel & 0xffffff) == wanted, "%s: X shows %06lx instead of %06lx at (%d, %d)", what,
        pixel & 0xffffff, wanted, x, y);
  XDestroyImage(image);
}

void window_resize(const struct window *window, int width, int height) {
  XEvent event;
  XResizeWindow(window->display, window->id, width, height);
  do
    XWindowEvent(window->display, window->id, StructureNotifyMask, &event);
  while (event.type != ConfigureNotify || event.xconfigure.width != width ||
         event.xconfigure.height != height);
}

void window_close(struct window *window) {
  glXMakeCurrent(window->display, None, NULL);
  glXDestroyContext(window->display, window->context);
  XDestroyWindow(window->display, window->id);
  XCloseDisplay(window->display);
}
