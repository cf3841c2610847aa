// Bringing a drawable's picture to where the guest shows it from.
#pragma once

#include "abi/gl.h"
#include "backends/gl/surface/drawable.h"

#include <cstddef>

namespace gpuferry::gl {

struct Context;

/// Reads what `args` names of `drawable` into `rows` (null: nothing is read) as 32-bit BGRA from the top,
/// and does the buffer swap if it is one. `context` is current; what the application has set in it stays.
void present(Context &context, const std::shared_ptr<Drawable> &drawable,
             const gf_gl_gfGlPresent_args &args, std::byte *rows);

} // namespace gpuferry::gl
