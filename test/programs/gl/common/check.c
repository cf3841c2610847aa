#include "check.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int failures;

void check(int ok, const char *format, ...) {
  if (ok)
    return;
  failures++;
  va_list arguments;
  va_start(arguments, format);
  printf("not as expected: ");
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
}

void check_error(GLenum expected, const char *where) {
  const GLenum error = glGetError();
  check(error == expected, "%s: error 0x%04x instead of 0x%04x", where, error, expected);
  /* A lost context reports its error for ever. */
  for (int i = 0; i < 16 && glGetError() != GL_NO_ERROR; i++)
    check(expected == GL_NO_ERROR && error != GL_NO_ERROR, "%s: more errors", where);
}

static int near(int one, int other) { return abs(one - other) <= 2; }

void check_pixel(int x, int y, int red, int green, int blue, const char *what) {
  unsigned char got[4] = {1, 2, 3, 4};
  glReadPixels(x, y, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, got);
  check(near(got[0], red) && near(got[1], green) && near(got[2], blue),
        "%s: (%d, %d) is %d %d %d instead of %d %d %d", what, x, y, got[0], got[1], got[2], red,
        green, blue);
}

void checksum(const char *name, const void *data, size_t bytes) {
  uint32_t crc = 0xffffffffu;
  for (size_t i = 0; i < bytes; i++) {
    crc ^= ((const unsigned char *)data)[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
  }
  printf("%s: %08x\n", name, ~crc);
}

void checksum_pixels(const char *name, int width, int height) {
  const size_t bytes = (size_t)width * height * 4;
  unsigned char *pixels = calloc(1, bytes);
  glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  checksum(name, pixels, bytes);
  free(pixels);
}

uint32_t pattern(uint32_t seed) {
  seed = seed * 747796405u + 2891336453u;
  seed = (seed >> (seed >> 28) % 16 ^ seed) * 277803737u;
  return seed >> 22 ^ seed;
}

int finish(void) {
  check_error(GL_NO_ERROR, "at the end");
  printf("%s\n", failures == 0 ? "PASS" : "FAIL");
  fflush(stdout);
  return failures == 0 ? 0 : 1;
}
