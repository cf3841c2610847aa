// EGL's own entry points by name.
#pragma once

#include "gl/proc.h"

gf_gl_proc gf_egl_proc_of(const char *name);
