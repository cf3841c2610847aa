/* Vertices and indices in the application's own memory, in every layout, changed right after the draw. */
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 64 };

struct vertex {
  GLfloat place[2];
  GLubyte colour[4];
  char padding[5]; /* a stride that is no multiple of anything */
} __attribute__((packed));

static struct vertex square[4];

static void fill_square(float left, float bottom, float size, uint32_t seed) {
  for (int i = 0; i < 4; i++) {
    square[i].place[0] = left + (i == 1 || i == 2 ? size : 0);
    square[i].place[1] = bottom + (i >= 2 ? size : 0);
    for (int channel = 0; channel < 4; channel++)
      square[i].colour[channel] = pattern(seed + 4 * i + channel) >> 24;
  }
}

static void point_at_square(void) {
  glVertexPointer(2, GL_FLOAT, sizeof(struct vertex), square[0].place);
  glColorPointer(4, GL_UNSIGNED_BYTE, sizeof(struct vertex), square[0].colour);
  glEnableClientState(GL_VERTEX_ARRAY);
  glEnableClientState(GL_COLOR_ARRAY);
}

static void element_draws(void) {
  GLubyte bytes[] = {0, 1, 2, 0, 2, 3};
  GLushort shorts[] = {0, 1, 2, 0, 2, 3};
  GLuint ints[] = {0, 1, 2, 0, 2, 3};
  fill_square(-1, -1, 0.9f, 1);
  glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_BYTE, bytes);
  fill_square(0.1f, -1, 0.9f, 2);
  glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_SHORT, shorts);
  fill_square(-1, 0.1f, 0.9f, 3);
  glDrawRangeElements(GL_TRIANGLES, 0, 3, 6, GL_UNSIGNED_INT, ints);
  fill_square(0.1f, 0.1f, 0.9f, 4);
  glDrawElementsBaseVertex(GL_TRIANGLES, 6, GL_UNSIGNED_BYTE, bytes, 0);
  memset(bytes, 77, sizeof bytes);
  memset(square, 0x55, sizeof square);
  checksum_pixels("elements", SIZE, SIZE);
}

static void array_draws(void) {
  const GLint firsts[2] = {0, 1};
  const GLsizei counts[2] = {3, 3};
  GLfloat interleaved[4][8] = {0}; /* GL_T2F_C3F_V3F */
  glClear(GL_COLOR_BUFFER_BIT);
  fill_square(-1, -1, 1, 5);
  glDrawArrays(GL_TRIANGLE_FAN, 0, 4);
  fill_square(0, 0, 1, 6);
  glMultiDrawArrays(GL_TRIANGLES, firsts, counts, 2);
  for (int i = 0; i < 4; i++) {
    interleaved[i][2 + i % 3] = 1;
    interleaved[i][5] = i == 1 || i == 2 ? 1 : 0.25f;
    interleaved[i][6] = i >= 2 ? -0.25f : -1;
  }
  glInterleavedArrays(GL_T2F_C3F_V3F, 0, interleaved);
  glDrawArrays(GL_QUADS, 0, 4);
  glDisableClientState(GL_TEXTURE_COORD_ARRAY);
  point_at_square();
  fill_square(-0.9f, 0.2f, 0.6f, 7);
  glBegin(GL_POLYGON);
  for (int i = 0; i < 4; i++)
    glArrayElement(i);
  glEnd();
  checksum_pixels("arrays", SIZE, SIZE);
}

