// Finding out what a context can do, once, when it is current for the first time.
#pragma once

#include "backends/gl/context.h"
#include "gl_driver.h"

namespace gpuferry::gl {

void find_abilities(const GlDriver &gl, Context &context);

} // namespace gpuferry::gl
