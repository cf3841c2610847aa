/* Pixels read back: formats, types, pack state, pack buffers with fences, and what must stay untouched. */
#include "common/headless.h"
#include <stdlib.h>
#include <string.h>

enum { SIZE = 40, LARGE = 1024 };

static void draw(int size) {
  glViewport(0, 0, size, size);
  glBegin(GL_TRIANGLE_FAN);
  for (int i = 0; i < 9; i++) {
    glColor4f((i & 1) * 0.9f, (i & 2) * 0.4f, (i & 4) * 0.2f, 0.1f * i);
    glVertex2f((pattern(i) >> 8) / 8388608.0f - 1, (pattern(i + 100) >> 8) / 8388608.0f - 1);
  }
  glEnd();
}

static void formats(void) {
  static const struct {
    GLenum format, type;
    const char *name;
  } CASES[] = {
      {GL_RGBA, GL_UNSIGNED_BYTE, "RGBA bytes"},
      {GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, "BGRA packed"},
      {GL_RGB, GL_UNSIGNED_BYTE, "RGB bytes"},
      {GL_RGB, GL_UNSIGNED_SHORT_5_6_5, "565"},
      {GL_RED, GL_FLOAT, "red floats"},
      {GL_RGBA, GL_HALF_FLOAT, "halves"},
      {GL_LUMINANCE, GL_SHORT, "luminance shorts"},
      {GL_ALPHA, GL_UNSIGNED_INT, "alpha ints"},
      {GL_DEPTH_COMPONENT, GL_FLOAT, "depth"},
      {GL_STENCIL_INDEX, GL_UNSIGNED_BYTE, "stencil"},
  };
  static unsigned char pixels[SIZE * SIZE * 16];
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    memset(pixels, 0x5a, sizeof pixels);
    glReadPixels(1, 2, 33, 31, CASES[i].format, CASES[i].type, pixels);
    checksum(CASES[i].name, pixels, sizeof pixels);
  }
}

static void packed(void) {
  static unsigned char pixels[SIZE * SIZE * 8];
  memset(pixels, 0xa5, sizeof pixels);
  glPixelStorei(GL_PACK_ROW_LENGTH, 37);
  glPixelStorei(GL_PACK_SKIP_PIXELS, 5);
  glPixelStorei(GL_PACK_SKIP_ROWS, 3);
  glPixelStorei(GL_PACK_ALIGNMENT, 8);
  glReadPixels(2, 3, 11, 13, GL_RGB, GL_UNSIGNED_BYTE, pixels);
  checksum("within a larger image", pixels, sizeof pixels);
  glPixelStorei(GL_PACK_ROW_LENGTH, 0);
  glPixelStorei(GL_PACK_SKIP_PIXELS, 0);
  glPixelStorei(GL_PACK_SKIP_ROWS, 0);
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  glPixelTransferf(GL_RED_SCALE, 0.5f);
  glPixelTransferf(GL_GREEN_BIAS, 0.25f);
  checksum_pixels("scaled and biased", SIZE, SIZE);
  glPixelTransferf(GL_RED_SCALE, 1);
  glPixelTransferf(GL_GREEN_BIAS, 0);
  /* Outside of the framebuffer nothing is defined but that it does no harm: only the inside is looked at. */
  memset(pixels, 0, sizeof pixels);
  glReadPixels(-4, -4, 8, 8, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  checksum("a corner", pixels + 4 * (8 * 4 + 4), 16);
}

static void through_buffers(void) {
  static unsigned char pixels[SIZE * SIZE * 4];
  GLuint buffers[2];
  glGenBuffers(2, buffers);
  for (int i = 0; i < 2; i++) {
    glBindBuffer(GL_PIXEL_PACK_BUFFER, buffers[i]);
    glBufferData(GL_PIXEL_PACK_BUFFER, sizeof pixels + 256, NULL, GL_STREAM_READ);
    glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, (void *)(intptr_t)(128 * i));
    const GLsync fence = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
    const GLenum waited = glClientWaitSync(fence, GL_SYNC_FLUSH_COMMANDS_BIT, 5000000000ull);
    check(waited == GL_ALREADY_SIGNALED || waited == GL_CONDITION_SATISFIED, "a fence passes");
    glDeleteSync(fence);
    const void *mapped =
        glMapBufferRange(GL_PIXEL_PACK_BUFFER, 128 * i, sizeof pixels, GL_MAP_READ_BIT);
    check(mapped != NULL, "a pack buffer is mapped");
    if (mapped)
      checksum("from a buffer", mapped, sizeof pixels);
    glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
  }
  glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, (void *)(sizeof pixels));
  check_error(GL_INVALID_OPERATION, "pixels beyond their buffer");
  glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
}

static void large(void) {
  headless_target(LARGE, LARGE);
  glClear(GL_COLOR_BUFFER_BIT);
  draw(LARGE);
  checksum_pixels("4 MiB", LARGE, LARGE);
}

int main(void) {
  struct headless headless = headless_open_compat(3, 3);
  headless_target(SIZE, SIZE);
  glClearColor(0.2f, 0.4f, 0.6f, 0.8f);
  glClearStencil(9);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
  glEnable(GL_DEPTH_TEST);
  draw(SIZE);
  formats();
  packed();
  through_buffers();
  large();
  const int status = finish();
  headless_close(&headless);
  return status;
}
