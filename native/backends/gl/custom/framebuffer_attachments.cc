// What is attached to a framebuffer: a name that the guest knows by another number, and of which kind it is
// only the attachment's type says.
#include "backends/gl/decode.h"

namespace gpuferry::gl {
namespace {

constexpr uint64_t kValues = 64;

template <class Reply, class Ask> void get(GlCall &call, GLenum pname, const Ask &ask) {
  auto *reply = call.reply<Reply>();
  Out<GLint> params(call, kValues);
  if (!params.data)
    return;
  ask(pname, params.data);
  const uint32_t count = params.written();
  if (pname == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME && count != 0) {
    GLint type = GL_NONE;
    ask(GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE, &type);
    name_back(call, type == GL_RENDERBUFFER ? GF_GL_KIND_RENDERBUFFER : GF_GL_KIND_TEXTURE,
              params.data, count);
  }
  reply->params_count = count;
  params.send(call, count);
}

} // namespace

void custom_glGetFramebufferAttachmentParameteriv(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetFramebufferAttachmentParameteriv_args>();
  const auto native = call.driver().glGetFramebufferAttachmentParameteriv;
  if (!native)
    return call.missing("glGetFramebufferAttachmentParameteriv");
  get<gf_gl_glGetFramebufferAttachmentParameteriv_reply>(
      call, args->pname,
      [&](GLenum pname, GLint *out) { native(args->target, args->attachment, pname, out); });
}

void custom_glGetFramebufferAttachmentParameterivOES(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetFramebufferAttachmentParameterivOES_args>();
  const auto native = call.driver().glGetFramebufferAttachmentParameterivOES;
  if (!native)
    return call.missing("glGetFramebufferAttachmentParameterivOES");
  get<gf_gl_glGetFramebufferAttachmentParameterivOES_reply>(
      call, args->pname,
      [&](GLenum pname, GLint *out) { native(args->target, args->attachment, pname, out); });
}

void custom_glGetNamedFramebufferAttachmentParameteriv(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetNamedFramebufferAttachmentParameteriv_args>();
  const auto native = call.driver().glGetNamedFramebufferAttachmentParameteriv;
  if (!native)
    return call.missing("glGetNamedFramebufferAttachmentParameteriv");
  const GLuint framebuffer = call.name(GF_GL_KIND_FRAMEBUFFER, args->framebuffer);
  get<gf_gl_glGetNamedFramebufferAttachmentParameteriv_reply>(
      call, args->pname,
      [&](GLenum pname, GLint *out) { native(framebuffer, args->attachment, pname, out); });
}

void custom_glGetNamedFramebufferAttachmentParameterivEXT(GlCall &call) {
  const auto *args = call.args<gf_gl_glGetNamedFramebufferAttachmentParameterivEXT_args>();
  const auto native = call.driver().glGetNamedFramebufferAttachmentParameterivEXT;
  if (!native)
    return call.missing("glGetNamedFramebufferAttachmentParameterivEXT");
  const GLuint framebuffer = call.name(GF_GL_KIND_FRAMEBUFFER, args->framebuffer);
  get<gf_gl_glGetNamedFramebufferAttachmentParameterivEXT_reply>(
      call, args->pname,
      [&](GLenum pname, GLint *out) { native(framebuffer, args->attachment, pname, out); });
}

} // namespace gpuferry::gl
