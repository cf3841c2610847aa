// gpuferry-bench-gl: what calls of OpenGL cost, measured inside the program that makes them. A worker, see
// common/worker.h; needs an X server. What the cases measure is told in docs/benchmarks.md.
#define GL_GLEXT_PROTOTYPES
#include <GL/glx.h>

#include <GL/glext.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/worker.h"
#include "gl/window.h"

/// Calls of one sample; those of a warm-up are not counted.
#define BURST 200000
#define WARM_UP 20000

static GLint uniform;
static GLuint textures[2];

static void uniforms(int count) {
  for (int i = 0; i < count; i++)
    glUniform1f(uniform, (GLfloat)i);
}

static void attributes(int count) {
  for (int i = 0; i < count; i++)
    glVertexAttrib4f(3, (GLfloat)i, 0, 1, 2);
}

static void toggles(int count) {
  for (int i = 0; i < count; i += 2) {
    glEnable(GL_BLEND);
    glDisable(GL_BLEND);
  }
}

static void binds(int count) {
  for (int i = 0; i < count; i++)
    glBindTexture(GL_TEXTURE_2D, textures[i & 1]);
}

static const struct {
  const char *name;
  void (*make)(int count);
} KINDS[] = {
    {"uniforms", uniforms}, {"attributes", attributes}, {"toggles", toggles}, {"binds", binds}};

static void prepare_state(void) {
  const char *vertex = "#version 330 core\nuniform float value;\n"
                       "void main() { gl_Position = vec4(value); }\n";
  const GLuint program = glCreateProgram(), shader = glCreateShader(GL_VERTEX_SHADER);
  glShaderSource(shader, 1, &vertex, NULL);
  glCompileShader(shader);
  glAttachShader(program, shader);
  glLinkProgram(program);
  glUseProgram(program);
  uniform = glGetUniformLocation(program, "value");
  glGenTextures(2, textures);
}

/// A sample is a call's share of a burst that is waited for. Argument: the kind of call.
static void small_calls(struct bench_run *run) {
  struct bench_window window = bench_window_open(64, 64);
  run->error = window.error;
  for (size_t kind = 0; run->error == NULL && kind < sizeof KINDS / sizeof *KINDS; kind++) {
    if (strcmp(KINDS[kind].name, run->argument) != 0)
      continue;
    prepare_state();
    KINDS[kind].make(WARM_UP);
    glFinish();
    while (run->taken < run->samples) {
      const uint64_t start_ns = bench_now_ns();
      KINDS[kind].make(BURST);
      glFinish();
      bench_sample(run, (double)(bench_now_ns() - start_ns) / BURST);
    }
    run->calls = WARM_UP + run->samples * BURST;
    if (glGetError() != GL_NO_ERROR)
      run->error = "a call failed";
  }
  if (run->error == NULL && run->taken == 0)
    run->error = "no such kind of call";
  bench_window_close(&window);
}

static unsigned long pixel_in_x(const struct bench_window *window) {
  XImage *image = XGetImage(window->display, window->id, 0, 0, 1, 1, AllPlanes, ZPixmap);
  const unsigned long pixel = XGetPixel(image, 0, 0) & 0xffffff;
  XDestroyImage(image);
  return pixel;
}

/// A sample is the time from glXSwapBuffers until X shows the frame's colour. Argument: WIDTHxHEIGHT.
static void swap_latency(struct bench_run *run) {
  int width = 0, height = 0;
  if (sscanf(run->argument, "%dx%d", &width, &height) != 2) {
    run->error = "no size";
    return;
  }
  struct bench_window window = bench_window_open(width, height);
  run->error = window.error;
  for (unsigned long frame = 1; run->error == NULL && run->taken < run->samples; frame++) {
    const unsigned long red = frame % 255 + 1;
    glClearColor((float)red / 255, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    const uint64_t start_ns = bench_now_ns();
    glXSwapBuffers(window.display, window.id);
    while (pixel_in_x(&window) != red << 16)
      if (bench_now_ns() - start_ns > 2000000000u) {
        run->error = "a frame did not appear within two seconds";
        break;
      }
    if (frame > 5) // the first frames find buffers
      bench_sample(run, (double)(bench_now_ns() - start_ns));
  }
  run->calls = run->samples;
  bench_window_close(&window);
}

int main(void) {
  static const struct bench_case CASES[] = {
      {"small_calls", small_calls}, {"swap_latency", swap_latency}, {NULL, NULL}};
  return bench_serve(CASES);
}
