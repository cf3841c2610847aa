// Entry points by name, for glXGetProcAddress, eglGetProcAddress and libglvnd.
#pragma once

#include <stddef.h>

typedef void (*gf_gl_proc)(void);

struct gf_gl_named_proc {
  const char *name;
  gf_gl_proc address;
};

/// That of `name` in a table in the order of strcmp, or NULL.
gf_gl_proc gf_gl_proc_among(const struct gf_gl_named_proc *table, size_t count, const char *name);

/// A command of OpenGL (gl…), which may be one that refuses (not_offered.h), of GLX or of EGL; NULL if this library has none of
/// that name.
gf_gl_proc gf_gl_proc_of(const char *name);
