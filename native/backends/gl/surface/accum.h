// Arithmetic of glAccum on the drawable's accumulation buffer.
#pragma once

#include "backends/gl/surface/default_framebuffer.h"

namespace gpuferry::gl {

/// glClear(GL_ACCUM_BUFFER_BIT): GL_ACCUM_CLEAR_VALUE, inside the scissor.
void clear_accum(DefaultFramebuffer &zero);

/// glAccum. False for what is an error: then nothing was done.
bool accumulate(DefaultFramebuffer &zero, GLenum operation, GLfloat value);

} // namespace gpuferry::gl
