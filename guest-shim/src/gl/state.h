// State that changes, remembered: programs ask for a dozen bindings and capabilities in a row, to put them back
// later. The second question since something may have changed brings the answers to all of them, in one round
// trip; they hold until a command is sent that is not known to leave state alone
// (protocol/api/gl/keeps_state.ts). So nothing here models what a command does.
#pragma once

#include "gl/facts.h"

struct gf_gl_state;

/// What glGetIntegerv says of `pname`, if that is known; else NULL: the caller asks.
const struct gf_gl_limit *gf_gl_state_value(GLenum pname);

/// NULL is allowed.
void gf_gl_state_free(struct gf_gl_state *state);
