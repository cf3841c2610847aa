/* Draws, without a window, until its context is lost, which it asked to be told of. Then every question that a program
 * may ask over and over has an answer that ends the asking. */
#include "common/headless.h"
#include <EGL/eglext.h>
#include <stdio.h>
#include <stdlib.h>

static EGLContext make_robust(const struct headless *headless) {
  static const EGLint WANTED[] = {EGL_CONTEXT_MAJOR_VERSION,
                                  4,
                                  EGL_CONTEXT_MINOR_VERSION,
                                  5,
                                  EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY,
                                  EGL_LOSE_CONTEXT_ON_RESET,
                                  EGL_NONE};
  return eglCreateContext(headless->display, headless->config, EGL_NO_CONTEXT, WANTED);
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  const EGLContext robust = make_robust(&headless);
  if (!eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, robust)) {
    printf("no robust context\nFAIL\n");
    return 2;
  }
  headless_target(16, 16);
  GLuint query, available = 0;
  glGenQueries(1, &query);
  GLsync fence = NULL;
  printf("ready\n");
  fflush(stdout);
  while (glGetGraphicsResetStatus() == GL_NO_ERROR) {
    glDeleteSync(fence);
    fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
    glBeginQuery(GL_SAMPLES_PASSED, query);
    glClear(GL_COLOR_BUFFER_BIT);
    glEndQuery(GL_SAMPLES_PASSED);
    glFinish();
  }
  int failed = 0;
  GLint reached = 0;
  while (!available)
    glGetQueryObjectuiv(query, GL_QUERY_RESULT_AVAILABLE, &available);
  while (reached != GL_SIGNALED)
    glGetSynciv(fence, GL_SYNC_STATUS, 1, NULL, &reached);
  failed |= glClientWaitSync(fence, GL_SYNC_FLUSH_COMMANDS_BIT, 1000) != GL_WAIT_FAILED;
  failed |= glGetError() != GL_CONTEXT_LOST;
  failed |= glGetGraphicsResetStatus() == GL_NO_ERROR;
  failed |= !eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  failed |= glGetError() != GL_NO_ERROR;
  failed |= eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, robust) == EGL_TRUE;
  failed |= eglGetError() != EGL_CONTEXT_LOST;
  failed |= eglCreateContext(headless.display, headless.config, EGL_NO_CONTEXT, NULL) != NULL;
  failed |= eglGetError() != EGL_CONTEXT_LOST;
  eglDestroyContext(headless.display, robust);
  printf("%s\n", failed ? "FAIL" : "PASS");
  return failed;
}
