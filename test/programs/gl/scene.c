/* A lit torus over a chequered floor, turning by so much a frame, whatever the time: two runs draw the same pictures.
 *
 *   scene FRAMES [WIDTH HEIGHT]     draws so many and prints a checksum of the last one as X shows it; the frame rate
 *                                   goes to stderr
 *   scene 0 [WIDTH HEIGHT]          draws until it is killed; prints a line every 10 frames and, to stderr, a rate every
 *                                   second
 */
#include "common/shaders.h"
#include "common/window.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RINGS = 48, SIDES = 24, VERTICES = (RINGS + 1) * (SIDES + 1), INDICES = RINGS * SIDES * 6 };

static const char VERTEX[] =
    "#version 330 core\n"
    "layout(location = 0) in vec3 place; layout(location = 1) in vec3 normal;\n"
    "uniform mat4 model; uniform float aspect;\n"
    "out vec3 facing; out vec3 at;\n"
    "void main() {\n"
    "  vec4 world = model * vec4(place, 1);\n"
    "  facing = mat3(model) * normal; at = world.xyz;\n"
    "  vec3 eye = world.xyz - vec3(0, 1.2, 5);\n"
    "  gl_Position = vec4(eye.x * 1.8 / aspect, eye.y * 1.8 + 0.4, -1.02 * eye.z - 0.2, -eye.z);\n"
    "}\n";
static const char FRAGMENT[] =
    "#version 330 core\n"
    "in vec3 facing; in vec3 at; out vec4 colour;\n"
    "uniform sampler2D image; uniform bool textured;\n"
    "void main() {\n"
    "  vec3 n = normalize(facing), light = normalize(vec3(2, 4, 3));\n"
    "  float diffuse = max(dot(n, light), 0.0);\n"
    "  float shine = pow(max(dot(reflect(-light, n), normalize(vec3(0, 1.2, 5) - at)), 0.0), "
    "24.0);\n"
    "  vec3 base = textured ? texture(image, at.xz * 0.5).rgb : vec3(0.9, 0.35, 0.1);\n"
    "  colour = vec4(base * (0.2 + 0.8 * diffuse) + (textured ? 0.0 : shine), 1);\n"
    "}\n";

struct vertex {
  GLfloat place[3], normal[3];
};

static void make_torus(void) {
  static struct vertex vertices[VERTICES + 4];
  static GLushort indices[INDICES];
  GLuint buffers[2];
  for (int i = 0; i < VERTICES; i++) {
    const float around = 2 * (float)M_PI * (i / (SIDES + 1)) / RINGS;
    const float across = 2 * (float)M_PI * (i % (SIDES + 1)) / SIDES;
    const float normal[3] = {cosf(around) * cosf(across), sinf(across),
                             sinf(around) * cosf(across)};
    for (int axis = 0; axis < 3; axis++) {
      const float centre = axis == 0 ? cosf(around) : axis == 2 ? sinf(around) : 0;
      vertices[i].place[axis] = centre + 0.4f * normal[axis];
      vertices[i].normal[axis] = normal[axis];
    }
  }
  for (int i = 0; i < 4; i++)
    vertices[VERTICES + i] = (struct vertex){{i & 1 ? 4 : -4, -1, i & 2 ? 2 : -6}, {0, 1, 0}};
  for (int i = 0, at = 0; i < RINGS * SIDES; i++) {
    const int corner = i / SIDES * (SIDES + 1) + i % SIDES;
    const int quad[6] = {0, 1, SIDES + 1, 1, SIDES + 2, SIDES + 1};
    for (int k = 0; k < 6; k++)
      indices[at++] = corner + quad[k];
  }
  glGenBuffers(2, buffers);
  glBindBuffer(GL_ARRAY_BUFFER, buffers[0]);
  glBufferData(GL_ARRAY_BUFFER, sizeof vertices, vertices, GL_STATIC_DRAW);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, buffers[1]);
  glBufferData(GL_ELEMENT_ARRAY_BUFFER, sizeof indices, indices, GL_STATIC_DRAW);
  glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, sizeof(struct vertex), NULL);
  glVertexAttribPointer(1, 3, GL_FLOAT, GL_FALSE, sizeof(struct vertex), (void *)12);
  glEnableVertexAttribArray(0);
  glEnableVertexAttribArray(1);
}

static void make_floor_image(void) {
  static GLubyte texels[64][64][3];
  GLuint texture;
  for (int y = 0; y < 64; y++)
    for (int x = 0; x < 64; x++)
      memset(texels[y][x], ((x ^ y) & 32 ? 200 : 60) + pattern(y * 64 + x) % 20, 3);
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, 64, 64, 0, GL_RGB, GL_UNSIGNED_BYTE, texels);
  glGenerateMipmap(GL_TEXTURE_2D);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
}

static void draw(GLuint program, int frame) {
  const float a = 0.02f * frame, c = cosf(a), s = sinf(a), c2 = cosf(0.6f), s2 = sinf(0.6f);
  const GLfloat turned[16] = {c, s * s2,  -s * c2, 0, 0, c2, s2, 0,
                              s, -c * s2, c * c2,  0, 0, 0,  0,  1};
  const GLfloat straight[16] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
  const GLint model = glGetUniformLocation(program, "model");
  const GLint textured = glGetUniformLocation(program, "textured");
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glUniformMatrix4fv(model, 1, GL_FALSE, turned);
  glUniform1i(textured, 0);
  glDrawElements(GL_TRIANGLES, INDICES, GL_UNSIGNED_SHORT, NULL);
  glUniformMatrix4fv(model, 1, GL_FALSE, straight);
  glUniform1i(textured, 1);
  glDrawArrays(GL_TRIANGLE_STRIP, VERTICES, 4);
}

static double now_s(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

int main(int argc, char **argv) {
  const int frames = argc > 1 ? atoi(argv[1]) : 200;
  const struct window_options options = {.width = argc > 3 ? atoi(argv[2]) : 400,
                                         .height = argc > 3 ? atoi(argv[3]) : 300,
                                         .core_major = 3,
                                         .core_minor = 3};
  struct window window = window_open(&options);
  GLuint array;
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  const GLuint program = program_of(VERTEX, FRAGMENT);
  glUseProgram(program);
  glUniform1f(glGetUniformLocation(program, "aspect"), (float)options.width / options.height);
  make_torus();
  make_floor_image();
  glEnable(GL_DEPTH_TEST);
  glClearColor(0.35f, 0.5f, 0.7f, 1);
  const double started = now_s();
  double told = started;
  for (int frame = 0; frames == 0 || frame < frames; frame++) {
    draw(program, frame);
    glXSwapBuffers(window.display, window.id);
    if (frames == 0 && frame % 10 == 0) {
      const GLenum error = glGetError();
      printf("%d 0x%x\n", frame, error);
      fflush(stdout);
      if (now_s() - told >= 1) {
        told = now_s();
        fprintf(stderr, "%.1f frames per second\n", (frame + 1) / (told - started));
      }
    }
  }
  glXWaitGL();
  fprintf(stderr, "%.1f frames per second\n", frames / (now_s() - started));
  window_checksum(&window, "scene");
  const int status = finish();
  window_close(&window);
  return status;
}
