/* Several contexts: shared between threads, moved from one to another, each with state of its own; none at all. */
#include "common/headless.h"
#include "common/shaders.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, SIZE = 32, ROUNDS = 20 };

static struct headless headless;
static GLuint shared_program, shared_texture;

struct worker {
  pthread_t thread;
  EGLContext context;
  int number;
  GLuint texture;
  GLsync done;
  unsigned char pixels[SIZE * SIZE * 4];
};

static void draw(float red) {
  GLuint array;
  glGenVertexArrays(1, &array); /* belongs to its context alone */
  glBindVertexArray(array);
  glUseProgram(shared_program);
  glUniform1i(glGetUniformLocation(shared_program, "image"), 0);
  glBindTexture(GL_TEXTURE_2D, shared_texture);
  glClearColor(red, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glDeleteVertexArrays(1, &array);
}

static void *work(void *argument) {
  struct worker *worker = argument;
  eglBindAPI(EGL_OPENGL_API);
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, worker->context);
  headless_target(SIZE, SIZE);
  for (int round = 0; round < ROUNDS; round++)
    draw((float)worker->number / THREADS);
  glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, worker->pixels);
  glGenTextures(1, &worker->texture);
  glBindTexture(GL_TEXTURE_2D, worker->texture);
  glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 0, 0, SIZE, SIZE, 0);
  worker->done = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  glFlush();
  check_error(GL_NO_ERROR, "a worker");
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  return NULL;
}

static void make_shared(void) {
  static const char VERTEX[] =
      "#version 330 core\n"
      "void main() {\n"
      "  gl_Position = vec4(gl_VertexID == 1 ? 1 : -0.5, gl_VertexID == 2 ? 0.8 : -0.6, 0, 1);\n"
      "}\n";
  static const char FRAGMENT[] =
      "#version 330 core\n"
      "uniform sampler2D image; out vec4 colour;\n"
      "void main() { colour = texture(image, gl_FragCoord.xy / 32.0); }\n";
  GLuint pixels[64];
  for (int i = 0; i < 64; i++)
    pixels[i] = pattern(i) | 0xff000000u;
  shared_program = program_of(VERTEX, FRAGMENT);
  glGenTextures(1, &shared_texture);
  glBindTexture(GL_TEXTURE_2D, shared_texture);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 8, 8, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glFinish();
}

static void in_threads(void) {
  static struct worker workers[THREADS];
  static unsigned char seen[SIZE * SIZE * 4];
  for (int i = 0; i < THREADS; i++) {
    workers[i].number = i;
    workers[i].context = headless_share(&headless, EGL_OPENGL_API, 3, 3);
    check(workers[i].context != EGL_NO_CONTEXT, "a shared context");
    pthread_create(&workers[i].thread, NULL, work, &workers[i]);
  }
  for (int i = 0; i < THREADS; i++) {
    char name[32];
    struct worker *worker = &workers[i];
    pthread_join(worker->thread, NULL);
    snprintf(name, sizeof name, "thread %d", i);
    checksum(name, worker->pixels, sizeof worker->pixels);
    glWaitSync(worker->done, 0, GL_TIMEOUT_IGNORED);
    glDeleteSync(worker->done);
    glBindTexture(GL_TEXTURE_2D, worker->texture);
    glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, seen);
    check(memcmp(seen, worker->pixels, sizeof seen) == 0, "thread %d's texture is seen here", i);
    eglDestroyContext(headless.display, worker->context);
  }
}

/* State stays with its context, wherever that is current. */
static void *look(void *argument) {
  GLint width[4] = {0};
  eglBindAPI(EGL_OPENGL_API);
  check(glGetError() == 0 && glIsTexture(shared_texture) == GL_FALSE, "without a context");
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, argument);
  glGetIntegerv(GL_VIEWPORT, width);
  check(width[2] == 123, "the viewport is %d wide in another thread", width[2]);
  check(glIsTexture(shared_texture), "the shared texture is one in another thread");
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  return NULL;
}

static void moved(void) {
  pthread_t thread;
  GLint width[4] = {0};
  const EGLContext other = headless_share(&headless, EGL_OPENGL_API, 3, 3);
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, other);
  glViewport(0, 0, 123, 45);
  eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, headless.context);
  glGetIntegerv(GL_VIEWPORT, width);
  check(width[2] != 123, "viewports are of their contexts");
  pthread_create(&thread, NULL, look, other);
  pthread_join(thread, NULL);
  pthread_create(&thread, NULL, look, other);
  pthread_join(thread, NULL);
  eglDestroyContext(headless.display, other);
}

/* A context's first words to the host stand where other calls stood before, in a thread that has made many. */
static void after_many_calls(void) {
  for (int i = 0; i < 400000; i++)
    glVertexAttrib4f(3, 1, -1, 2, (float)i);
  for (int i = 0; i < 3; i++) {
    const EGLContext other = headless_share(&headless, EGL_OPENGL_API, 3, 3);
    check(eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, other),
          "a context after many calls is made current");
    check(glGetString(GL_VERSION) != NULL && glGetError() == GL_NO_ERROR, "and says what it is");
    eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, headless.context);
    eglDestroyContext(headless.display, other);
    for (int j = 0; j < 1000 + i; j++)
      glVertexAttrib4f(3, 1, -1, 2, (float)j);
  }
}

int main(void) {
  headless = headless_open(EGL_OPENGL_API, 3, 3);
  headless_target(SIZE, SIZE);
  make_shared();
  in_threads();
  moved();
  after_many_calls();
  const int status = finish();
  headless_close(&headless);
  return status;
}
