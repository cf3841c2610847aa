#pragma once

#include <stdint.h>

/// What glGetPointerv says of the bound object's arrays. Non-zero if `pname` is one of them.
int gf_gl_array_pointer(uint32_t pname, void **out);
