/* What a vertex shader computes, captured: interleaved and apart, paused, drawn again without a count, counted. */
#include "common/headless.h"
#include "common/shaders.h"

enum { COUNT = 60 };

static GLuint capturing(GLenum mode) {
  static const char *const NAMES[2] = {"doubled", "number"};
  static const char SOURCE[] = "#version 400 core\n"
                               "layout(location = 0) in float value;\n"
                               "out vec2 doubled; flat out int number;\n"
                               "void main() {\n"
                               "  doubled = vec2(value * 2.0, -value); number = gl_VertexID;\n"
                               "  gl_Position = vec4(value * 0.01 - 0.5, 0, 0, 1);\n"
                               "}\n";
  const GLuint program = glCreateProgram();
  glAttachShader(program, shader_of(GL_VERTEX_SHADER, SOURCE));
  glAttachShader(program,
                 shader_of(GL_FRAGMENT_SHADER,
                           "#version 400 core\nout vec4 c; void main() { c = vec4(1); }\n"));
  glTransformFeedbackVaryings(program, 2, NAMES, mode);
  glLinkProgram(program);
  check_linked(program);
  return program;
}

static void capture(GLenum mode, const char *name) {
  static GLfloat back[COUNT * 3];
  GLuint feedback, buffers[2], query, written = 0;
  const int separate = mode == GL_SEPARATE_ATTRIBS;
  const GLuint program = capturing(mode);
  GLsizei length = 0, size = 0;
  GLenum type = 0;
  char varying[16] = "";
  glGetTransformFeedbackVarying(program, 1, sizeof varying, &length, &size, &type, varying);
  check(type == GL_INT && length == 6 && size == 1, "what is captured second");
  glUseProgram(program);
  glGenTransformFeedbacks(1, &feedback);
  glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, feedback);
  glGenBuffers(2, buffers);
  for (int i = 0; i <= separate; i++) {
    glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, i, buffers[i]);
    glBufferData(GL_TRANSFORM_FEEDBACK_BUFFER, sizeof back, NULL, GL_STREAM_READ);
  }
  glGenQueries(1, &query);
  glBeginQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, query);
  glBeginTransformFeedback(GL_POINTS);
  glDrawArrays(GL_POINTS, 0, COUNT / 2);
  glPauseTransformFeedback();
  glDrawArrays(GL_POINTS, 0, 5);
  glResumeTransformFeedback();
  glDrawArrays(GL_POINTS, COUNT / 2, COUNT / 2);
  glEndTransformFeedback();
  glEndQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN);
  glGetQueryObjectuiv(query, GL_QUERY_RESULT, &written);
  check(written == COUNT, "%u points were written", written);
  for (int i = 0; i <= separate; i++) {
    const size_t bytes = sizeof(GLfloat) * COUNT * (separate ? 2 - i : 3);
    glBindBuffer(GL_TRANSFORM_FEEDBACK_BUFFER, buffers[i]);
    glGetBufferSubData(GL_TRANSFORM_FEEDBACK_BUFFER, 0, bytes, back);
    checksum(name, back, bytes);
  }
  glClear(GL_COLOR_BUFFER_BIT);
  glDrawTransformFeedback(GL_POINTS, feedback);
  checksum_pixels("drawn again", 64, 8);
  check_error(GL_NO_ERROR, name);
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 0);
  GLuint array, buffer;
  GLfloat values[COUNT];
  for (int i = 0; i < COUNT; i++)
    values[i] = (pattern(i) & 127);
  headless_target(64, 8);
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  glGenBuffers(1, &buffer);
  glBindBuffer(GL_ARRAY_BUFFER, buffer);
  glBufferData(GL_ARRAY_BUFFER, sizeof values, values, GL_STATIC_DRAW);
  glVertexAttribPointer(0, 1, GL_FLOAT, GL_FALSE, 0, NULL);
  glEnableVertexAttribArray(0);
  capture(GL_INTERLEAVED_ATTRIBS, "interleaved");
  capture(GL_SEPARATE_ATTRIBS, "apart");
  const int status = finish();
  headless_close(&headless);
  return status;
}
