/* OpenGL ES 1: the fixed pipeline with fixed-point numbers and arrays in client memory. */
#include "common/headless.h"
#include <GLES/gl.h>

enum { SIZE = 64, ONE = 0x10000 };

/* A pbuffer is a texture: what is drawn to it while it is bound shows in a window's place. */
static void pbuffer_texture(const struct headless *headless, EGLSurface surface) {
  const EGLint wanted[] = {
      EGL_WIDTH,          SIZE,           EGL_HEIGHT, SIZE, EGL_TEXTURE_FORMAT, EGL_TEXTURE_RGBA,
      EGL_TEXTURE_TARGET, EGL_TEXTURE_2D, EGL_NONE};
  const EGLSurface source = eglCreatePbufferSurface(headless->display, headless->config, wanted);
  GLuint texture;
  check(source != EGL_NO_SURFACE, "a pbuffer for a texture");
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexParameterx(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameterx(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  check(!eglBindTexImage(headless->display, surface, EGL_BACK_BUFFER), "one without a format");
  check(eglGetError() == EGL_BAD_MATCH, "and its error");
  check(eglBindTexImage(headless->display, source, EGL_BACK_BUFFER), "a pbuffer is bound");
  eglMakeCurrent(headless->display, source, source, headless->context);
  glClearColorx(ONE, 0, ONE, ONE);
  glClear(GL_COLOR_BUFFER_BIT);
  eglMakeCurrent(headless->display, surface, surface, headless->context);
  glDisableClientState(GL_COLOR_ARRAY);
  glColor4x(ONE, ONE, ONE, ONE);
  glDrawArrays(GL_TRIANGLES, 0, 3);
  checksum_pixels("a pbuffer's texture", SIZE, SIZE);
  check(eglReleaseTexImage(headless->display, source, EGL_BACK_BUFFER), "it is released");
  eglDestroySurface(headless->display, source);
  check_error(GL_NO_ERROR, "a pbuffer's texture");
}

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
  pbuffer_texture(&headless, surface);
  eglSwapBuffers(headless.display, surface);
  const int status = finish();
  eglDestroySurface(headless.display, surface);
  headless_close(&headless);
  return status;
}
