// Names that no glGen* gave. Compatibility contexts and OpenGL ES let an application choose its own for
// some kinds of objects, and the first command that binds one makes the object.
#pragma once

#include "gl_driver.h"
#include "gl_wire.h"

#include <cstdint>

namespace gpuferry::gl {

/// Whether the command `symbol` makes an object of this kind when its name names nothing.
bool creates_what_it_names(gf_gl_kind kind, const char *symbol);

/// One new name from the driver, or 0.
uint32_t generate(const GlDriver &gl, gf_gl_kind kind);

} // namespace gpuferry::gl
