#include "shaders.h"
#include <stdio.h>
#include <stdlib.h>

GLuint shader_of(GLenum type, const char *source) {
  char log[4096];
  GLint compiled = 0;
  const GLuint shader = glCreateShader(type);
  glShaderSource(shader, 1, &source, NULL);
  glCompileShader(shader);
  glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
  if (compiled)
    return shader;
  glGetShaderInfoLog(shader, sizeof log, NULL, log);
  printf("a shader does not compile: %s\nFAIL\n", log);
  exit(2);
}

void check_linked(GLuint program) {
  char log[4096];
  GLint linked = 0;
  glGetProgramiv(program, GL_LINK_STATUS, &linked);
  if (linked)
    return;
  glGetProgramInfoLog(program, sizeof log, NULL, log);
  printf("a program does not link: %s\nFAIL\n", log);
  exit(2);
}

static void attach(GLuint program, GLenum type, const char *source) {
  if (!source)
    return;
  const GLuint shader = shader_of(type, source);
  glAttachShader(program, shader);
  glDeleteShader(shader);
}

GLuint program_of(const char *vertex, const char *fragment) {
  const GLuint program = glCreateProgram();
  attach(program, GL_VERTEX_SHADER, vertex);
  attach(program, GL_FRAGMENT_SHADER, fragment);
  glLinkProgram(program);
  check_linked(program);
  return program;
}

GLuint compute_program_of(const char *source) {
  const GLuint program = glCreateProgram();
  attach(program, GL_COMPUTE_SHADER, source);
  glLinkProgram(program);
  check_linked(program);
  return program;
}
