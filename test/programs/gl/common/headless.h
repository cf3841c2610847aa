/* A context without a window system: EGL on Mesa's surfaceless platform or whatever stands for it. */
#pragma once

#include "check.h"
#include <EGL/egl.h>
#include <EGL/eglext.h>

struct headless {
  EGLDisplay display;
  EGLConfig config;
  EGLContext context;
};

/* `api` is EGL_OPENGL_API (then a core profile from 3.2 on, unless `compat`) or EGL_OPENGL_ES_API. Makes the context
 * current without a surface. Prints why and exits with 2 where that cannot be done. */
struct headless headless_open(EGLenum api, int major, int minor);
struct headless headless_open_compat(int major, int minor);

/* A context of the same kind that shares objects; not current. */
EGLContext headless_share(const struct headless *headless, EGLenum api, int major, int minor);

/* Binds a framebuffer of RGBA8 and depth and stencil, with a viewport of its size, and returns its name. */
GLuint headless_target(int width, int height);

void headless_close(struct headless *headless);
