/* Fences and queries: samples, primitives, time; results at once, later, and into a buffer; conditional drawing. */
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>

enum { SIZE = 32, LONG_NS = 2000000000 };

static GLuint half(void) {
  return program_of("#version 450 core\n"
                    "void main() {\n"
                    "  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);\n"
                    "  gl_Position = vec4(corner * vec2(1, 2) - 1, gl_InstanceID * 0.25, 1);\n"
                    "}\n",
                    "#version 450 core\n"
                    "out vec4 colour;\n"
                    "void main() { colour = vec4(1); }\n");
}

static void draw(int instances) { glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, instances); }

static void samples(void) {
  GLuint queries[2], counted = 0, available = 0;
  glGenQueries(2, queries);
  check(!glIsQuery(queries[0]), "a query that has not begun is none yet");
  glBeginQuery(GL_SAMPLES_PASSED, queries[0]);
  draw(1);
  glEndQuery(GL_SAMPLES_PASSED);
  check(glIsQuery(queries[0]), "a query");
  glBeginQuery(GL_SAMPLES_PASSED, queries[1]);
  glEndQuery(GL_SAMPLES_PASSED);
  while (!available)
    glGetQueryObjectuiv(queries[0], GL_QUERY_RESULT_AVAILABLE, &available);
  glGetQueryObjectuiv(queries[0], GL_QUERY_RESULT, &counted);
  check(counted == SIZE * SIZE / 2, "%u samples of a half", counted);
  glGetQueryObjectuiv(queries[1], GL_QUERY_RESULT, &counted);
  check(counted == 0, "%u samples of nothing", counted);

  glClear(GL_COLOR_BUFFER_BIT);
  glBeginConditionalRender(queries[1], GL_QUERY_WAIT);
  draw(1);
  glEndConditionalRender();
  check_pixel(4, 4, 0, 0, 0, "drawn on condition that something else was");
  glBeginConditionalRender(queries[0], GL_QUERY_WAIT);
  draw(1);
  glEndConditionalRender();
  check_pixel(4, 4, 255, 255, 255, "drawn on a condition that holds");
  glDeleteQueries(2, queries);
}

static void into_a_buffer(void) {
  GLuint query, buffer, words[2] = {0, 77};
  glGenQueries(1, &query);
  glBeginQuery(GL_PRIMITIVES_GENERATED, query);
  draw(3);
  glEndQuery(GL_PRIMITIVES_GENERATED);
  glGenBuffers(1, &buffer);
  glBindBuffer(GL_QUERY_BUFFER, buffer);
  glBufferData(GL_QUERY_BUFFER, sizeof words, words, GL_STREAM_READ);
  glGetQueryObjectuiv(query, GL_QUERY_RESULT, NULL); /* offset 0 of the buffer */
  glGetBufferSubData(GL_QUERY_BUFFER, 0, sizeof words, words);
  glBindBuffer(GL_QUERY_BUFFER, 0);
  check(words[0] == 6 && words[1] == 77, "%u primitives in the buffer, then %u", words[0],
        words[1]);
  glDeleteBuffers(1, &buffer);
  glDeleteQueries(1, &query);
}

static void times(void) {
  GLuint queries[2];
  GLuint64 first = 0, second = 0;
  GLint64 now = 0;
  GLint bits = 0;
  glGetQueryiv(GL_TIMESTAMP, GL_QUERY_COUNTER_BITS, &bits);
  check(bits >= 32, "%d bits of time", bits);
  glGenQueries(2, queries);
  glQueryCounter(queries[0], GL_TIMESTAMP);
  draw(50);
  glQueryCounter(queries[1], GL_TIMESTAMP);
  glGetQueryObjectui64v(queries[0], GL_QUERY_RESULT, &first);
  glGetQueryObjectui64v(queries[1], GL_QUERY_RESULT, &second);
  glGetInteger64v(GL_TIMESTAMP, &now);
  check(first > 0 && first <= second, "time goes on");
  check(now > 0 && second <= (GLuint64)now, "what is over is past");
  glDeleteQueries(2, queries);
}

static void fences(void) {
  GLint value = 0;
  const GLsync fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  check(fence && glIsSync(fence), "a fence");
  glGetSynciv(fence, GL_OBJECT_TYPE, 1, NULL, &value);
  check(value == GL_SYNC_FENCE, "a fence's type");
  draw(20);
  glWaitSync(fence, 0, GL_TIMEOUT_IGNORED);
  const GLenum waited = glClientWaitSync(fence, GL_SYNC_FLUSH_COMMANDS_BIT, LONG_NS);
  check(waited == GL_CONDITION_SATISFIED || waited == GL_ALREADY_SIGNALED, "waited: 0x%x", waited);
  glGetSynciv(fence, GL_SYNC_STATUS, 1, NULL, &value);
  check(value == GL_SIGNALED, "a fence that was waited for is signaled");
  check(glClientWaitSync(fence, 0, 0) == GL_ALREADY_SIGNALED, "waited for again");
  glDeleteSync(fence);
  check(!glIsSync(fence), "a deleted fence is none");
  check(glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 1) == NULL, "flags that do not exist");
  check_error(GL_INVALID_VALUE, "flags that do not exist");
  check(glClientWaitSync((GLsync)0x1234, 0, 0) == GL_WAIT_FAILED, "a fence out of thin air");
  check_error(GL_INVALID_VALUE, "a fence out of thin air");
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  GLuint array;
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  headless_target(SIZE, SIZE);
  glUseProgram(half());
  samples();
  into_a_buffer();
  times();
  fences();
  const int status = finish();
  headless_close(&headless);
  return status;
}
