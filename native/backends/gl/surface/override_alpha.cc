// Drawables without alpha that are stored with it (buffer_set.h): who could see that, makes them opaque.
#include "backends/gl/surface/overrides.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace gpuferry::gl {

namespace {

template <class... Modes> void see(Modes... factors_or_equation) {
  if ((sees_alpha(factors_or_equation) || ...))
    framebuffer_0().show_alpha();
}

void blend(GLenum source, GLenum destination) {
  see(source, destination);
  native_gl().glBlendFunc(source, destination);
}

void blend_separate(GLenum source, GLenum destination, GLenum source_alpha,
                    GLenum destination_alpha) {
  see(source, destination);
  native_gl().glBlendFuncSeparate(source, destination, source_alpha, destination_alpha);
}

void blend_indexed(GLuint buffer, GLenum source, GLenum destination) {
  see(source, destination);
  native_gl().glBlendFunci(buffer, source, destination);
}

void blend_separate_indexed(GLuint buffer, GLenum source, GLenum destination, GLenum source_alpha,
                            GLenum destination_alpha) {
  see(source, destination);
  native_gl().glBlendFuncSeparatei(buffer, source, destination, source_alpha, destination_alpha);
}

void equation(GLenum mode) {
  see(mode);
  native_gl().glBlendEquation(mode);
}

void equation_indexed(GLuint buffer, GLenum mode) {
  see(mode);
  native_gl().glBlendEquationi(buffer, mode);
}

/// Shaders that fetch from the framebuffer have to name the extension.
void see_sources(GLsizei count, const GLchar *const *strings, const GLint *lengths) {
  for (GLsizei i = 0; strings && i < count; ++i) {
    if (!strings[i])
      continue;
    const std::string_view text =
        lengths && lengths[i] >= 0 ? std::string_view(strings[i], static_cast<size_t>(lengths[i]))
                                   : std::string_view(strings[i]);
    if (text.find("framebuffer_fetch") != std::string_view::npos)
      framebuffer_0().show_alpha();
  }
}

void source(GLuint shader, GLsizei count, const GLchar *const *strings, const GLint *lengths) {
  see_sources(count, strings, lengths);
  native_gl().glShaderSource(shader, count, strings, lengths);
}

GLuint shader_program(GLenum type, GLsizei count, const GLchar *const *strings) {
  see_sources(count, strings, nullptr);
  return native_gl().glCreateShaderProgramv(type, count, strings);
}

void blit(GLint x0, GLint y0, GLint x1, GLint y1, GLint to_x0, GLint to_y0, GLint to_x1,
          GLint to_y1, GLbitfield mask, GLenum filter) {
  DefaultFramebuffer &zero = framebuffer_0();
  if ((mask & GL_COLOR_BUFFER_BIT) && zero.is_read_default() && !zero.is_draw_default())
    zero.show_alpha();
  native_gl().glBlitFramebuffer(x0, y0, x1, y1, to_x0, to_y0, to_x1, to_y1, mask, filter);
}

} // namespace

bool sees_alpha(GLenum mode) {
  return mode == GL_DST_ALPHA || mode == GL_ONE_MINUS_DST_ALPHA || mode == GL_SRC_ALPHA_SATURATE ||
         // GL_KHR_blend_equation_advanced
         (mode >= GL_MULTIPLY_KHR && mode <= GL_HSL_LUMINOSITY_KHR);
}

void override_alpha(GlDriver &driver) {
  replace(driver.glBlendFunc, &blend);
  replace(driver.glBlendFuncSeparate, &blend_separate);
  replace(driver.glBlendFunci, &blend_indexed);
  replace(driver.glBlendFuncSeparatei, &blend_separate_indexed);
  replace(driver.glBlendEquation, &equation);
  replace(driver.glBlendEquationi, &equation_indexed);
  replace(driver.glShaderSource, &source);
  replace(driver.glCreateShaderProgramv, &shader_program);
  replace(driver.glBlitFramebuffer, &blit);
}

} // namespace gpuferry::gl
