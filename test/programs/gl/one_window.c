/* One window, contexts that share nothing: what one draws the next one finds, colours and depth, also from another
 * thread and after a resize. And a window without alpha, whose colours are opaque whatever was drawn. */
#include "common/window.h"
#include <GL/glx.h>
#include <pthread.h>
#include <stdio.h>

enum { WIDTH = 160, HEIGHT = 120, CONTEXTS = 4 };

static struct window window;
static GLXContext contexts[CONTEXTS];

static GLXContext another(void) {
  return glXCreateNewContext(window.display, window.config, GLX_RGBA_TYPE, NULL, True);
}

static void use(GLXContext context) {
  glFinish();
  check(glXMakeCurrent(window.display, window.id, context), "a context is made current");
}

static void square(int number, float depth) {
  const float at = -1 + 0.4f * (float)number;
  glEnable(GL_DEPTH_TEST);
  glColor3f(number & 1, (number & 2) / 2, (number & 4) / 4);
  glBegin(GL_QUADS);
  glVertex3f(at, at, depth), glVertex3f(at + 0.7f, at, depth);
  glVertex3f(at + 0.7f, at + 0.7f, depth), glVertex3f(at, at + 0.7f, depth);
  glEnd();
}

/* Each one nearer than the last, and at the end one that hides behind all: that takes a depth buffer in common. */
static void in_turn(const char *what, int width, int height) {
  use(contexts[0]);
  glViewport(0, 0, width, height);
  glClearColor(0.2f, 0.2f, 0.2f, 1);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  for (int i = 0; i < CONTEXTS; i++) {
    use(contexts[i]);
    glViewport(0, 0, width, height);
    square(i + 1, 0.5f - 0.1f * (float)i);
  }
  use(contexts[1]);
  square(1, 0.9f);
  use(contexts[0]);
  checksum_pixels(what, width, height);
  check_error(GL_NO_ERROR, what);
}

static void *in_thread(void *number) {
  const GLXContext context = another();
  check(glXMakeCurrent(window.display, window.id, context), "a thread's context is made current");
  square(*(int *)number, 0);
  glFinish();
  glXDestroyContext(window.display, context); /* while it is current: it goes with the thread */
  return NULL;
}

static void threads(void) {
  use(contexts[0]);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glFinish();
  for (int number = 2; number < 6; number++) {
    pthread_t thread;
    pthread_create(&thread, NULL, in_thread, &number);
    pthread_join(thread, NULL);
  }
  checksum_pixels("threads", WIDTH, HEIGHT);
  glXSwapBuffers(window.display, window.id);
  glFinish();
  window_checksum(&window, "one window");
}

static void translucent_square(void) {
  glDisable(GL_DEPTH_TEST);
  glClearColor(0, 0, 1, 0.25f);
  glClear(GL_COLOR_BUFFER_BIT);
  glColor4f(1, 0, 0, 0.5f);
  glRectf(-0.5f, -0.5f, 0.5f, 0.5f);
}

/* Alpha that a window does not have is 1, to blending as to whoever reads. */
static void opaque(void) {
  GLint bits = -1;
  GLubyte pixel[4];
  glGetIntegerv(GL_ALPHA_BITS, &bits);
  printf("bits of alpha: %d\n", bits);
  translucent_square();
  glEnable(GL_BLEND);
  glBlendFunc(GL_ONE_MINUS_DST_ALPHA, GL_DST_ALPHA);
  glColor4f(1, 1, 1, 0.5f);
  glRectf(-1, -1, 0, 0);
  glDisable(GL_BLEND);
  glReadPixels(WIDTH / 2 - 4, HEIGHT / 2 - 4, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
  printf("blended: %d %d %d %d\n", pixel[0], pixel[1], pixel[2], pixel[3]);
  check(bits != 0 || pixel[3] == 255, "no alpha is opaque");
}

/* A list is compiled and called; a texture is copied from the window. */
static void opaque_in_lists(GLXContext context) {
  GLubyte texels[4];
  GLuint texture;
  use(context);
  const GLuint list = glGenLists(1);
  glNewList(list, GL_COMPILE);
  glEnable(GL_BLEND);
  glBlendFunc(GL_DST_ALPHA, GL_ZERO);
  glEndList();
  glXSwapBuffers(window.display, window.id);
  translucent_square();
  glCallList(list);
  glColor4f(0, 1, 0, 1);
  glRectf(-1, -1, 1, 1);
  glDisable(GL_BLEND);
  check_pixel(WIDTH / 2, HEIGHT / 2, 0, 255, 0, "blended by a list");
  translucent_square();
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, WIDTH / 2, HEIGHT / 2, 1, 1, 0);
  glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, texels);
  printf("copied: %d %d %d %d\n", texels[0], texels[1], texels[2], texels[3]);
  check_error(GL_NO_ERROR, "a window without alpha");
}

int main(void) {
  XInitThreads();
  window = window_open(&(struct window_options){.width = WIDTH, .height = HEIGHT});
  contexts[0] = window.context;
  for (int i = 1; i < CONTEXTS; i++)
    contexts[i] = another();
  in_turn("in turn", WIDTH, HEIGHT);
  window_resize(&window, WIDTH + 40, HEIGHT + 20);
  glXSwapBuffers(window.display, window.id);
  in_turn("in turn, larger", WIDTH + 40, HEIGHT + 20);
  window_resize(&window, WIDTH, HEIGHT);
  glXSwapBuffers(window.display, window.id);
  glViewport(0, 0, WIDTH, HEIGHT);
  threads();
  use(contexts[0]);
  opaque();
  opaque_in_lists(another());
  use(contexts[0]);
  for (int i = 1; i < CONTEXTS; i++)
    glXDestroyContext(window.display, contexts[i]);
  window_close(&window);
  return finish();
}
