/* GLX_EXT_texture_from_pixmap: what X draws into a pixmap is a texture, and again after X has drawn anew. */
#include "common/window.h"
#include <GL/glx.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 120, HEIGHT = 90, SIDE = 48 };

static struct window window;

static GLXFBConfig choose(int alpha) {
  const int wanted[] = {GLX_DRAWABLE_TYPE,
                        GLX_PIXMAP_BIT,
                        GLX_RED_SIZE,
                        8,
                        GLX_ALPHA_SIZE,
                        alpha,
                        alpha ? GLX_BIND_TO_TEXTURE_RGBA_EXT : GLX_BIND_TO_TEXTURE_RGB_EXT,
                        True,
                        None};
  int count = 0, red = 0, has_alpha = 0;
  GLXFBConfig *configs = glXChooseFBConfig(window.display, 0, wanted, &count), config = NULL;
  /* Those with ten bits a channel come first, and are none of a pixmap's of depth 24 or 32. */
  for (int i = count; i-- > 0;) {
    glXGetFBConfigAttrib(window.display, configs[i], GLX_RED_SIZE, &red);
    glXGetFBConfigAttrib(window.display, configs[i], GLX_ALPHA_SIZE, &has_alpha);
    if (red == 8 && has_alpha == alpha)
      config = configs[i];
  }
  check(config != NULL, "a config whose pixmaps are textures");
  XFree(configs);
  return config;
}

static void fill(Pixmap pixmap, GC gc, unsigned long colour, int x, int y, int width, int height) {
  XSetForeground(window.display, gc, colour);
  XFillRectangle(window.display, pixmap, gc, x, y, (unsigned)width, (unsigned)height);
}

static void draw(const char *what) {
  glClearColor(0.2f, 0.2f, 0.2f, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glEnable(GL_TEXTURE_2D);
  glTexEnvi(GL_TEXTURE_ENV, GL_TEXTURE_ENV_MODE, GL_REPLACE);
  glBegin(GL_QUADS);
  glTexCoord2f(0, 0), glVertex2f(-0.8f, -0.8f);
  glTexCoord2f(1, 0), glVertex2f(0.8f, -0.8f);
  glTexCoord2f(1, 1), glVertex2f(0.8f, 0.8f);
  glTexCoord2f(0, 1), glVertex2f(-0.8f, 0.8f);
  glEnd();
  checksum_pixels(what, WIDTH, HEIGHT);
  check_error(GL_NO_ERROR, what);
}

static void textured(int alpha) {
  const int list[] = {GLX_TEXTURE_TARGET_EXT, GLX_TEXTURE_2D_EXT, GLX_TEXTURE_FORMAT_EXT,
                      alpha ? GLX_TEXTURE_FORMAT_RGBA_EXT : GLX_TEXTURE_FORMAT_RGB_EXT, None};
  const PFNGLXBINDTEXIMAGEEXTPROC bind =
      (PFNGLXBINDTEXIMAGEEXTPROC)glXGetProcAddress((const GLubyte *)"glXBindTexImageEXT");
  const PFNGLXRELEASETEXIMAGEEXTPROC release =
      (PFNGLXRELEASETEXIMAGEEXTPROC)glXGetProcAddress((const GLubyte *)"glXReleaseTexImageEXT");
  const Pixmap pixmap = XCreatePixmap(window.display, window.id, SIDE, SIDE, alpha ? 32 : 24);
  const GC gc = XCreateGC(window.display, pixmap, 0, NULL);
  fill(pixmap, gc, 0xffff0000, 0, 0, SIDE, SIDE);
  fill(pixmap, gc, 0x8000ff40, 0, 0, SIDE / 2, SIDE / 3);
  const GLXPixmap drawable = glXCreatePixmap(window.display, choose(alpha ? 8 : 0), pixmap, list);
  GLuint texture;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glPixelStorei(GL_UNPACK_SKIP_ROWS, 3); /* which is none of X's business */
  bind(window.display, drawable, GLX_FRONT_LEFT_EXT, NULL);
  glPixelStorei(GL_UNPACK_SKIP_ROWS, 0);
  draw(alpha ? "a pixmap with alpha" : "a pixmap");
  if (alpha) {
    GLubyte texels[SIDE * SIDE * 4];
    glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, texels);
    checksum("its texels", texels, sizeof texels);
  }
  release(window.display, drawable, GLX_FRONT_LEFT_EXT);
  fill(pixmap, gc, 0xff2020ff, SIDE / 4, SIDE / 4, SIDE / 2, SIDE / 2);
  bind(window.display, drawable, GLX_FRONT_LEFT_EXT, NULL);
  draw("drawn anew");
  release(window.display, drawable, GLX_FRONT_LEFT_EXT);
  glDeleteTextures(1, &texture);
  glXDestroyPixmap(window.display, drawable);
  XFreeGC(window.display, gc);
  XFreePixmap(window.display, pixmap);
}

int main(void) {
  window = window_open(&(struct window_options){.width = WIDTH, .height = HEIGHT});
  check(strstr(glXQueryExtensionsString(window.display, 0), "GLX_EXT_texture_from_pixmap") != NULL,
        "GLX_EXT_texture_from_pixmap");
  textured(0);
  textured(1);
  window_close(&window);
  return finish();
}
