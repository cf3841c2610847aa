// Entry points by name, for glXGetProcAddress, eglGetProcAddress and libglvnd.
#pragma once

typedef void (*gf_gl_proc)(void);

/// A command of OpenGL (gl…), of GLX or of EGL; NULL if this library has none of that name.
gf_gl_proc gf_gl_proc_of(const char *name);
