#include "backends/gl/creates.h"

#include <string_view>

namespace gpuferry::gl {

namespace {

using namespace std::literals;

/// GL_EXT_direct_state_access names objects in every command, and each may be its first.
bool is_direct(std::string_view symbol, std::string_view noun) {
  return symbol.ends_with("EXT"sv) && symbol.find(noun) != std::string_view::npos;
}

} // namespace

bool creates_what_it_names(gf_gl_kind kind, const char *text) {
  const std::string_view symbol = text;
  switch (kind) {
  case GF_GL_KIND_TEXTURE:
    return symbol == "glBindTexture"sv || symbol == "glBindMultiTextureEXT"sv ||
           (is_direct(symbol, "Texture"sv) && !symbol.starts_with("glFramebuffer"sv) &&
            !symbol.starts_with("glNamedFramebuffer"sv) && symbol != "glBindImageTextureEXT"sv);
  case GF_GL_KIND_BUFFER:
    return symbol == "glBindBuffer"sv || symbol == "glBindBufferBase"sv ||
           symbol == "glBindBufferRange"sv || symbol == "glBindBufferOffsetEXT"sv ||
           is_direct(symbol, "NamedBuffer"sv);
  case GF_GL_KIND_FRAMEBUFFER:
    return symbol.starts_with("glBindFramebuffer"sv) || is_direct(symbol, "NamedFramebuffer"sv) ||
           is_direct(symbol, "glFramebufferDrawBuffer"sv) ||
           symbol == "glFramebufferReadBufferEXT"sv;
  case GF_GL_KIND_RENDERBUFFER:
    return symbol.starts_with("glBindRenderbuffer"sv) || is_direct(symbol, "NamedRenderbuffer"sv);
  case GF_GL_KIND_QUERY:
    return symbol.starts_with("glBeginQuery"sv) || symbol.starts_with("glQueryCounter"sv);
  case GF_GL_KIND_ARB_PROGRAM:
    return symbol == "glBindProgramARB"sv || is_direct(symbol, "NamedProgram"sv);
  default:
    return false;
  }
}

uint32_t generate(const GlDriver &gl, gf_gl_kind kind) {
  GLuint name = 0;
  const auto with = [&](auto gen) {
    if (gen)
      gen(1, &name);
  };
  switch (kind) {
  case GF_GL_KIND_TEXTURE:
    with(gl.glGenTextures);
    break;
  case GF_GL_KIND_BUFFER:
    with(gl.glGenBuffers);
    break;
  case GF_GL_KIND_FRAMEBUFFER:
    with(gl.glGenFramebuffers);
    break;
  case GF_GL_KIND_RENDERBUFFER:
    with(gl.glGenRenderbuffers);
    break;
  case GF_GL_KIND_QUERY:
    with(gl.glGenQueries);
    break;
  case GF_GL_KIND_ARB_PROGRAM:
    with(gl.glGenProgramsARB);
    break;
  default:
    break;
  }
  return name;
}

} // namespace gpuferry::gl
