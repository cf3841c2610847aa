// Between glBegin and glEnd most commands are errors, those too that the guest answers by itself.
//
// Whether glBegin has succeeded only the driver knows, so that a command of the latter kind asks it there: a
// question raises the very error, GL_INVALID_OPERATION, that the command itself has to raise.
#pragma once

#include "gl/context.h"

int gf_gl_ask_whether_inside(void);

/// Whether this thread is between glBegin and glEnd; then the error was raised, and the command does nothing
/// else. There is a current context.
static inline int gf_gl_is_inside(void) {
  return __builtin_expect(gf_gl.context->may_be_inside, 0) && gf_gl_ask_whether_inside();
}
