// glGetProgramBinary: binaries are as long as the driver makes them.
#include "backends/gl/custom/errors.h"

#include <algorithm>

namespace gpuferry::gl {

void custom_glGetProgramBinary(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetProgramBinary_args>();
  auto *reply = call.reply<gf_gl_glGetProgramBinary_reply>();
  if (!call.driver().glGetProgramBinary)
    return call.missing("glGetProgramBinary");
  const auto bytes = static_cast<uint64_t>(std::max(args->size, 0));
  std::byte *out = args->memory.size_bytes != 0 ? call.heap(args->memory, bytes)
                                                : call.reply_array<std::byte>(bytes);
  if (!out)
    return;
  GLsizei length = 0;
  GLenum format = 0;
  settle_errors(call);
  call.driver().glGetProgramBinary(call.name(GF_GL_KIND_PROGRAM, args->program), args->size,
                                   &length, &format, out);
  reply->written = was_accepted(call);
  reply->length = length;
  reply->format = format;
}

} // namespace gpuferry::gl