/* Half of the attributes in a buffer, half in memory, the indices in memory; and the other way round. */
static void mixed_draws(void) {
  const GLushort indices[] = {3, 2, 1, 3, 1, 0};
  GLuint buffers[2];
  glClear(GL_COLOR_BUFFER_BIT);
  glGenBuffers(2, buffers);
  fill_square(-0.8f, -0.8f, 1.6f, 8);
  glBindBuffer(GL_ARRAY_BUFFER, buffers[0]);
  glBufferData(GL_ARRAY_BUFFER, sizeof square, square, GL_STATIC_DRAW);
  glVertexPointer(2, GL_FLOAT, sizeof(struct vertex), NULL);
  glBindBuffer(GL_ARRAY_BUFFER, 0);
  glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_SHORT, indices);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, buffers[1]);
  glBufferData(GL_ELEMENT_ARRAY_BUFFER, sizeof indices, indices, GL_STATIC_DRAW);
  fill_square(-0.3f, -0.3f, 0.6f, 9);
  point_at_square();
  glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_SHORT, NULL);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
  glDeleteBuffers(2, buffers);
  checksum_pixels("mixed", SIZE, SIZE);
}

static void generic_attributes(void) {
  static const char VERTEX[] = "#version 130\n"
                               "in vec2 place; in ivec2 number; in vec4 each;\n"
                               "flat out vec4 shade;\n"
                               "void main() {\n"
                               "  shade = vec4(vec2(number) / 255.0, each.xy);\n"
                               "  gl_Position = vec4(place + each.zw, 0, 1);\n"
                               "}\n";
  static const char FRAGMENT[] = "#version 130\n"
                                 "flat in vec4 shade;\n"
                                 "void main() { gl_FragColor = shade; }\n";
  const GLdouble places[] = {-1, -1, 0, -1, 0, 0, -1, 0};
  const GLshort numbers[] = {10, 20, 30, 40, 50, 60, 70, 80};
  const GLfloat each[] = {0.1f, 0.2f, 0, 0, 0.3f, 0.4f, 1, 1, 0.5f, 0.6f, 0, 1};
  const GLuint program = program_of(VERTEX, FRAGMENT);
  const GLint place = glGetAttribLocation(program, "place");
  const GLint number = glGetAttribLocation(program, "number");
  const GLint instance = glGetAttribLocation(program, "each");
  glClear(GL_COLOR_BUFFER_BIT);
  glDisableClientState(GL_VERTEX_ARRAY);
  glDisableClientState(GL_COLOR_ARRAY);
  glUseProgram(program);
  glVertexAttribPointer(place, 2, GL_DOUBLE, GL_FALSE, 0, places);
  glVertexAttribIPointer(number, 2, GL_SHORT, 0, numbers);
  glVertexAttribPointer(instance, 4, GL_FLOAT, GL_FALSE, 0, each);
  glVertexAttribDivisor(instance, 1);
  glEnableVertexAttribArray(place);
  glEnableVertexAttribArray(number);
  glEnableVertexAttribArray(instance);
  glDrawArraysInstanced(GL_TRIANGLE_FAN, 0, 4, 3);
  void *pointer = NULL;
  glGetVertexAttribPointerv(place, GL_VERTEX_ATTRIB_ARRAY_POINTER, &pointer);
  check(pointer == places, "the pointer that was set");
  checksum_pixels("generic", SIZE, SIZE);
  glUseProgram(0);
  glDisableVertexAttribArray(place);
  glDisableVertexAttribArray(number);
  glDisableVertexAttribArray(instance);
}

/* More than fits any ring: 300,000 vertices in one draw. */
static void large_draw(void) {
  const int count = 300000;
  GLfloat *places = malloc(sizeof(GLfloat) * 2 * count);
  for (int i = 0; i < 2 * count; i++)
    places[i] = (pattern(i) >> 8) / 8388608.0f - 1;
  glClear(GL_COLOR_BUFFER_BIT);
  glColor3f(0, 1, 0);
  glEnableClientState(GL_VERTEX_ARRAY);
  glVertexPointer(2, GL_FLOAT, 0, places);
  glDrawArrays(GL_POINTS, 0, count);
  free(places);
  checksum_pixels("large", SIZE, SIZE);
}

int main(void) {
  struct headless headless = headless_open_compat(3, 3);
  headless_target(SIZE, SIZE);
  point_at_square();
  element_draws();
  array_draws();
  mixed_draws();
  generic_attributes();
  large_draw();
  const int status = finish();
  headless_close(&headless);
  return status;
}
