/* A program of more variables than fit one answer of the host: each is asked for by its name, and set. */
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>

static const char VERTEX[] = "#version 430 core\n"
                             "struct Lamp { float brightness_in_candela; float reach_in_metres; "
                             "vec2 direction_on_the_floor; };\n"
                             "uniform Lamp lamps_along_the_corridor[500];\n"
                             "out float shade;\n"
                             "void main() {\n"
                             "  float sum = 0.0;\n"
                             "  for (int i = 0; i < 500; i++) {\n"
                             "    Lamp lamp = lamps_along_the_corridor[i];\n"
                             "    sum += lamp.brightness_in_candela + lamp.reach_in_metres + "
                             "lamp.direction_on_the_floor.y;\n"
                             "  }\n"
                             "  shade = sum;\n"
                             "  gl_Position = vec4(0.0, 0.0, 0.0, 1.0);\n"
                             "}\n";
static const char FRAGMENT[] = "#version 430 core\n"
                               "in float shade; out vec4 colour;\n"
                               "void main() { colour = vec4(shade / 4000.0, 0.5, 1.0, 1.0); }\n";

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 4, 5);
  const GLuint target = headless_target(1, 1);
  const GLuint program = program_of(VERTEX, FRAGMENT);
  GLint uniforms = 0;
  glGetProgramiv(program, GL_ACTIVE_UNIFORMS, &uniforms);
  printf("%d uniforms\n", uniforms);
  check(uniforms == 1500, "three of each lamp");
  glUseProgram(program);
  for (GLint i = 0; i < uniforms; i++) {
    char name[128] = "";
    GLint size = 0;
    GLenum type = 0;
    glGetActiveUniform(program, i, sizeof name, NULL, &size, &type, name);
    const GLint location = glGetUniformLocation(program, name);
    if (i % 100 == 0)
      printf("%s: 0x%x x %d, location %d\n", name, type, size, location);
    if (type == GL_FLOAT_VEC2)
      glUniform2f(location, -1.0f, 2.0f);
    else
      glUniform1f(location, 1.0f);
  }
  GLuint vertices;
  GLubyte colour[4] = {0};
  glGenVertexArrays(1, &vertices);
  glBindVertexArray(vertices);
  glDrawArrays(GL_POINTS, 0, 1);
  glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, colour);
  printf("target %u: %d %d\n", target, colour[0], colour[1]);
  check(colour[0] == 128 || colour[0] == 127, "500 x (1 + 1 + 2) of 4000");
  check_error(GL_NO_ERROR, "at the end");
  const int status = finish();
  headless_close(&headless);
  return status;
}
