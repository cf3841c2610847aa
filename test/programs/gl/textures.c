/* Images in and out of textures: every pixel-store parameter, formats and types, unpack buffers, mipmaps, cubes. */
#include "common/headless.h"
#include <stdlib.h>
#include <string.h>

enum { SIZE = 32, BYTES = 1 << 16 };

static unsigned char source[BYTES], back[BYTES];

static GLuint bind_new(GLenum target) {
  GLuint texture;
  glGenTextures(1, &texture);
  glBindTexture(target, texture);
  glTexParameteri(target, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(target, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  return texture;
}

static void read_back(GLenum target, int level, GLenum format, GLenum type, const char *name) {
  memset(back, 0xcc, sizeof back);
  glGetTexImage(target, level, format, type, back);
  checksum(name, back, sizeof back);
  check_error(GL_NO_ERROR, name);
}

static void formats(void) {
  static const struct {
    GLint internal;
    GLenum format, type;
    const char *name;
  } CASES[] = {
      {GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, "RGBA bytes"},
      {GL_RGBA8, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, "BGRA packed"},
      {GL_RGB8, GL_RGB, GL_UNSIGNED_BYTE, "RGB bytes"},
      {GL_RGB565, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, "565"},
      {GL_R8, GL_RED, GL_UNSIGNED_BYTE, "one channel"},
      {GL_RG16, GL_RG, GL_UNSIGNED_SHORT, "two shorts"},
      {GL_RGBA32F, GL_RGBA, GL_UNSIGNED_SHORT, "floats out of shorts"},
      {GL_RGBA16UI, GL_RGBA_INTEGER, GL_UNSIGNED_SHORT, "integers"},
      {GL_LUMINANCE8_ALPHA8, GL_LUMINANCE_ALPHA, GL_UNSIGNED_BYTE, "luminance and alpha"},
      {GL_RGB10_A2, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV, "10 bits"},
      {GL_DEPTH_COMPONENT24, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, "depth"},
      {GL_DEPTH24_STENCIL8, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, "depth and stencil"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    bind_new(GL_TEXTURE_2D);
    glTexImage2D(GL_TEXTURE_2D, 0, CASES[i].internal, SIZE, SIZE, 0, CASES[i].format, CASES[i].type,
                 source);
    read_back(GL_TEXTURE_2D, 0, CASES[i].format, CASES[i].type, CASES[i].name);
  }
}

/* Swapped bytes apart from everything that is skipped: together, Mesa 22 reads beyond a buffer of its own. */
static void swapped(void) {
  bind_new(GL_TEXTURE_2D);
  glPixelStorei(GL_UNPACK_SWAP_BYTES, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB16, 15, 8, 0, GL_RGB, GL_UNSIGNED_SHORT, source);
  glPixelStorei(GL_UNPACK_SWAP_BYTES, 0);
  glPixelStorei(GL_PACK_SWAP_BYTES, 1);
  read_back(GL_TEXTURE_2D, 0, GL_RGB, GL_UNSIGNED_SHORT, "swapped bytes");
  glPixelStorei(GL_PACK_SWAP_BYTES, 0);
}

/* A window of a larger image, with rows that are aligned. */
static void pixel_store(void) {
  bind_new(GL_TEXTURE_3D);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 2);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 21);
  glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 11);
  glPixelStorei(GL_UNPACK_SKIP_PIXELS, 3);
  glPixelStorei(GL_UNPACK_SKIP_ROWS, 2);
  glPixelStorei(GL_UNPACK_SKIP_IMAGES, 1);
  glTexImage3D(GL_TEXTURE_3D, 0, GL_RGB16, 15, 8, 5, 0, GL_RGB, GL_UNSIGNED_SHORT, source);
  glTexSubImage3D(GL_TEXTURE_3D, 0, 1, 2, 3, 4, 5, 2, GL_RGB, GL_UNSIGNED_BYTE, source + 99);
  glPixelStorei(GL_PACK_ALIGNMENT, 8);
  glPixelStorei(GL_PACK_ROW_LENGTH, 17);
  glPixelStorei(GL_PACK_IMAGE_HEIGHT, 9);
  glPixelStorei(GL_PACK_SKIP_PIXELS, 1);
  glPixelStorei(GL_PACK_SKIP_ROWS, 1);
  glPixelStorei(GL_PACK_SKIP_IMAGES, 1);
  read_back(GL_TEXTURE_3D, 0, GL_RGB, GL_UNSIGNED_BYTE, "a window in a volume");
  glPushClientAttrib(GL_CLIENT_PIXEL_STORE_BIT);
  glPixelStorei(GL_PACK_LSB_FIRST, 1);
  glPopClientAttrib();
  GLint length = 0;
  glGetIntegerv(GL_PACK_ROW_LENGTH, &length);
  check(length == 17, "a row of %d", length);
  for (GLenum name = GL_UNPACK_SWAP_BYTES; name <= GL_UNPACK_ALIGNMENT; name++)
    glPixelStorei(name, name == GL_UNPACK_ALIGNMENT ? 4 : 0);
  for (GLenum name = GL_PACK_SWAP_BYTES; name <= GL_PACK_ALIGNMENT; name++)
    glPixelStorei(name, name == GL_PACK_ALIGNMENT ? 4 : 0);
  glPixelStorei(GL_UNPACK_SKIP_IMAGES, 0);
  glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 0);
  glPixelStorei(GL_PACK_SKIP_IMAGES, 0);
  glPixelStorei(GL_PACK_IMAGE_HEIGHT, 0);
}

