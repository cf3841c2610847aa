// Telling the driver that contents are not needed: framebuffer 0 spells its attachments differently.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/context.h"

#include <vector>

namespace gpuferry::gl {

namespace {

GLenum told(DefaultFramebuffer &zero, Target &target, GLenum attachment) {
  switch (attachment) {
  case GL_COLOR:
    return GL_COLOR_ATTACHMENT0;
  case GL_DEPTH:
    return GL_DEPTH_ATTACHMENT;
  case GL_STENCIL:
    return GL_STENCIL_ATTACHMENT;
  case GL_BACK_LEFT:
  case GL_FRONT_LEFT: {
    const GLenum ours = zero.attachment_of(target, attachment);
    return ours == DefaultFramebuffer::kNoBuffer ? GL_COLOR_ATTACHMENT0 : ours;
  }
  default:
    return GL_SAMPLES; // no attachment of any framebuffer: the driver's error
  }
}

struct Told {
  Told(DefaultFramebuffer &zero, Target *target, GLsizei count, const GLenum *attachments)
      : attachments(attachments) {
    if (!target || !attachments || count <= 0)
      return;
    for (GLsizei i = 0; i < count; ++i)
      own.push_back(told(zero, *target, attachments[i]));
    this->attachments = own.data();
  }
  std::vector<GLenum> own;
  const GLenum *attachments;
};

template <auto Entry> void invalidate(GLenum at, GLsizei count, const GLenum *attachments) {
  DefaultFramebuffer &zero = framebuffer_0();
  const Told told(zero, zero.default_at(at), count, attachments);
  (native_gl().*Entry)(at, count, told.attachments);
}

void invalidate_part(GLenum at, GLsizei count, const GLenum *attachments, GLint x, GLint y,
                     GLsizei width, GLsizei height) {
  DefaultFramebuffer &zero = framebuffer_0();
  const Told told(zero, zero.default_at(at), count, attachments);
  native_gl().glInvalidateSubFramebuffer(at, count, told.attachments, x, y, width, height);
}

void invalidate_named(GLuint framebuffer, GLsizei count, const GLenum *attachments) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  const Told told(zero, target, count, attachments);
  native_gl().glInvalidateNamedFramebufferData(target ? target->framebuffer : framebuffer, count,
                                               told.attachments);
}

void invalidate_named_part(GLuint framebuffer, GLsizei count, const GLenum *attachments, GLint x,
                           GLint y, GLsizei width, GLsizei height) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  const Told told(zero, target, count, attachments);
  native_gl().glInvalidateNamedFramebufferSubData(target ? target->framebuffer : framebuffer, count,
                                                  told.attachments, x, y, width, height);
}

} // namespace

void override_invalidation(GlDriver &driver) {
  replace(driver.glInvalidateFramebuffer, &invalidate<&GlDriver::glInvalidateFramebuffer>);
  replace(driver.glDiscardFramebufferEXT, &invalidate<&GlDriver::glDiscardFramebufferEXT>);
  replace(driver.glInvalidateSubFramebuffer, &invalidate_part);
  replace(driver.glInvalidateNamedFramebufferData, &invalidate_named);
  replace(driver.glInvalidateNamedFramebufferSubData, &invalidate_named_part);
}

} // namespace gpuferry::gl
