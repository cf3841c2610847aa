/* OpenGL ES 3.1 without a window: integer attributes, uniform blocks, transform feedback's buffers, compute, queries. */
#include "common/headless.h"
#include "common/shaders.h"

enum { SIZE = 32 };

static void draw(void) {
  static const char VERTEX[] =
      "#version 300 es\n"
      "layout(location = 0) in ivec2 place;\n"
      "layout(std140) uniform Block { vec4 shades[3]; } block;\n"
      "flat out vec4 shade; out vec2 where;\n"
      "void main() {\n"
      "  shade = block.shades[gl_InstanceID]; where = vec2(place);\n"
      "  gl_Position = vec4(vec2(place) * 0.5 + 0.2 * float(gl_InstanceID), 0, 1);\n"
      "}\n";
  static const char FRAGMENT[] = "#version 300 es\n"
                                 "precision highp float;\n"
                                 "flat in vec4 shade; in vec2 where; out vec4 colour;\n"
                                 "void main() { colour = shade * vec4(abs(where), 1, 1); }\n";
  static const GLbyte PLACES[] = {-1, -1, 1, -1, -1, 1, 1, 1};
  static const GLfloat SHADES[12] = {1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1};
  const GLuint program = program_of(VERTEX, FRAGMENT);
  GLuint buffers[2], query, passed = 0;
  glGenBuffers(2, buffers);
  glBindBuffer(GL_ARRAY_BUFFER, buffers[0]);
  glBufferData(GL_ARRAY_BUFFER, sizeof PLACES, PLACES, GL_STATIC_DRAW);
  glVertexAttribIPointer(0, 2, GL_BYTE, 0, NULL);
  glEnableVertexAttribArray(0);
  glBindBufferBase(GL_UNIFORM_BUFFER, 0, buffers[1]);
  glBufferData(GL_UNIFORM_BUFFER, sizeof SHADES, SHADES, GL_STATIC_DRAW);
  glUseProgram(program);
  glGenQueries(1, &query);
  glBeginQuery(GL_ANY_SAMPLES_PASSED, query);
  glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, 3);
  glEndQuery(GL_ANY_SAMPLES_PASSED);
  glGetQueryObjectuiv(query, GL_QUERY_RESULT, &passed);
  check(passed != 0, "samples passed");
  checksum_pixels("ES 3", SIZE, SIZE);
}

static void compute(void) {
  static const char SOURCE[] = "#version 310 es\n"
                               "layout(local_size_x = 16) in;\n"
                               "layout(std430, binding = 0) buffer Data { uint data[]; };\n"
                               "void main() { data[gl_GlobalInvocationID.x] *= 5u; }\n";
  GLuint buffer, words[64];
  const GLuint program = compute_program_of(SOURCE);
  for (int i = 0; i < 64; i++)
    words[i] = i + 1;
  glGenBuffers(1, &buffer);
  glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer);
  glBufferData(GL_SHADER_STORAGE_BUFFER, sizeof words, words, GL_DYNAMIC_COPY);
  glUseProgram(program);
  glDispatchCompute(4, 1, 1);
  glMemoryBarrier(GL_BUFFER_UPDATE_BARRIER_BIT);
  const GLuint *mapped =
      glMapBufferRange(GL_SHADER_STORAGE_BUFFER, 0, sizeof words, GL_MAP_READ_BIT);
  check(mapped && mapped[0] == 5 && mapped[63] == 320, "what the shader stored");
  glUnmapBuffer(GL_SHADER_STORAGE_BUFFER);
}

/* Vertices in memory, indices in a buffer: which vertices are meant is in the buffer alone, and OpenGL ES cannot be asked. */
static void indices_in_buffer(void) {
  static const char VERTEX[] =
      "attribute vec2 place; void main() { gl_Position = vec4(place, 0, 1); }";
  static const char FRAGMENT[] = "void main() { gl_FragColor = vec4(0, 0.5, 1, 1); }";
  static const GLfloat places[] = {9, 9, -1, -1, 1, -1, 9, 9, 1, 1, -1, 1};
  static const GLubyte indices[] = {0, 1, 2, 4, 1, 4, 5};
  GLuint buffer;
  const GLuint program = program_of(VERTEX, FRAGMENT);
  const GLint place = glGetAttribLocation(program, "place");
  glGenBuffers(1, &buffer);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, buffer);
  glBufferData(GL_ELEMENT_ARRAY_BUFFER, sizeof indices, indices, GL_STATIC_DRAW);
  glBindBuffer(GL_ARRAY_BUFFER, 0);
  glUseProgram(program);
  glVertexAttribPointer(place, 2, GL_FLOAT, GL_FALSE, 0, places);
  glEnableVertexAttribArray(place);
  glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_BYTE, (const void *)1);
  check_error(GL_NO_ERROR, "indices in a buffer");
  check_pixel(1, 1, 0, 128, 255, "the lower left");
  check_pixel(SIZE - 2, SIZE - 2, 0, 128, 255, "the upper right");
  glDisableVertexAttribArray(place);
}

/* A fence is waited for by threads without a context, too. Of OpenGL ES 1, which has none of its own, too. */
static void fences(const struct headless *headless, int major) {
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION, major, EGL_NONE};
  const EGLContext context =
      eglCreateContext(headless->display, headless->config, EGL_NO_CONTEXT, version);
  check(eglMakeCurrent(headless->display, EGL_NO_SURFACE, EGL_NO_SURFACE, context), "ES %d", major);
  const EGLSync sync = eglCreateSync(headless->display, EGL_SYNC_FENCE, NULL);
  check(sync != EGL_NO_SYNC, "ES %d's fence", major);
  glFlush();
  eglMakeCurrent(headless->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  const EGLint waited = eglClientWaitSync(headless->display, sync, 0, EGL_FOREVER);
  check(waited == EGL_CONDITION_SATISFIED, "waiting without a context gives 0x%x", waited);
  check(eglDestroySync(headless->display, sync), "it ends");
  eglDestroyContext(headless->display, context);
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_ES_API, 3, 1);
  headless_target(SIZE, SIZE);
  glClearColor(0.1f, 0.1f, 0.1f, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  draw();
  compute();
  glBindVertexArray(0);
  indices_in_buffer();
  for (int major = 1; major <= 3; major++)
    fences(&headless, major);
  const int status = finish();
  headless_close(&headless);
  return status;
}
