// Entry points of OpenGL in which framebuffer 0 is the current drawable's (default_framebuffer.h), put in
// place of the driver's own. Handlers call them like any other.
#pragma once

#include "backends/gl/context.h"
#include "backends/gl/lane.h"
#include "backends/gl/surface/default_framebuffer.h"
#include "gl_driver.h"

namespace gpuferry::gl {

/// Replaces entries of `driver`, which starts as a copy of `native`. `native` outlives all calls; there is
/// one in a process.
void override_framebuffer_0(GlDriver &driver, const GlDriver &native);

// One for each family; each in a file of its own.
void override_binding(GlDriver &driver);
void override_buffers(GlDriver &driver);
void override_queries(GlDriver &driver);
void override_attachment_queries(GlDriver &driver);
void override_named(GlDriver &driver);
void override_invalidation(GlDriver &driver);
void override_reading(GlDriver &driver);
void override_accum(GlDriver &driver);
void override_alpha(GlDriver &driver);
void override_lists(GlDriver &driver); ///< the last: lists note what the others have replaced

/// The driver's own entry points.
const GlDriver &native_gl();

/// Does the current context have display lists? Where it has not, asking about them would be an error.
bool has_lists();

/// A blend factor or equation that reads what is there already.
bool sees_alpha(GLenum factor_or_equation);

/// Framebuffer 0 of the calling lane's current context. Handlers of GL commands run with one.
inline DefaultFramebuffer &framebuffer_0() { return *current_lane()->context->framebuffer; }

/// Replaces `entry` where the driver has it.
template <class Entry> void replace(Entry &entry, Entry with) {
  if (entry)
    entry = with;
}

} // namespace gpuferry::gl
