#include "backends/gl/abilities.h"

#include <cstring>
#include <string_view>
#include <unordered_set>

namespace gpuferry::gl {

namespace {

std::unordered_set<std::string_view> extensions_of(const GlDriver &gl, uint32_t version) {
  std::unordered_set<std::string_view> all;
  if (version >= 30 && gl.glGetStringi) {
    GLint count = 0;
    gl.glGetIntegerv(GL_NUM_EXTENSIONS, &count);
    for (GLint i = 0; i < count; ++i)
      if (const auto *name = reinterpret_cast<const char *>(
              gl.glGetStringi(GL_EXTENSIONS, static_cast<GLuint>(i))))
        all.insert(name);
    return all;
  }
  std::string_view left = reinterpret_cast<const char *>(gl.glGetString(GL_EXTENSIONS)) ?: "";
  while (!left.empty()) {
    const size_t end = std::min(left.find(' '), left.size());
    all.insert(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return all;
}

uint32_t version_of(const GlDriver &gl) {
  const auto *text = reinterpret_cast<const char *>(gl.glGetString(GL_VERSION));
  const char *digit = text ? std::strpbrk(text, "0123456789") : nullptr;
  if (!digit || digit[1] != '.')
    return 0;
  return static_cast<uint32_t>((digit[0] - '0') * 10 + (digit[2] - '0'));
}

} // namespace

void find_abilities(const GlDriver &gl, Context &context) {
  context.version = version_of(gl);
  const auto extensions = extensions_of(gl, context.version);
  const auto has = [&](const char *name) { return extensions.contains(name); };
  if (context.api == GF_GL_API_GL && context.version >= 32) {
    GLint profile = 0;
    gl.glGetIntegerv(GL_CONTEXT_PROFILE_MASK, &profile);
    context.is_core = profile & GL_CONTEXT_CORE_PROFILE_BIT;
  } else if (context.api == GF_GL_API_GL && context.version == 31) {
    context.is_core = !has("GL_ARB_compatibility");
  }
  const bool es = context.is_es();
  Abilities &can = context.has;
  const auto *version = reinterpret_cast<const char *>(gl.glGetString(GL_VERSION));
  can.is_mesa = version && std::strstr(version, "Mesa");
  can.pixel_buffers =
      es ? context.version >= 30 : context.version >= 21 || has("GL_ARB_pixel_buffer_object");
  can.separate_read =
      es ? context.version >= 30 : context.version >= 30 || has("GL_ARB_framebuffer_object");
  can.flip_y = has("GL_MESA_framebuffer_flip_y");
  can.pack_invert = has("GL_MESA_pack_invert");
  can.pack_reverse = has("GL_ANGLE_pack_reverse_row_order");
  can.bgra_textures = has("GL_EXT_texture_format_BGRA8888");
  can.pixel_transfer = !es && !context.is_core;
  can.pack_row_length = !es || context.version >= 30;
}

} // namespace gpuferry::gl
