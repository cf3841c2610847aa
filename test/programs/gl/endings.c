/* What ends in an order that nobody asked for: connections and windows under a current context, contexts twice, threads
 * that let go of nothing; and a window that changes its size before every frame. */
#include "common/check.h"
#include <GL/glx.h>
#include <X11/Xlib.h>
#include <pthread.h>

struct drawing {
  Display *display;
  Window window;
  GLXContext context;
};

enum { GLX_BAD_CONTEXT_ERROR = 0, SIZE = 100, STORM = 100 };

static int glx_errors, bad_contexts, last_error;

static int count_error(Display *display, XErrorEvent *event) {
  (void)display;
  last_error = event->error_code;
  bad_contexts += event->error_code == glx_errors + GLX_BAD_CONTEXT_ERROR;
  return 0;
}

static struct drawing begin(void) {
  struct drawing drawing = {.display = XOpenDisplay(NULL)};
  int wanted[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_DEPTH_SIZE, 16, None}, events;
  check(glXQueryExtension(drawing.display, &glx_errors, &events), "GLX");
  XVisualInfo *visual = glXChooseVisual(drawing.display, 0, wanted);
  const Window root = DefaultRootWindow(drawing.display);
  XSetWindowAttributes attributes = {
      .colormap = XCreateColormap(drawing.display, root, visual->visual, AllocNone)};
  drawing.window =
      XCreateWindow(drawing.display, root, 0, 0, SIZE, SIZE, 0, visual->depth, InputOutput,
                    visual->visual, CWColormap | CWBorderPixel, &attributes);
  XMapWindow(drawing.display, drawing.window);
  drawing.context = glXCreateContext(drawing.display, visual, NULL, True);
  check(drawing.context != NULL, "a context");
  XFree(visual);
  return drawing;
}

static int use(const struct drawing *drawing) {
  return glXMakeCurrent(drawing->display, drawing->window, drawing->context);
}

static void frame(const struct drawing *drawing) {
  glClearColor(1, 0.5f, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glXSwapBuffers(drawing->display, drawing->window);
}

static void *frame_in_thread(void *drawing) {
  check(use(drawing), "current in a thread");
  frame(drawing);
  return NULL;
}

int main(void) {
  XInitThreads();
  XSetErrorHandler(count_error);

  /* The next connection often has the address and the windows the numbers of the closed one. */
  for (int i = 0; i < 3; i++) {
    struct drawing closed = begin();
    check(use(&closed), "current");
    frame(&closed);
    XCloseDisplay(closed.display);
    glClear(GL_COLOR_BUFFER_BIT);
    glFlush();
  }

  struct drawing drawing = begin();
  check(use(&drawing), "current after connections were closed");
  frame(&drawing);
  glReadBuffer(GL_BACK);
  glFinish();
  check_error(GL_NO_ERROR, "a frame");

  for (int i = 1; i <= STORM; i++) {
    XResizeWindow(drawing.display, drawing.window, SIZE + 2 * i, 3 * SIZE - 2 * i);
    glViewport(0, 0, SIZE + 2 * i, 3 * SIZE - 2 * i);
    glClear(GL_COLOR_BUFFER_BIT);
    if (i == STORM) {
      check_pixel(SIZE + 2 * STORM - 1, SIZE - 1, 255, 128, 0, "the corner after a storm");
      checksum_pixels("all of it", SIZE + 2 * STORM, SIZE);
    }
    glXSwapBuffers(drawing.display, drawing.window);
  }

  pthread_t thread;
  glXMakeCurrent(drawing.display, None, NULL);
  pthread_create(&thread, NULL, frame_in_thread, &drawing);
  pthread_join(thread, NULL);
  check(use(&drawing), "current after the thread that had it ended");
  frame(&drawing);
  check_error(GL_NO_ERROR, "in the main thread again");

  glXMakeCurrent(drawing.display, None, NULL);
  glXDestroyContext(drawing.display, drawing.context);
  XSync(drawing.display, False);
  check(bad_contexts == 0, "destroyed once");
  glXDestroyContext(drawing.display, drawing.context);
  XSync(drawing.display, False);
  check(bad_contexts == 1, "destroyed twice: error %d", last_error);

  struct drawing last = begin();
  check(use(&last), "current");
  frame(&last);
  XDestroyWindow(last.display, last.window);
  XSync(last.display, False);
  glClear(GL_COLOR_BUFFER_BIT);
  glFinish();
  check(glXMakeCurrent(last.display, None, NULL), "a window is let go of that is none any more");
  glXDestroyContext(last.display, last.context);
  XCloseDisplay(last.display);
  XCloseDisplay(drawing.display);
  return finish();
}
