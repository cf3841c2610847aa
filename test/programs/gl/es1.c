/* OpenGL ES 1: the fixed pipeline with fixed-point numbers and arrays in client memory. */
#include "common/headless.h"
#include <GLES/gl.h>

enum { SIZE = 64, ONE = 0x10000 };

int main(void) {
  struct headless headless = headless_open(EGL_OPENGL_ES_API, 1, 1);
  const EGLint size[] = {EGL_WIDTH, SIZE, EGL_HEIGHT, SIZE, EGL_NONE};
  const EGLSurface surface = eglCreatePbufferSurface(headless.display, headless.config, size);
  check(eglMakeCurrent(headless.display, surface, surface, headless.context), "a pbuffer");
  static const GLfixed PLACES[] = {-ONE, -ONE, ONE, -ONE, ONE / 2, ONE};
  static const GLubyte COLOURS[] = {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255};
  static const GLubyte TEXELS[] = {255, 255, 255, 0, 0, 0, 90, 160, 230, 250, 120, 10};
  static const GLshort CORNERS[] = {0, 0, 2, 0, 0, 2};
  GLuint texture;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB, 2, 2, 0, GL_RGB, GL_UNSIGNED_BYTE, TEXELS);
  glTexParameterx(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameterx(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glViewport(0, 0, SIZE, SIZE);
  glClearColorx(ONE / 4, ONE / 4, ONE / 2, ONE);
  glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
  glEnableClientState(GL_VERTEX_ARRAY);
  glEnableClientState(GL_COLOR_ARRAY);
  glVertexPointer(2, GL_FIXED, 0, PLACES);
  glColorPointer(4, GL_UNSIGNED_BYTE, 0, COLOURS);
  glRotatex(20 * ONE, 0, 0, ONE);
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glEnable(GL_TEXTURE_2D);
  glEnableClientState(GL_TEXTURE_COORD_ARRAY);
  glTexCoordPointer(2, GL_SHORT, 0, CORNERS);
  glScalex(ONE / 2, ONE / 2, ONE);
  glDrawArrays(GL_TRIANGLES, 0, 3);
  checksum_pixels("ES 1", SIZE, SIZE);
  eglSwapBuffers(headless.display, surface);
  const int status = finish();
  eglDestroySurface(headless.display, surface);
  headless_close(&headless);
  return status;
}
