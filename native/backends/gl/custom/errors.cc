#include "backends/gl/custom/errors.h"

namespace gpuferry::gl {
namespace {

/// A lost context reports its loss for ever.
constexpr int kFlagsMax = 16;

GLenum take_error(GlCall &call) {
  const GLenum first = call.driver().glGetError();
  GLenum more = first;
  for (int i = 0; i < kFlagsMax && more != GL_NO_ERROR && more != GL_CONTEXT_LOST; ++i)
    more = call.driver().glGetError();
  return first;
}

} // namespace

void settle_errors(GlCall &call) { was_accepted(call); }

bool was_accepted(GlCall &call) {
  const GLenum error = take_error(call);
  if (error != GL_NO_ERROR)
    call.context().attachments.get<Errors>().note(error);
  return error == GL_NO_ERROR;
}

bool was_accepted_quietly(GlCall &call) { return take_error(call) == GL_NO_ERROR; }

void raise_error(GlCall &call, GLenum error) {
  settle_errors(call);
  call.context().attachments.get<Errors>().note(error);
}

void custom_gfGlRaiseError(GlCall &call) {
  raise_error(call, call.args<gf_gl_gfGlRaiseError_args>()->error);
}

void custom_glGetError(GlCall &call) {
  Errors &errors = call.context().attachments.get<Errors>();
  const GLenum kept = errors.first;
  auto *reply = call.reply<gf_gl_glGetError_reply>();
  if (kept == GL_NO_ERROR) {
    reply->result = call.driver().glGetError();
    return;
  }
  errors.first = GL_NO_ERROR;
  take_error(call); // came later: one flag keeps the first alone
  reply->result = kept;
}

} // namespace gpuferry::gl
