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

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_ES_API, 3, 1);
  headless_target(SIZE, SIZE);
  glClearColor(0.1f, 0.1f, 0.1f, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  draw();
  compute();
  const int status = finish();
  headless_close(&headless);
  return status;
}
