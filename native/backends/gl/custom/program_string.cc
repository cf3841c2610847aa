// The texts of ARB programs: the driver writes as many bytes as the program's length says.
#include "backends/gl/call.h"

#include <cstring>

namespace gpuferry::gl {

namespace {

/// A reply's data holds that and its structure. Longer programs come back as nothing.
constexpr GLint kMaxBytes = 48 << 10;

/// What can be asked for as text, and so has a length.
bool is_text(GLenum pname) { return pname == GL_PROGRAM_STRING_ARB; }

} // namespace

void custom_glGetProgramStringARB(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetProgramStringARB_args>();
  const auto &driver = call.driver();
  if (!driver.glGetProgramStringARB || !driver.glGetProgramivARB)
    return call.missing("glGetProgramStringARB");
  auto *reply = call.reply<gf_gl_glGetProgramStringARB_reply>();
  GLint length = 0;
  if (is_text(args->pname))
    driver.glGetProgramivARB(args->target, GL_PROGRAM_LENGTH_ARB, &length);
  if (length < 0 || length > kMaxBytes)
    return;
  // With a wrong target or pname the driver writes nothing, and raises its error.
  auto *text = call.reply_array<char>(static_cast<uint64_t>(length) + 1);
  if (!text)
    return;
  reply->length_bytes = static_cast<uint32_t>(length);
  driver.glGetProgramStringARB(args->target, args->pname, text);
}

void custom_glGetNamedProgramStringEXT(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetNamedProgramStringEXT_args>();
  const auto &driver = call.driver();
  if (!driver.glGetNamedProgramStringEXT || !driver.glGetNamedProgramivEXT)
    return call.missing("glGetNamedProgramStringEXT");
  auto *reply = call.reply<gf_gl_glGetNamedProgramStringEXT_reply>();
  const GLuint program = call.name(GF_GL_KIND_ARB_PROGRAM, args->program);
  GLint length = 0;
  if (is_text(args->pname))
    driver.glGetNamedProgramivEXT(program, args->target, GL_PROGRAM_LENGTH_ARB, &length);
  if (length < 0 || length > kMaxBytes)
    return;
  auto *text = call.reply_array<char>(static_cast<uint64_t>(length) + 1);
  if (!text)
    return;
  reply->length_bytes = static_cast<uint32_t>(length);
  driver.glGetNamedProgramStringEXT(program, args->target, args->pname, text);
}

} // namespace gpuferry::gl
