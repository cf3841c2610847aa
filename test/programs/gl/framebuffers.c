/* Framebuffer objects: several colours at once, multisampling and its resolve, blits, depth and stencil, layers. */
#include "common/headless.h"
#include "common/shaders.h"
#include <string.h>

enum { SIZE = 48 };

static const char VERTEX[] =
    "#version 330 core\n"
    "const vec2 PLACES[3] = vec2[3](vec2(-0.9, -0.7), vec2(0.8, -0.3), vec2(0.1, 0.9));\n"
    "uniform float depth;\n"
    "void main() { gl_Position = vec4(PLACES[gl_VertexID], depth, 1.0); }\n";
static const char FRAGMENT[] = "#version 330 core\n"
                               "layout(location = 0) out vec4 first;\n"
                               "layout(location = 1) out uvec4 second;\n"
                               "uniform vec4 colour;\n"
                               "void main() {\n"
                               "  first = colour;\n"
                               "  second = uvec4(gl_FragCoord.xy, 7u, 9u);\n"
                               "}\n";

static GLuint renderbuffer(GLenum format, int samples) {
  GLuint name;
  glGenRenderbuffers(1, &name);
  glBindRenderbuffer(GL_RENDERBUFFER, name);
  glRenderbufferStorageMultisample(GL_RENDERBUFFER, samples, format, SIZE, SIZE);
  return name;
}

static void attach(GLenum point, GLuint name) {
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, point, GL_RENDERBUFFER, name);
}

static GLuint target(int samples, GLuint *integers) {
  GLuint framebuffer;
  const GLenum both[2] = {GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1};
  glGenFramebuffers(1, &framebuffer);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  attach(GL_COLOR_ATTACHMENT0, renderbuffer(GL_RGBA8, samples));
  *integers = renderbuffer(GL_RGBA16UI, samples);
  attach(GL_COLOR_ATTACHMENT1, *integers);
  attach(GL_DEPTH_STENCIL_ATTACHMENT, renderbuffer(GL_DEPTH24_STENCIL8, samples));
  glDrawBuffers(2, both);
  check(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE, "complete");
  return framebuffer;
}

static void draw(GLuint program) {
  const GLfloat clear[4] = {0.1f, 0.2f, 0.3f, 1};
  const GLuint zero[4] = {0};
  glClearBufferfv(GL_COLOR, 0, clear);
  glClearBufferuiv(GL_COLOR, 1, zero);
  glClearBufferfi(GL_DEPTH_STENCIL, 0, 0.5f, 3);
  glUseProgram(program);
  glEnable(GL_DEPTH_TEST);
  glEnable(GL_STENCIL_TEST);
  glStencilFunc(GL_EQUAL, 3, 255);
  glStencilOp(GL_KEEP, GL_INCR, GL_INVERT);
  for (int i = 0; i < 3; i++) {
    glUniform4f(glGetUniformLocation(program, "colour"), i == 0, i == 1, i == 2, 1);
    glUniform1f(glGetUniformLocation(program, "depth"), 0.4f * i - 0.4f);
    glDrawArrays(GL_TRIANGLES, 0, 3);
  }
}

static void read_depth_and_stencil(void) {
  static GLuint both[SIZE * SIZE];
  static GLfloat depth[SIZE * SIZE];
  static GLubyte stencil[SIZE * SIZE];
  glReadPixels(0, 0, SIZE, SIZE, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, both);
  checksum("depth and stencil", both, sizeof both);
  glReadPixels(0, 0, SIZE, SIZE, GL_DEPTH_COMPONENT, GL_FLOAT, depth);
  checksum("depth", depth, sizeof depth);
  glReadPixels(0, 0, SIZE, SIZE, GL_STENCIL_INDEX, GL_UNSIGNED_BYTE, stencil);
  checksum("stencil", stencil, sizeof stencil);
}

static void read_integers(const char *name) {
  static GLushort pixels[SIZE * SIZE * 4];
  glReadBuffer(GL_COLOR_ATTACHMENT1);
  glReadPixels(0, 0, SIZE, SIZE, GL_RGBA_INTEGER, GL_UNSIGNED_SHORT, pixels);
  checksum(name, pixels, sizeof pixels);
  glReadBuffer(GL_COLOR_ATTACHMENT0);
}

static void single(GLuint program) {
  GLuint integers;
  const GLuint framebuffer = target(0, &integers);
  draw(program);
  checksum_pixels("colour", SIZE, SIZE);
  read_integers("integers");
  read_depth_and_stencil();
  GLint size = 0;
  glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT,
                                        GL_FRAMEBUFFER_ATTACHMENT_DEPTH_SIZE, &size);
  check(size == 24, "%d bits of depth", size);
  attach(GL_COLOR_ATTACHMENT1, 0);
  glDeleteRenderbuffers(1, &integers);
  check(glIsFramebuffer(framebuffer) && !glIsRenderbuffer(integers), "names that are and are not");
}

static void multisampled(GLuint program) {
  GLuint integers, resolved_integers;
  const GLuint many = target(4, &integers);
  draw(program);
  glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, &integers);
  check_error(GL_INVALID_OPERATION, "many samples are read");
  const GLuint one = target(0, &resolved_integers);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, many);
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, one);
  glDrawBuffer(GL_COLOR_ATTACHMENT0);
  glBlitFramebuffer(0, 0, SIZE, SIZE, 0, 0, SIZE, SIZE, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, one);
  checksum_pixels("resolved", SIZE, SIZE);
  glBlitFramebuffer(0, 0, 20, 20, SIZE, SIZE, 8, 8, GL_COLOR_BUFFER_BIT, GL_LINEAR);
  checksum_pixels("stretched and turned", SIZE, SIZE);
}

static void layered(GLuint program) {
  static unsigned char pixels[SIZE * SIZE * 4 * 3];
  GLuint texture, framebuffer;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D_ARRAY, texture);
  glTexImage3D(GL_TEXTURE_2D_ARRAY, 0, GL_RGBA8, SIZE, SIZE, 3, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
  glGenFramebuffers(1, &framebuffer);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  glDisable(GL_STENCIL_TEST);
  glUseProgram(program);
  for (int layer = 0; layer < 3; layer++) {
    glFramebufferTextureLayer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, texture, 0, layer);
    glClearColor(0.25f * layer, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    glUniform4f(glGetUniformLocation(program, "colour"), 0, 0.3f * layer, 1, 1);
    glDrawArrays(GL_TRIANGLES, 0, 3);
  }
  glGetTexImage(GL_TEXTURE_2D_ARRAY, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  checksum("layers", pixels, sizeof pixels);
}

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_API, 3, 3);
  GLuint array;
  glGenVertexArrays(1, &array);
  glBindVertexArray(array);
  glViewport(0, 0, SIZE, SIZE);
  const GLuint program = program_of(VERTEX, FRAGMENT);
  single(program);
  multisampled(program);
  layered(program);
  const int status = finish();
  headless_close(&headless);
  return status;
}