static void unpack_buffer(void) {
  GLuint buffers[2];
  glGenBuffers(2, buffers);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, buffers[0]);
  glBufferData(GL_PIXEL_UNPACK_BUFFER, BYTES, source, GL_STREAM_DRAW);
  bind_new(GL_TEXTURE_2D);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, SIZE, SIZE, 0, GL_RGBA, GL_UNSIGNED_BYTE, (void *)128);
  glTexSubImage2D(GL_TEXTURE_2D, 0, 3, 4, 5, 6, GL_BGRA, GL_UNSIGNED_BYTE, (void *)4096);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  glBindBuffer(GL_PIXEL_PACK_BUFFER, buffers[1]);
  glBufferData(GL_PIXEL_PACK_BUFFER, BYTES, NULL, GL_STREAM_READ);
  glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, (void *)64);
  memset(back, 0, sizeof back);
  glGetBufferSubData(GL_PIXEL_PACK_BUFFER, 64, SIZE * SIZE * 4, back);
  glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
  checksum("through buffers", back, SIZE * SIZE * 4);
  /* Outside of the buffer: the driver's own error, and no crash. */
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, buffers[0]);
  glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE,
                  (void *)(BYTES - 100));
  check_error(GL_INVALID_OPERATION, "an image beyond its buffer");
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  glDeleteBuffers(2, buffers);
}

static void mipmaps_and_cubes(void) {
  bind_new(GL_TEXTURE_2D);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, SIZE, SIZE, 0, GL_RGBA, GL_UNSIGNED_BYTE, source);
  glGenerateMipmap(GL_TEXTURE_2D);
  read_back(GL_TEXTURE_2D, 2, GL_RGBA, GL_UNSIGNED_BYTE, "a third level");
  bind_new(GL_TEXTURE_CUBE_MAP);
  for (int face = 0; face < 6; face++)
    glTexImage2D(GL_TEXTURE_CUBE_MAP_POSITIVE_X + face, 0, GL_RGB8, 8, 8, 0, GL_RGB,
                 GL_UNSIGNED_BYTE, source + 1000 * face);
  read_back(GL_TEXTURE_CUBE_MAP_NEGATIVE_Y, 0, GL_RGBA, GL_FLOAT, "a face");
  bind_new(GL_TEXTURE_2D_ARRAY);
  glTexStorage3D(GL_TEXTURE_2D_ARRAY, 2, GL_RGBA8, 8, 8, 3);
  glTexSubImage3D(GL_TEXTURE_2D_ARRAY, 1, 1, 1, 1, 2, 3, 2, GL_RGBA, GL_UNSIGNED_BYTE, source);
  glClearTexImage(glIsTexture(0) ? 0 : bind_new(GL_TEXTURE_1D), 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
  check_error(GL_INVALID_OPERATION, "a texture without storage is cleared");
}

static void compressed(void) {
  bind_new(GL_TEXTURE_2D);
  glCompressedTexImage2D(GL_TEXTURE_2D, 0, GL_COMPRESSED_RGB_S3TC_DXT1_EXT, SIZE, SIZE, 0,
                         SIZE * SIZE / 2, source);
  glCompressedTexSubImage2D(GL_TEXTURE_2D, 0, 4, 8, 8, 4, GL_COMPRESSED_RGB_S3TC_DXT1_EXT, 16,
                            source + 5000);
  GLint bytes = 0;
  glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_COMPRESSED_IMAGE_SIZE, &bytes);
  check(bytes == SIZE * SIZE / 2, "%d compressed bytes", bytes);
  memset(back, 0, sizeof back);
  glGetCompressedTexImage(GL_TEXTURE_2D, 0, back);
  checksum("compressed", back, bytes);
  glCompressedTexImage2D(GL_TEXTURE_2D, 0, GL_COMPRESSED_RGB_S3TC_DXT1_EXT, SIZE, SIZE, 0, 7,
                         source);
  check_error(GL_INVALID_VALUE, "a wrong size");
}

/* What textures look like on a surface, with the fixed pipeline's environments and borders. */
static void drawn(void) {
  const GLfloat border[4] = {1, 0, 1, 1};
  glClear(GL_COLOR_BUFFER_BIT);
  bind_new(GL_TEXTURE_2D);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, SIZE, SIZE, 0, GL_RGBA, GL_UNSIGNED_BYTE, source);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_BORDER);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_MIRRORED_REPEAT);
  glTexParameterfv(GL_TEXTURE_2D, GL_TEXTURE_BORDER_COLOR, border);
  glEnable(GL_TEXTURE_2D);
  glTexEnvi(GL_TEXTURE_ENV, GL_TEXTURE_ENV_MODE, GL_REPLACE);
  glBegin(GL_QUADS);
  glTexCoord2f(-0.5f, -0.5f), glVertex2f(-1, -1);
  glTexCoord2f(1.5f, -0.5f), glVertex2f(1, -1);
  glTexCoord2f(1.5f, 1.5f), glVertex2f(1, 1);
  glTexCoord2f(-0.5f, 1.5f), glVertex2f(-1, 1);
  glEnd();
  glDisable(GL_TEXTURE_2D);
  glRasterPos2f(-0.5f, -0.5f);
  glPixelZoom(1.5f, -1);
  glDrawPixels(20, 10, GL_RGB, GL_UNSIGNED_BYTE, source);
  glBitmap(16, 16, 0, 0, 20, 0, source);
  glBitmap(16, 16, 0, 0, 20, 0, source + 32);
  checksum_pixels("drawn", 64, 64);
}

int main(void) {
  struct headless headless = headless_open_compat(4, 5);
  for (int i = 0; i < BYTES; i++)
    source[i] = pattern(i) >> 16;
  headless_target(64, 64);
  formats();
  swapped();
  pixel_store();
  unpack_buffer();
  mipmaps_and_cubes();
  compressed();
  drawn();
  const int status = finish();
  headless_close(&headless);
  return status;
}
