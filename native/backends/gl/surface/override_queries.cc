// What an application can ask about framebuffer 0.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/context.h"

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
    if (zero.is_read_default())
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
  default:
    if (name >= GL_DRAW_BUFFER0 && name <= GL_DRAW_BUFFER15)
      return buffer_number(zero, name);
  }
  return std::nullopt;
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
}

/// The attachment that `attachment` (a name of framebuffer 0) is in our object.
GLenum attachment_named(DefaultFramebuffer &zero, Target &target, GLenum attachment) {
  switch (attachment) {
  case GL_COLOR:
    return GL_COLOR_ATTACHMENT0;
  case GL_DEPTH:
    return GL_DEPTH_ATTACHMENT;
  case GL_STENCIL:
    return GL_STENCIL_ATTACHMENT;
  case GL_BACK:
  case GL_BACK_LEFT:
  case GL_FRONT:
  case GL_FRONT_LEFT:
    return zero.attachment_of(target, attachment);
  default:
    return DefaultFramebuffer::kNoBuffer;
  }
}

/// The driver has answered for our object: make it an answer about framebuffer 0.
void correct(const Target &target, GLenum name, GLint *value) {
  if (name == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE && *value != GL_NONE)
    *value = GL_FRAMEBUFFER_DEFAULT;
  if (name == GL_FRAMEBUFFER_ATTACHMENT_ALPHA_SIZE && target.buffers->has_spare_alpha)
    *value = 0;
  if (name == GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING && target.drawable->is_srgb())
    *value = GL_SRGB;
}

/// An error that any framebuffer gives: not one of its attachments, or not something to ask.
constexpr GLenum kNoAttachment = GL_FRONT_RIGHT;

template <auto Entry> void get_attachment(GLenum at, GLenum attachment, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = zero.default_at(at);
  if (!target)
    return (native_gl().*Entry)(at, attachment, name, out);
  const GLenum ours = attachment_named(zero, *target, attachment);
  const bool has_no_object = name == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME ||
                             name == GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LEVEL ||
                             name == GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_CUBE_MAP_FACE ||
                             name == GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LAYER;
  if (ours == DefaultFramebuffer::kNoBuffer || has_no_object) {
    native_gl().glBindFramebuffer(at, 0);
    (native_gl().*Entry)(at, attachment, name, out);
    return zero.rebind();
  }
  (native_gl().*Entry)(at, ours, name, out);
  correct(*target, name, out);
}

template <auto Entry>
void get_named_attachment(GLuint framebuffer, GLenum attachment, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  if (!target)
    return (native_gl().*Entry)(framebuffer, attachment, name, out);
  const GLenum ours = attachment_named(zero, *target, attachment);
  (native_gl().*Entry)(target->framebuffer,
                       ours == DefaultFramebuffer::kNoBuffer ? kNoAttachment : ours, name, out);
  correct(*target, name, out);
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

void get_parameter(GLenum at, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  const Target *target = zero.default_at(at);
  if (target && !is_about_any_framebuffer(name)) {
    native_gl().glBindFramebuffer(at, 0);
    native_gl().glGetFramebufferParameteriv(at, name, out);
    return zero.rebind();
  }
  native_gl().glGetFramebufferParameteriv(at, name, out);
  if (target && name == GL_DOUBLEBUFFER)
    *out = target->drawable->is_double_buffered();
}

template <auto Entry> void get_named_parameter(GLuint framebuffer, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  const Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  // Only our object would answer about what framebuffer 0 does not have.
  const bool ours = target && is_about_any_framebuffer(name);
  (native_gl().*Entry)(ours ? target->framebuffer : framebuffer, name, out);
  if (ours && name == GL_DOUBLEBUFFER)
    *out = target->drawable->is_double_buffered();
}

} // namespace

void override_queries(GlDriver &driver) {
  replace(driver.glGetIntegerv, &get<&GlDriver::glGetIntegerv, GLint>);
  replace(driver.glGetBooleanv, &get<&GlDriver::glGetBooleanv, GLboolean>);
  replace(driver.glGetFloatv, &get<&GlDriver::glGetFloatv, GLfloat>);
  replace(driver.glGetDoublev, &get<&GlDriver::glGetDoublev, GLdouble>);
  replace(driver.glGetInteger64v, &get<&GlDriver::glGetInteger64v, GLint64>);
  replace(driver.glGetFramebufferAttachmentParameteriv,
          &get_attachment<&GlDriver::glGetFramebufferAttachmentParameteriv>);
  replace(driver.glGetFramebufferAttachmentParameterivOES,
          &get_attachment<&GlDriver::glGetFramebufferAttachmentParameterivOES>);
  replace(driver.glGetNamedFramebufferAttachmentParameteriv,
          &get_named_attachment<&GlDriver::glGetNamedFramebufferAttachmentParameteriv>);
  replace(driver.glGetFramebufferParameteriv, &get_parameter);
  replace(driver.glGetNamedFramebufferParameteriv,
          &get_named_parameter<&GlDriver::glGetNamedFramebufferParameteriv>);
}

} // namespace gpuferry::gl
