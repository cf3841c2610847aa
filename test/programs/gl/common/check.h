/* What every OpenGL test program reports with. Its stdout has to be the same direct and forwarded, to the last
 * checksum, and ends with PASS or FAIL. */
#pragma once

#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>
#include <stddef.h>
#include <stdint.h>

/* Counts a failure, and prints what was expected, unless `ok`. */
void check(int ok, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The error that the last commands left is `expected`, and the only one. */
void check_error(GLenum expected, const char *where);

/* The pixel of the read framebuffer is this colour, each channel within 2. */
void check_pixel(int x, int y, int red, int green, int blue, const char *what);

/* Prints a CRC-32 of `bytes` bytes. */
void checksum(const char *name, const void *data, size_t bytes);

/* Prints a CRC-32 of the read framebuffer's lower left corner, read as RGBA of a byte each. */
void checksum_pixels(const char *name, int width, int height);

/* What a random number generator gives that is the same everywhere. */
uint32_t pattern(uint32_t seed);

/* Prints the verdict. For main to return. */
int finish(void);
