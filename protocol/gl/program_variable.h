// How the reply of glGetProgramiv lists what a program consists of: attributes, then uniforms, then the names of all
// in the same order, each with its zero.
#pragma once

#include <stdint.h>

struct gf_gl_program_variable {
  int32_t size; ///< elements
  uint32_t type;
  int32_t location;
  uint32_t name_bytes; ///< with the zero
};
