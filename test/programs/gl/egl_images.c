/* EGLImages: a texture, a cube map's face, a slice and a renderbuffer of one context become another's, which shares
 * nothing else with it; and what EGL and OpenGL refuse. */
#define EGL_EGLEXT_PROTOTYPES
#include "common/headless.h"
#include "common/shaders.h"
#include <stdio.h>
#include <string.h>

enum { SIZE = 16 };

static struct headless first;
static EGLContext second;
static void (*image_to_texture)(GLenum, EGLImage);
static void (*image_to_renderbuffer)(GLenum, EGLImage);

static void use(EGLContext context) {
  glFinish();
  check(eglMakeCurrent(first.display, EGL_NO_SURFACE, EGL_NO_SURFACE, context),
        "a context is made current");
}

static GLuint framebuffer_of(GLenum attach, GLuint name) {
  GLuint framebuffer;
  glGenFramebuffers(1, &framebuffer);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  if (attach == GL_RENDERBUFFER)
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, name);
  else
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, attach, name, 0);
  check(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE, "a complete target");
  return framebuffer;
}

static void fill(uint8_t *pixels, uint32_t seed) {
  for (int i = 0; i < SIZE * SIZE; i++) {
    const uint32_t value = pattern(seed + i);
    memcpy(pixels + 4 * i, &value, 4);
  }
}

