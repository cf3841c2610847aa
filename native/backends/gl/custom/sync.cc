// Fences, by the guest's numbers.
#include "backends/gl/custom/errors.h"

namespace gpuferry::gl {

void custom_glFenceSync(GlCall &call) {
  const auto *args = call.args<gf_gl_glFenceSync_args>();
  if (!call.driver().glFenceSync)
    return call.missing("glFenceSync");
  const GLsync sync = call.driver().glFenceSync(args->condition, args->flags);
  if (!sync)
    return;
  SyncTable &syncs = call.context().group->syncs;
  void *replaced = args->sync != 0 ? syncs.take(args->sync) : sync;
  if (replaced) // a number given twice, or none: nobody could ever delete it
    call.driver().glDeleteSync(static_cast<GLsync>(replaced));
  if (args->sync != 0)
    syncs.add(args->sync, sync);
}

void custom_glDeleteSync(GlCall &call) {
  const auto *args = call.args<gf_gl_glDeleteSync_args>();
  void *sync = call.context().group->syncs.take(args->sync);
  if (sync) {
    call.driver().glDeleteSync(static_cast<GLsync>(sync));
  } else {
    // The driver would look at the pointer; and NULL, which it passes over, is not what came.
    settle_errors(call);
    call.context().attachments.get<Errors>().note(GL_INVALID_VALUE);
  }
}

} // namespace gpuferry::gl
