/* GLX without a window to look at: a pbuffer, and a pixmap that X can read. */
#include "common/check.h"
#include <GL/glx.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 90, HEIGHT = 70 };

static Display *display;

static GLXFBConfig choose(int drawable) {
  const int wanted[] = {GLX_DRAWABLE_TYPE,
                        drawable,
                        GLX_RENDER_TYPE,
                        GLX_RGBA_BIT,
                        GLX_RED_SIZE,
                        8,
                        GLX_ALPHA_SIZE,
                        0,
                        GLX_DOUBLEBUFFER,
                        False,
                        GLX_DEPTH_SIZE,
                        16,
                        None};
  int count = 0;
  GLXFBConfig *configs = glXChooseFBConfig(display, DefaultScreen(display), wanted, &count);
  if (count == 0) {
    printf("no configuration\nFAIL\n");
    exit(2);
  }
  const GLXFBConfig config = configs[0];
  XFree(configs);
  return config;
}

static void draw(void) {
  glViewport(0, 0, WIDTH, HEIGHT);
  glClearColor(0, 0, 0.5f, 1);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glBegin(GL_TRIANGLES);
  glColor3f(1, 0, 0), glVertex2f(-1, -1);
  glColor3f(0, 1, 0), glVertex2f(1, -1);
  glColor3f(1, 1, 1), glVertex2f(0, 1);
  glEnd();
}

static void pbuffer(void) {
  const GLXFBConfig config = choose(GLX_PBUFFER_BIT);
  const int size[] = {GLX_PBUFFER_WIDTH, WIDTH, GLX_PBUFFER_HEIGHT, HEIGHT, None};
  const GLXPbuffer drawable = glXCreatePbuffer(display, config, size);
  const GLXContext context = glXCreateNewContext(display, config, GLX_RGBA_TYPE, NULL, True);
  check(glXMakeContextCurrent(display, drawable, drawable, context), "a pbuffer is made current");
  unsigned width = 0;
  glXQueryDrawable(display, drawable, GLX_WIDTH, &width);
  check(width == WIDTH, "a pbuffer is %u wide", width);
  check(glXGetCurrentDrawable() == drawable && glXGetCurrentContext() == context,
        "what is current");
  draw();
  checksum_pixels("pbuffer", WIDTH, HEIGHT);
  check_error(GL_NO_ERROR, "pbuffer");
  glXMakeContextCurrent(display, None, None, NULL);
  glXDestroyContext(display, context);
  glXDestroyPbuffer(display, drawable);
}

static void pixmap(void) {
  const GLXFBConfig config = choose(GLX_PIXMAP_BIT | GLX_WINDOW_BIT);
  const Pixmap pixmap = XCreatePixmap(display, DefaultRootWindow(display), WIDTH, HEIGHT,
                                      DefaultDepth(display, DefaultScreen(display)));
  const GLXPixmap drawable = glXCreatePixmap(display, config, pixmap, NULL);
  const GLXContext context = glXCreateNewContext(display, config, GLX_RGBA_TYPE, NULL, True);
  static unsigned char rgb[WIDTH * HEIGHT * 3];
  check(glXMakeCurrent(display, drawable, context), "a pixmap is made current");
  draw();
  checksum_pixels("pixmap", WIDTH, HEIGHT);
  glFinish();
  glXWaitGL();
  XImage *image = XGetImage(display, pixmap, 0, 0, WIDTH, HEIGHT, AllPlanes, ZPixmap);
  for (int i = 0; i < WIDTH * HEIGHT; i++) {
    const unsigned long pixel = XGetPixel(image, i % WIDTH, i / WIDTH);
    rgb[3 * i] = pixel >> 16, rgb[3 * i + 1] = pixel >> 8, rgb[3 * i + 2] = pixel;
  }
  checksum("pixmap in X", rgb, sizeof rgb);
  XDestroyImage(image);
  check_error(GL_NO_ERROR, "pixmap");
  glXMakeCurrent(display, None, NULL);
  glXDestroyPixmap(display, drawable);
  XFreePixmap(display, pixmap);
  glXDestroyContext(display, context);
}

int main(void) {
  display = XOpenDisplay(NULL);
  if (!display) {
    printf("no X server\nFAIL\n");
    return 2;
  }
  pbuffer();
  pixmap();
  const int status = finish();
  XCloseDisplay(display);
  return status;
}