static GLuint texture_of(GLenum target, const uint8_t *pixels) {
  GLuint texture;
  glGenTextures(1, &texture);
  glBindTexture(target, texture);
  glTexParameteri(target, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(target, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  if (pixels != NULL)
    glTexImage2D(target, 0, GL_RGBA, SIZE, SIZE, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  return texture;
}

static EGLImage image_of(EGLContext context, EGLenum target, GLuint name, const EGLAttrib *list) {
  const EGLImage image =
      eglCreateImage(first.display, context, target, (EGLClientBuffer)(uintptr_t)name, list);
  check(image != EGL_NO_IMAGE, "an image of target 0x%04x (EGL error 0x%04x)", target,
        eglGetError());
  return image;
}

/* Drawn by the first, seen by the second; drawn by the second, seen by the first. */
static void both_ways(void) {
  uint8_t pixels[SIZE * SIZE * 4];
  fill(pixels, 1);
  const GLuint texture = texture_of(GL_TEXTURE_2D, pixels);
  const EGLImage image = image_of(first.context, EGL_GL_TEXTURE_2D, texture, NULL);
  use(second);
  const GLuint sibling = texture_of(GL_TEXTURE_2D, NULL);
  image_to_texture(GL_TEXTURE_2D, image);
  check(eglDestroyImage(first.display, image), "an image is destroyed");
  const GLuint framebuffer = framebuffer_of(GL_TEXTURE_2D, sibling);
  checksum_pixels("the second's view", SIZE, SIZE);
  glEnable(GL_SCISSOR_TEST);
  glScissor(4, 4, 8, 8);
  glClearColor(0, 1, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glDisable(GL_SCISSOR_TEST);
  check_error(GL_NO_ERROR, "the second context");
  glDeleteFramebuffers(1, &framebuffer);
  use(first.context);
  framebuffer_of(GL_TEXTURE_2D, texture);
  checksum_pixels("the first's view", SIZE, SIZE);
  check_pixel(8, 8, 0, 255, 0, "what the second drew");
}

static void cube_face(void) {
  uint8_t pixels[SIZE * SIZE * 4];
  GLuint texture;
  glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_CUBE_MAP, texture);
  glTexParameteri(GL_TEXTURE_CUBE_MAP, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  for (int face = 0; face < 6; face++) {
    fill(pixels, 1000 * (face + 1));
    glTexImage2D(GL_TEXTURE_CUBE_MAP_POSITIVE_X + face, 0, GL_RGBA, SIZE, SIZE, 0, GL_RGBA,
                 GL_UNSIGNED_BYTE, pixels);
  }
  const EGLImage image = image_of(first.context, EGL_GL_TEXTURE_CUBE_MAP_POSITIVE_Y, texture, NULL);
  use(second);
  const GLuint sibling = texture_of(GL_TEXTURE_2D, NULL);
  /* Mesa makes such an image and does not take it for a 2D texture. */
  image_to_texture(GL_TEXTURE_2D, image);
  const GLenum error = glGetError();
  printf("a cube map's face: error 0x%04x\n", error);
  if (error == GL_NO_ERROR) {
    framebuffer_of(GL_TEXTURE_2D, sibling);
    checksum_pixels("a cube map's face", SIZE, SIZE);
  }
  eglDestroyImage(first.display, image);
  use(first.context);
}

static void renderbuffer(void) {
  GLuint name;
  glGenRenderbuffers(1, &name);
  glBindRenderbuffer(GL_RENDERBUFFER, name);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, SIZE, SIZE);
  framebuffer_of(GL_RENDERBUFFER, name);
  glClearColor(1, 0, 1, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  const EGLImage image = image_of(first.context, EGL_GL_RENDERBUFFER, name, NULL);
  use(second);
  GLuint sibling;
  GLint width = 0;
  glGenRenderbuffers(1, &sibling);
  glBindRenderbuffer(GL_RENDERBUFFER, sibling);
  image_to_renderbuffer(GL_RENDERBUFFER, image);
  glGetRenderbufferParameteriv(GL_RENDERBUFFER, GL_RENDERBUFFER_WIDTH, &width);
  check(width == SIZE, "the sibling is %d wide", width);
  framebuffer_of(GL_RENDERBUFFER, sibling);
  check_pixel(3, 3, 255, 0, 255, "a renderbuffer's picture");
  check_error(GL_NO_ERROR, "a renderbuffer");
  eglDestroyImage(first.display, image);
  use(first.context);
}

static void refuse(EGLContext context, EGLenum target, uintptr_t name, const EGLAttrib *list,
                   const char *what) {
  const EGLImage image =
      eglCreateImage(first.display, context, target, (EGLClientBuffer)name, list);
  printf("%s: %s, EGL error 0x%04x\n", what, image == EGL_NO_IMAGE ? "no image" : "an image",
         eglGetError());
}

static void refusals(void) {
  uint8_t pixels[SIZE * SIZE * 4] = {0};
  const GLuint texture = texture_of(GL_TEXTURE_2D, pixels);
  const EGLAttrib level[] = {EGL_GL_TEXTURE_LEVEL, 5, EGL_NONE};
  const EGLAttrib unknown[] = {EGL_DEPTH_SIZE, 5, EGL_NONE};
  refuse(first.context, EGL_GL_TEXTURE_2D, 0, NULL, "texture 0");
  refuse(first.context, EGL_GL_TEXTURE_2D, 4711, NULL, "a texture that is none");
  refuse(first.context, EGL_GL_RENDERBUFFER, 4711, NULL, "a renderbuffer that is none");
  refuse(first.context, EGL_GL_TEXTURE_2D, texture, level, "a level that is not there");
  refuse(first.context, EGL_GL_TEXTURE_2D, texture, unknown, "an attribute of something else");
  refuse(first.context, EGL_CONFIG_ID, texture, NULL, "a target that is none");
  check(!eglDestroyImage(first.display, EGL_NO_IMAGE), "no image is destroyed");
  printf("and EGL says 0x%04x\n", eglGetError());
  check_error(GL_NO_ERROR, "what EGL refuses is nothing to OpenGL");
  image_to_texture(GL_TEXTURE_2D, NULL);
  check_error(GL_INVALID_VALUE, "a texture of no image");
  const EGLImage image = image_of(first.context, EGL_GL_TEXTURE_2D, texture, NULL);
  image_to_texture(GL_TEXTURE_3D, image);
  check_error(GL_INVALID_ENUM, "a target that takes no image");
  eglDestroyImage(first.display, image);
}

int main(void) {
  first = headless_open(EGL_OPENGL_ES_API, 2, 0);
  const char *has = eglQueryString(first.display, EGL_EXTENSIONS);
  for (const char *at = strstr(has, "EGL_KHR_gl_"); at != NULL; at = strstr(at + 1, "EGL_KHR_gl_"))
    if (strstr(at, "_image") != NULL && strcspn(at, " ") > 20)
      printf("%.*s\n", (int)strcspn(at, " "), at);
  check(strstr((const char *)glGetString(GL_EXTENSIONS), "GL_OES_EGL_image") != NULL,
        "GL_OES_EGL_image");
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION, 2, EGL_NONE};
  second = eglCreateContext(first.display, first.config, EGL_NO_CONTEXT, version);
  check(second != EGL_NO_CONTEXT, "a second context");
  image_to_texture = (void *)eglGetProcAddress("glEGLImageTargetTexture2DOES");
  image_to_renderbuffer = (void *)eglGetProcAddress("glEGLImageTargetRenderbufferStorageOES");
  both_ways();
  cube_face();
  renderbuffer();
  refusals();
  eglDestroyContext(first.display, second);
  headless_close(&first);
  return finish();
}
