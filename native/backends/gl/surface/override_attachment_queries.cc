// What an application can ask about one buffer of framebuffer 0.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/context.h"

namespace gpuferry::gl {

namespace {

/// A buffer of framebuffer 0, in our object.
struct Part {
  enum { none, missing, colour, depth, stencil } is;
  GLenum attachment = GL_NONE; ///< of those that are there
};

Part part_named(DefaultFramebuffer &zero, Target &target, GLenum name) {
  const bool es = zero.context().is_es();
  switch (name) {
  case GL_DEPTH:
    return {target.drawable->depth_bits() ? Part::depth : Part::missing, GL_DEPTH_ATTACHMENT};
  case GL_STENCIL:
    return {target.drawable->stencil_bits() ? Part::stencil : Part::missing, GL_STENCIL_ATTACHMENT};
  case GL_BACK:
    return {Part::colour,
            zero.attachment_of(target,
                               target.drawable->is_double_buffered() || es ? GL_BACK : GL_FRONT)};
  case GL_FRONT:
  case GL_FRONT_LEFT:
  case GL_BACK_LEFT: {
    const GLenum attachment = es ? DefaultFramebuffer::kNoBuffer : zero.attachment_of(target, name);
    if (attachment != DefaultFramebuffer::kNoBuffer)
      return {Part::colour, attachment};
    return {es ? Part::none : Part::missing};
  }
  case GL_FRONT_RIGHT:
  case GL_BACK_RIGHT:
    return {es ? Part::none : Part::missing};
  default:
    return {Part::none};
  }
}

/// Of an object's attachment, not of framebuffer 0's: what holds the pixels.
bool names_object(GLenum name) {
  switch (name) {
  case GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LEVEL:
  case GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_CUBE_MAP_FACE:
  case GL_FRAMEBUFFER_ATTACHMENT_TEXTURE_LAYER:
  case GL_FRAMEBUFFER_ATTACHMENT_LAYERED:
    return true;
  default:
    return false;
  }
}

bool describes_pixels(GLenum name) {
  return name == GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING ||
         name == GL_FRAMEBUFFER_ATTACHMENT_COMPONENT_TYPE ||
         (name >= GL_FRAMEBUFFER_ATTACHMENT_RED_SIZE &&
          name <= GL_FRAMEBUFFER_ATTACHMENT_STENCIL_SIZE);
}

/// `ask(attachment, name, out)` asks the driver about our object.
template <class Ask>
void answer(DefaultFramebuffer &zero, Target &target, GLenum attachment, GLenum name, GLint *out,
            Ask ask) {
  const Part part = part_named(zero, target, attachment);
  const auto refuse =
      [&](GLenum error) { // as the driver does with what is wrong on any framebuffer
        GLint nothing = 0;
        if (error == GL_INVALID_ENUM)
          ask(GL_COLOR_ATTACHMENT0, GL_NONE, &nothing);
        else
          ask(GL_COLOR_ATTACHMENT7, GL_FRAMEBUFFER_ATTACHMENT_RED_SIZE, &nothing);
      };
  if (part.is == Part::none)
    return refuse(GL_INVALID_ENUM);
  if (part.is == Part::missing) {
    if (name == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE)
      *out = GL_NONE;
    else if (name == GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING && part.attachment != GL_NONE)
      *out = GL_LINEAR; // depth and stencil
    else
      refuse(describes_pixels(name) || names_object(name) ? GL_INVALID_OPERATION : GL_INVALID_ENUM);
    return;
  }
  if (name == GL_FRAMEBUFFER_ATTACHMENT_OBJECT_TYPE) {
    *out = GL_FRAMEBUFFER_DEFAULT;
    return;
  }
  if (!describes_pixels(name))
    return refuse(GL_INVALID_ENUM);
  ask(part.attachment, name, out);
  if (part.is != Part::colour)
    return;
  if (name == GL_FRAMEBUFFER_ATTACHMENT_ALPHA_SIZE && target.buffers->has_spare_alpha)
    *out = 0;
  if (name == GL_FRAMEBUFFER_ATTACHMENT_COLOR_ENCODING)
    *out = stores_srgb(zero.context(), *target.drawable) ? GL_SRGB : GL_LINEAR;
}

template <auto Entry> void get_bound(GLenum at, GLenum attachment, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = zero.default_at(at);
  if (!target)
    return (native_gl().*Entry)(at, attachment, name, out);
  if (zero.context().is_es() && zero.context().version < 30) { // which has no answer at all
    native_gl().glBindFramebuffer(at, 0);
    (native_gl().*Entry)(at, attachment, name, out);
    return zero.rebind();
  }
  answer(zero, *target, attachment, name, out, [at](GLenum ours, GLenum asked, GLint *value) {
    (native_gl().*Entry)(at, ours, asked, value);
  });
}

template <auto Entry>
void get_named(GLuint framebuffer, GLenum attachment, GLenum name, GLint *out) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  if (!target)
    return (native_gl().*Entry)(framebuffer, attachment, name, out);
  answer(zero, *target, attachment, name, out, [target](GLenum ours, GLenum asked, GLint *value) {
    (native_gl().*Entry)(target->framebuffer, ours, asked, value);
  });
}

} // namespace

void override_attachment_queries(GlDriver &driver) {
  replace(driver.glGetFramebufferAttachmentParameteriv,
          &get_bound<&GlDriver::glGetFramebufferAttachmentParameteriv>);
  replace(driver.glGetFramebufferAttachmentParameterivOES,
          &get_bound<&GlDriver::glGetFramebufferAttachmentParameterivOES>);
  replace(driver.glGetNamedFramebufferAttachmentParameteriv,
          &get_named<&GlDriver::glGetNamedFramebufferAttachmentParameteriv>);
  replace(driver.glGetNamedFramebufferAttachmentParameterivEXT,
          &get_named<&GlDriver::glGetNamedFramebufferAttachmentParameterivEXT>);
}

} // namespace gpuferry::gl
