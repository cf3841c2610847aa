// A linked program as the driver would store it: as long as the driver says.
#include "backends/gl/call.h"
#include "gl/size.h"

#include <algorithm>
#include <cstring>

namespace gpuferry::gl {

/// The reply's data holds no more: the driver calls a longer binary GL_INVALID_OPERATION.
constexpr GLsizei kMaxBytes = 56 << 10;

void custom_glGetProgramBinary(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetProgramBinary_args>();
  const auto native = call.driver().glGetProgramBinary;
  if (!native)
    return call.missing("glGetProgramBinary");
  auto *reply = call.reply<gf_gl_glGetProgramBinary_reply>();
  const GLsizei capacity = std::min<GLsizei>(args->capacity_bytes, kMaxBytes);
  auto *binary = call.scratch<std::byte>(gf_gl_count(capacity) + 1);
  if (!binary)
    return;
  GLsizei length = 0;
  GLenum format = 0;
  native(call.name(GF_GL_KIND_PROGRAM, args->program), capacity, &length, &format, binary);
  if (length <= 0 || length > capacity)
    return;
  auto *room = call.reply_array<std::byte>(static_cast<uint64_t>(length));
  if (!room)
    return;
  std::memcpy(room, binary, static_cast<size_t>(length));
  reply->length_bytes = length;
  reply->format = format;
}

} // namespace gpuferry::gl
