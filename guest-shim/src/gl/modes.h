// Selection and feedback: the driver fills a buffer of the host's, and glRenderMode brings it home.
#pragma once

#include "gl_api.h"

struct gf_gl_modes;

/// NULL is allowed.
void gf_gl_modes_free(struct gf_gl_modes *modes);

/// The application's buffer: GL_SELECTION_BUFFER_POINTER or GL_FEEDBACK_BUFFER_POINTER.
void *gf_gl_modes_pointer(GLenum pname);
