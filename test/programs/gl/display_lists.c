/* Lists with commands that mean the window's own buffers: accumulation, draw and read buffers, copies, clears. Each has
 * to do what it says when it is called, whatever was bound when it was compiled. */
#include "common/window.h"

enum { WIDTH = 96, HEIGHT = 64 };

static void fill(float red, float green, float blue) {
  glClearColor(red, green, blue, 1);
  glClear(GL_COLOR_BUFFER_BIT);
}

static void left_half(float red, float green, float blue) {
  glColor3f(red, green, blue);
  glRectf(-1, -1, 0, 1);
}

/* Sums are taken of linear colours where the window stores sRGB: the numbers are the driver's. */
static void show(const char *what) { checksum_pixels(what, WIDTH, HEIGHT); }

static GLint get(GLenum name) {
  GLint value = -1;
  glGetIntegerv(name, &value);
  return value;
}

static void accumulation(void) {
  const GLuint list = glGenLists(3);
  glClearAccum(0, 0, 0, 0);
  glNewList(list, GL_COMPILE);
  check(get(GL_LIST_INDEX) == (GLint)list, "the list is open");
  glClear(GL_COLOR_BUFFER_BIT | GL_ACCUM_BUFFER_BIT);
  glAccum(GL_ACCUM, 0.5f);
  check(get(GL_LIST_INDEX) == (GLint)list && get(GL_LIST_MODE) == GL_COMPILE,
        "the list is open after glAccum");
  left_half(1, 1, 0);
  glAccum(GL_ACCUM, 0.5f);
  glAccum(GL_RETURN, 1);
  glEndList();
  check(get(GL_LIST_INDEX) == 0, "the list is closed");
  fill(1, 0, 0);
  check_pixel(10, 10, 255, 0, 0, "compiled, not executed");
  glClearColor(0, 0, 1, 1);
  glCallList(list);
  show("accumulated");
  check_pixel(80, 10, 0, 0, 255, "accumulated on the right");
  check_error(GL_NO_ERROR, "accumulation");

  fill(0, 0.5f, 0);
  glNewList(list + 1, GL_COMPILE_AND_EXECUTE);
  glAccum(GL_LOAD, 1);
  fill(1, 1, 1);
  check_pixel(10, 10, 255, 255, 255, "executed while it is compiled");
  glAccum(GL_ADD, 0.25f);
  glAccum(GL_RETURN, 1);
  glEndList();
  show("executed, accumulated");

  /* An outer list that was compiled before the inner one was there. */
  glDeleteLists(list, 1);
  check(!glIsList(list) && glIsList(list + 1), "one list is deleted");
  glNewList(list + 2, GL_COMPILE);
  glCallList(list);
  left_half(0, 0, 1);
  glEndList();
  fill(0.5f, 0, 0);
  glCallList(list + 2);
  check_pixel(10, 10, 0, 0, 255, "a list that calls nothing");
  glNewList(list, GL_COMPILE);
  glAccum(GL_LOAD, 0.5f);
  glAccum(GL_RETURN, 1);
  glEndList();
  fill(0.5f, 0, 0);
  glCallList(list + 2);
  check_pixel(10, 10, 0, 0, 255, "after the inner list");
  show("the inner list");
  check_error(GL_NO_ERROR, "nested");

  glNewList(list, GL_COMPILE); /* is the driver's again */
  left_half(0, 1, 1);
  glEndList();
  fill(0, 0, 0);
  glListBase(list - 1);
  const GLubyte names[] = {1, 2};
  glCallLists(1, GL_UNSIGNED_BYTE, names);
  check_pixel(10, 10, 0, 255, 255, "a list with new contents");
  glNewList(list, GL_COMPILE);
  glAccum(GL_MULT, 0.5f);
  glAccum(GL_RETURN, 1);
  glEndList();
  const GLfloat floats[] = {3.9f, 1};
  glCallLists(2, GL_FLOAT, floats);
  const GLubyte two_bytes[] = {0, 2, 0, 1};
  glCallLists(2, GL_2_BYTES, two_bytes);
  show("lists by number");
  glListBase(0);
  glDeleteLists(list, 3);
  fill(1, 0, 1);
  glCallList(list);
  check_pixel(10, 10, 255, 0, 255, "a list that was deleted");
  check_error(GL_NO_ERROR, "deleted");
  glNewList(5, GL_COMPILE);
  glNewList(6, GL_COMPILE);
  check_error(GL_INVALID_OPERATION, "a list in a list");
  glAccum(GL_RETURN + 100, 1);
  glEndList();
  check_error(GL_NO_ERROR, "a wrong value is noted");
  glCallList(5);
  check_error(GL_INVALID_ENUM, "a wrong value is executed");
  glEndList();
  check_error(GL_INVALID_OPERATION, "no list is open");
}

