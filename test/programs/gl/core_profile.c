/* A core profile in a window: vertex arrays, uniform blocks, instances, base vertices, several frames. */
#include "common/shaders.h"
#include "common/window.h"
#include <stdio.h>

static const char VERTEX[] = "#version 330 core\n"
                             "layout(location = 0) in vec2 place;\n"
                             "layout(location = 1) in vec4 colour;\n"
                             "layout(location = 2) in vec2 offset;\n"
                             "layout(std140) uniform Scene { vec4 tint; mat2 turn; };\n"
                             "uniform float scale[2];\n"
                             "out vec4 shade;\n"
                             "void main() {\n"
                             "  shade = colour * tint;\n"
                             "  gl_Position = vec4(turn * place * scale[1] + offset, 0.0, 1.0);\n"
                             "}\n";
static const char FRAGMENT[] = "#version 330 core\n"
                               "in vec4 shade;\n"
                               "out vec4 colour;\n"
                               "void main() { colour = shade; }\n";

struct vertex {
  GLfloat x, y;
  GLubyte colour[4];
};

static const struct vertex VERTICES[] = {
    {9, 9, {0}}, /* skipped by the base vertex */
    {-1, -1, {255, 0, 0, 255}},
    {1, -1, {0, 255, 0, 255}},
    {1, 1, {0, 0, 255, 255}},
    {-1, 1, {255, 255, 255, 255}},
};
static const GLushort INDICES[] = {7, 7, 0, 1, 2, 0, 2, 3};
static const GLfloat OFFSETS[][2] = {{-0.5f, -0.5f}, {0.5f, -0.5f}, {0.5f, 0.5f}, {-0.5f, 0.5f}};

static void fill(GLenum target, const void *data, size_t bytes) {
  GLuint buffer;
  glGenBuffers(1, &buffer);
  glBindBuffer(target, buffer);
  glBufferData(target, bytes, data, GL_STATIC_DRAW);
}

static void set_arrays(void) {
  GLuint array;
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  fill(GL_ARRAY_BUFFER, VERTICES, sizeof VERTICES);
  glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(struct vertex), NULL);
  glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(struct vertex), (void *)8);
  fill(GL_ARRAY_BUFFER, OFFSETS, sizeof OFFSETS);
  glVertexAttribPointer(2, 2, GL_FLOAT, GL_FALSE, 0, NULL);
  glVertexAttribDivisor(2, 1);
  for (int i = 0; i < 3; i++)
    glEnableVertexAttribArray(i);
  fill(GL_ELEMENT_ARRAY_BUFFER, INDICES, sizeof INDICES);
}

static void draw_frame(int frame, GLuint scene) {
  const float c = frame == 2 ? 0 : 1, s = frame == 2 ? 1 : 0;
  const GLfloat block[12] = {1, 1, frame == 1 ? 0.5f : 1, 1, c, s, 0, 0, -s, c, 0, 0};
  glBindBuffer(GL_UNIFORM_BUFFER, scene);
  glBufferSubData(GL_UNIFORM_BUFFER, 0, sizeof block, block);
  glClearColor(0, 0.25f * frame, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glDrawElementsInstancedBaseVertex(GL_TRIANGLES, 6, GL_UNSIGNED_SHORT, (void *)4, 4, 1);
}

int main(void) {
  const struct window_options options = {
      .width = 256, .height = 192, .core_major = 3, .core_minor = 3};
  struct window window = window_open(&options);
  const GLuint program = program_of(VERTEX, FRAGMENT);
  glUseProgram(program);
  const GLfloat scale[2] = {0, 0.375f};
  glUniform1fv(glGetUniformLocation(program, "scale"), 2, scale);
  const GLuint block = glGetUniformBlockIndex(program, "Scene");
  glUniformBlockBinding(program, block, 3);

  GLuint scene;
  glGenBuffers(1, &scene);
  glBindBufferBase(GL_UNIFORM_BUFFER, 3, scene);
  glBufferData(GL_UNIFORM_BUFFER, 48, NULL, GL_DYNAMIC_DRAW);
  set_arrays();
  for (int frame = 0; frame < 3; frame++) {
    char name[32];
    draw_frame(frame, scene);
    check_pixel(128, 96, 0, frame * 64, 0, "the middle is clear");
    glXSwapBuffers(window.display, window.id);
    glXWaitGL();
    snprintf(name, sizeof name, "core_profile-%d", frame);
    window_checksum(&window, name);
  }
  const int status = finish();
  window_close(&window);
  return status;
}
