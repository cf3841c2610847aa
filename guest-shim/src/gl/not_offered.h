// Commands that the registry knows and that are not forwarded.
#pragma once

#include "gl/proc.h"

/// An entry point that refuses: GL_INVALID_OPERATION, and one line in the log. NULL for a name of no such command.
gf_gl_proc gf_gl_not_offered(const char *name);
