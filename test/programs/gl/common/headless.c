#include "headless.h"
#include <stdio.h>
#include <stdlib.h>

static void give_up(const char *why) {
  printf("%s (EGL error 0x%04x)\nFAIL\n", why, eglGetError());
  exit(2);
}

static EGLContext create(EGLDisplay display, EGLConfig config, EGLContext share, EGLenum api,
                         int major, int minor, int compat) {
  EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION,
                         major,
                         EGL_CONTEXT_MINOR_VERSION,
                         minor,
                         EGL_NONE,
                         EGL_NONE,
                         EGL_NONE};
  if (api == EGL_OPENGL_API) {
    attributes[4] = EGL_CONTEXT_OPENGL_PROFILE_MASK;
    attributes[5] =
        compat ? EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT : EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT;
  }
  eglBindAPI(api);
  return eglCreateContext(display, config, share, attributes);
}

static struct headless open_display(EGLenum api, int major, int minor, int compat) {
  struct headless headless = {0};
  headless.display =
      eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
  if (headless.display == EGL_NO_DISPLAY || !eglInitialize(headless.display, NULL, NULL))
    give_up("no display");
  const EGLint bit = api == EGL_OPENGL_API ? EGL_OPENGL_BIT
                     : major == 1          ? EGL_OPENGL_ES_BIT
                     : major == 2          ? EGL_OPENGL_ES2_BIT
                                           : EGL_OPENGL_ES3_BIT;
  const EGLint wanted[] = {EGL_SURFACE_TYPE,
                           EGL_PBUFFER_BIT,
                           EGL_RENDERABLE_TYPE,
                           bit,
                           EGL_RED_SIZE,
                           8,
                           EGL_DEPTH_SIZE,
                           24,
                           EGL_NONE};
  EGLConfig configs[64];
  EGLint count = 0, red = 0;
  if (!eglChooseConfig(headless.display, wanted, configs, 64, &count) || count == 0)
    give_up("no configuration");
  /* Those with ten bits a channel come first, and an OpenGL ES 1 of the host cannot draw into them. */
  for (EGLint i = count; i-- > 0;)
    if (eglGetConfigAttrib(headless.display, configs[i], EGL_RED_SIZE, &red) && red == 8)
      headless.config = configs[i];
  if (headless.config == NULL)
    give_up("no configuration of eight bits a channel");
  headless.context =
      create(headless.display, headless.config, EGL_NO_CONTEXT, api, major, minor, compat);
  if (headless.context == EGL_NO_CONTEXT)
    give_up("no context");
  if (!eglMakeCurrent(headless.display, EGL_NO_SURFACE, EGL_NO_SURFACE, headless.context))
    give_up("the context cannot be made current");
  return headless;
}

struct headless headless_open(EGLenum api, int major, int minor) {
  return open_display(api, major, minor, 0);
}

struct headless headless_open_compat(int major, int minor) {
  return open_display(EGL_OPENGL_API, major, minor, 1);
}

EGLContext headless_share(const struct headless *headless, EGLenum api, int major, int minor) {
  return create(headless->display, headless->config, headless->context, api, major, minor, 0);
}

GLuint headless_target(int width, int height) {
  GLuint framebuffer, buffers[2];
  glGenFramebuffers(1, &framebuffer);
  glGenRenderbuffers(2, buffers);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  glBindRenderbuffer(GL_RENDERBUFFER, buffers[0]);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, buffers[0]);
  glBindRenderbuffer(GL_RENDERBUFFER, buffers[1]);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH24_STENCIL8, width, height);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, buffers[1]);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_STENCIL_ATTACHMENT, GL_RENDERBUFFER, buffers[1]);
  check(glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE, "a complete target");
  glViewport(0, 0, width, height);
  return framebuffer;
}

void headless_close(struct headless *headless) {
  eglMakeCurrent(headless->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(headless->display, headless->context);
  eglTerminate(headless->display);
}
