// What an application can ask about framebuffer 0.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/context.h"
#include "backends/gl/surface/split_lists.h"

#include <optional>

namespace gpuferry::gl {

namespace {

/// The name that the application knows a drawn-to or read buffer by.
GLenum spelled(DefaultFramebuffer &zero, const Target &target, GLenum attachment, bool draws) {
  unsigned attachments = attachment == GL_COLOR_ATTACHMENT0   ? 1
                         : attachment == GL_COLOR_ATTACHMENT1 ? 2
                                                              : 0;
  if (draws && attachments == 1 && target.has_front && native_gl().glDrawBuffers &&
      zero.is_draw_default()) {
    GLint second = GL_NONE;
    native_gl().glGetIntegerv(GL_DRAW_BUFFER1, &second);
    if (second == GL_COLOR_ATTACHMENT1)
      attachments = 3;
  }
  const Target::Spelled &last = draws ? target.drawn_spelled : target.read_spelled;
  if (attachments != 0 && last.attachments == attachments)
    return last.name;
  return attachments == 3 ? GL_FRONT_AND_BACK : zero.buffer_of(target, attachment);
}

std::optional<GLint> buffer_number(DefaultFramebuffer &zero, GLenum name) {
  const bool draws = name != GL_READ_BUFFER;
  const Target *target = draws ? (zero.is_draw_default() ? zero.draw() : nullptr)
                               : (zero.is_read_default() ? zero.read() : nullptr);
  if (!target)
    return std::nullopt;
  GLint native = GL_NONE;
  native_gl().glGetIntegerv(name, &native);
  return static_cast<GLint>(spelled(zero, *target, static_cast<GLenum>(native), draws));
}

/// What the driver would answer wrongly; nothing for everything else.
std::optional<GLint> own_number(GLenum name) {
  DefaultFramebuffer &zero = framebuffer_0();
  switch (name) {
  case GL_DRAW_FRAMEBUFFER_BINDING:
    if (zero.is_draw_default())
      return 0;
    break;
  case GL_READ_FRAMEBUFFER_BINDING:
    if (zero.is_read_default() && zero.context().has.separate_read)
      return 0;
    break;
  case GL_DRAW_BUFFER:
  case GL_READ_BUFFER:
    return buffer_number(zero, name);
  case GL_DOUBLEBUFFER:
    if (zero.is_draw_default() && !zero.context().is_es())
      return zero.draw()->drawable->is_double_buffered();
    break;
  case GL_ALPHA_BITS:
    if (zero.is_draw_default() && zero.draw()->buffers->has_spare_alpha)
      return 0;
    break;
  case GL_ACCUM_RED_BITS:
  case GL_ACCUM_GREEN_BITS:
  case GL_ACCUM_BLUE_BITS:
  case GL_ACCUM_ALPHA_BITS:
    if (zero.is_draw_default() && zero.context().has.pixel_transfer)
      return static_cast<GLint>(zero.draw()->drawable->accum_bits());
    break;
  case GL_FRAMEBUFFER_SRGB_CAPABLE_EXT:
    if (zero.is_draw_default() && !zero.context().is_es())
      return stores_srgb(zero.context(), *zero.draw()->drawable);
    break;
  case GL_LIST_INDEX:
    if (const GLuint compiled = list_state().compiled)
      return static_cast<GLint>(compiled);
    break;
  default:
    if (name >= GL_DRAW_BUFFER0 && name <= GL_DRAW_BUFFER15)
      return buffer_number(zero, name);
  }
  return std::nullopt;
}

/// The order of bytes is told of a window that has alpha and cannot be sRGB.
template <class T> void correct_read_format(const Target *target, T *format) {
  if (target && *format == static_cast<T>(GL_BGRA) &&
      (!target->drawable->has_alpha() || stores_srgb(framebuffer_0().context(), *target->drawable)))
    *format = static_cast<T>(GL_RGBA);
}

template <auto Entry, class T> void get(GLenum name, T *out) {
  if (const std::optional<GLint> own = own_number(name)) {
    if constexpr (std::is_same_v<T, GLboolean>)
      *out = *own != 0;
    else
      *out = static_cast<T>(*own);
    return;
  }
  (native_gl().*Entry)(name, out);
  if (name == GL_IMPLEMENTATION_COLOR_READ_FORMAT)
    correct_read_format(framebuffer_0().default_at(GL_READ_FRAMEBUFFER), out);
}

bool is_about_any_framebuffer(GLenum name) {
  switch (name) {
  case GL_DOUBLEBUFFER:
  case GL_STEREO:
  case GL_SAMPLES:
  case GL_SAMPLE_BUFFERS:
  case GL_IMPLEMENTATION_COLOR_READ_FORMAT:
  case GL_IMPLEMENTATION_COLOR_READ_TYPE:
    return true;
  default:
    return false;
  }
}

void correct_parameter(const Target *target, GLenum name, GLint *value) {
  if (target && name == GL_DOUBLEBUFFER)
    *value = target->drawable->is_double_buffered();
  if (name == GL_IMPLEMENTATION_COLOR_READ_FORMAT)
    correct_read_format(target, value);
}

void get_parameter(GLenum at, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  const Target *target = zero.default_at(at);
  if (target && (zero.context().is_es() || !is_about_any_framebuffer(name))) {
    native_gl().glBindFramebuffer(at, 0);
    native_gl().glGetFramebufferParameteriv(at, name, out);
    return zero.rebind();
  }
  native_gl().glGetFramebufferParameteriv(at, name, out);
  correct_parameter(target, name, out);
}

template <auto Entry> void get_named_parameter(GLuint framebuffer, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  const Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  // Only our object would answer about what framebuffer 0 does not have.
  const bool ours = target && is_about_any_framebuffer(name);
  (native_gl().*Entry)(ours ? target->framebuffer : framebuffer, name, out);
  correct_parameter(ours ? target : nullptr, name, out);
}

} // namespace

void override_queries(GlDriver &driver) {
  replace(driver.glGetIntegerv, &get<&GlDriver::glGetIntegerv, GLint>);
  replace(driver.glGetBooleanv, &get<&GlDriver::glGetBooleanv, GLboolean>);
  replace(driver.glGetFloatv, &get<&GlDriver::glGetFloatv, GLfloat>);
  replace(driver.glGetDoublev, &get<&GlDriver::glGetDoublev, GLdouble>);
  replace(driver.glGetInteger64v, &get<&GlDriver::glGetInteger64v, GLint64>);
  replace(driver.glGetFramebufferParameteriv, &get_parameter);
  replace(driver.glGetNamedFramebufferParameteriv,
          &get_named_parameter<&GlDriver::glGetNamedFramebufferParameteriv>);
}

} // namespace gpuferry::gl