/* Compiled under a framebuffer object, called under framebuffer 0, and the other way round. */
static void buffers(void) {
  GLuint texture = 0, object = 0;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, WIDTH, HEIGHT, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glGenFramebuffers(1, &object);
  glBindFramebuffer(GL_FRAMEBUFFER, object);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
  const GLuint list = glGenLists(2);
  glNewList(list, GL_COMPILE);
  glDrawBuffer(GL_FRONT);
  left_half(1, 0, 0);
  glDrawBuffer(GL_BACK);
  left_half(0, 1, 0);
  glReadBuffer(GL_FRONT);
  glEndList();
  check_error(GL_NO_ERROR, "buffers of framebuffer 0 are noted");
  glCallList(list);
  check_error(GL_INVALID_OPERATION, "they are none of an object's");
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glNewList(list + 1, GL_COMPILE);
  const GLenum first = GL_COLOR_ATTACHMENT0;
  glDrawBuffers(1, &first);
  const GLfloat colour[] = {0, 0, 1, 1};
  glClearBufferfv(GL_COLOR, 0, colour);
  glEndList();
  glCallList(list);
  check(get(GL_READ_BUFFER) == GL_FRONT && get(GL_DRAW_BUFFER) == GL_BACK,
        "the buffers that the list chose");
  check_pixel(10, 10, 255, 0, 0, "in front");
  glReadBuffer(GL_BACK);
  check_pixel(10, 10, 0, 255, 0, "at the back");
  check_error(GL_NO_ERROR, "the list's buffers");
  glCallList(list + 1);
  check_error(GL_INVALID_OPERATION, "an attachment is none of the window's");
  glBindFramebuffer(GL_FRAMEBUFFER, object);
  glCallList(list + 1);
  check_pixel(10, 10, 0, 0, 255, "cleared by a list");
  check_error(GL_NO_ERROR, "the object's buffers");
  glBindFramebuffer(GL_FRAMEBUFFER, 0);

  /* What is copied is the window at the time of the call. */
  glNewList(list, GL_COMPILE);
  glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 0, 0, WIDTH, HEIGHT);
  glEndList();
  fill(1, 1, 0);
  glCallList(list);
  glBindFramebuffer(GL_FRAMEBUFFER, object);
  check_pixel(10, 10, 255, 255, 0, "copied by a list");
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDeleteLists(list, 2);
  glDeleteFramebuffers(1, &object);
  glDeleteTextures(1, &texture);
  check_error(GL_NO_ERROR, "buffers");
}

/* A list that one context compiles and another calls, inside of glBegin too. */
static void shared(struct window *window, const struct window_options *options) {
  const GLXContext other = window_share(window, options);
  const GLuint list = glGenLists(3);
  glNewList(list, GL_COMPILE);
  glAccum(GL_LOAD, 0.5f);
  glAccum(GL_RETURN, 1);
  glEndList();
  glNewList(list + 1, GL_COMPILE);
  glVertex2f(0, -1), glVertex2f(0, 1), glVertex2f(-1, 1);
  glEndList();
  glNewList(list + 2, GL_COMPILE);
  glBegin(GL_QUADS);
  glColor3f(1, 1, 1);
  glVertex2f(-1, -1);
  glCallList(list + 1);
  glEnd();
  glCallList(list);
  glEndList();
  glFinish();
  glXMakeCurrent(window->display, window->id, other);
  fill(0, 0, 0);
  glCallList(list + 2);
  show("vertices of one list, sum of another");
  check_pixel(80, 10, 0, 0, 0, "beside them");
  glBegin(GL_QUADS);
  glCallList(list);
  glEnd();
  check_error(GL_INVALID_OPERATION, "accumulation inside of glBegin");
  glNewList(list + 1, GL_COMPILE);
  glBegin(GL_TRIANGLES);
  glDrawBuffer(GL_BACK);
  glAccum(GL_LOAD, 1);
  glEnd();
  glEndList();
  check_error(GL_NO_ERROR, "commands that are wrong inside of glBegin are noted");
  glCallList(list + 1);
  check_error(GL_INVALID_OPERATION, "they are refused when the list is called");
  glXMakeCurrent(window->display, window->id, window->context);
  glXDestroyContext(window->display, other);
}

/* Reads from several samples are resolved, of which a list knows nothing. */
static void samples(void) {
  const struct window_options options = {.width = WIDTH, .height = HEIGHT, .samples = 4};
  struct window window = window_open(&options);
  GLuint texture = 0;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  const GLuint list = glGenLists(2);
  glNewList(list, GL_COMPILE);
  glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 0, 0, 64, 64, 0);
  glEndList();
  glNewList(list + 1, GL_COMPILE);
  glRasterPos2f(0.5f, -1);
  glCopyPixels(0, 0, WIDTH / 2, HEIGHT, GL_COLOR);
  glEndList();
  fill(0, 1, 0);
  left_half(1, 0, 0);
  glCallList(list);
  glCallList(list + 1);
  show("copied from samples");
  glEnable(GL_TEXTURE_2D);
  glColor3f(1, 1, 1);
  glBegin(GL_QUADS);
  glTexCoord2f(0, 0), glVertex2f(-1, -1);
  glTexCoord2f(1, 0), glVertex2f(1, -1);
  glTexCoord2f(1, 1), glVertex2f(1, 1);
  glTexCoord2f(0, 1), glVertex2f(-1, 1);
  glEnd();
  show("a texture from samples");
  check_error(GL_NO_ERROR, "samples");
  window_close(&window);
}

int main(void) {
  const struct window_options options = {.width = WIDTH, .height = HEIGHT, .accum_bits = 16};
  struct window window = window_open(&options);
  accumulation();
  buffers();
  shared(&window, &options);
  window_close(&window);
  samples();
  return finish();
}
