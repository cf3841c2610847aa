// Which buffers of a drawable are drawn to and read from.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/context.h"
#include "backends/gl/surface/keep.h"

#include <algorithm>
#include <array>

namespace gpuferry::gl {

namespace {

constexpr GLsizei kMaxDrawBuffers = 32;
/// A buffer that exists nowhere: an error of the right kind on any framebuffer.
GLenum nowhere(DefaultFramebuffer &zero) {
  return zero.context().is_es() ? GL_BACK : GL_BACK_RIGHT;
}

bool is_colour_attachment(GLenum buffer) {
  return buffer >= GL_COLOR_ATTACHMENT0 && buffer < GL_COLOR_ATTACHMENT0 + 32;
}

/// An attachment beyond every framebuffer's.
constexpr GLenum kNoAttachment = GL_COLOR_ATTACHMENT0 + 31;

/// What the driver is told for a buffer's name on framebuffer 0; names that it does not have give the
/// driver's own error.
GLenum told(DefaultFramebuffer &zero, Target &target, GLenum buffer) {
  const GLenum attachment = zero.attachment_of(target, buffer);
  if (attachment != DefaultFramebuffer::kNoBuffer)
    return attachment;
  return is_colour_attachment(buffer) || buffer == GL_BACK || buffer == GL_BACK_LEFT ? nowhere(zero)
                                                                                     : buffer;
}

/// Of several buffers the front one is read.
GLenum told_read(DefaultFramebuffer &zero, Target &target, GLenum buffer) {
  return told(zero, target,
              buffer == GL_FRONT_AND_BACK && !zero.context().is_es() ? GL_FRONT : buffer);
}

/// glDrawBuffer's names for two buffers at once.
bool is_both(const Target &target, GLenum buffer) {
  return target.drawable->is_double_buffered() &&
         (buffer == GL_FRONT_AND_BACK || buffer == GL_LEFT);
}
constexpr GLenum kBoth[] = {GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1};

/// Notes how one buffer was called; an attachment that is none leaves what was noted.
void spell(Target::Spelled &spelled, GLenum name, GLenum attachment) {
  if (attachment == GL_COLOR_ATTACHMENT0 || attachment == GL_COLOR_ATTACHMENT1)
    spelled = {name, attachment == GL_COLOR_ATTACHMENT0 ? 1u : 2u};
}

void draw_buffer(GLenum buffer) {
  DefaultFramebuffer &zero = framebuffer_0();
  if (!zero.is_draw_default())
    return native_gl().glDrawBuffer(buffer);
  Target &target = *zero.draw();
  if (is_both(target, buffer) && native_gl().glDrawBuffers) {
    zero.attachment_of(target, GL_FRONT); // makes it
    target.drawn_spelled = {buffer, 3};
    return native_gl().glDrawBuffers(2, kBoth);
  }
  const GLenum attachment = told(zero, target, buffer);
  spell(target.drawn_spelled, buffer, attachment);
  native_gl().glDrawBuffer(attachment);
}

void read_buffer(GLenum buffer) {
  DefaultFramebuffer &zero = framebuffer_0();
  if (!zero.is_read_default())
    return native_gl().glReadBuffer(buffer);
  const GLenum attachment = told_read(zero, *zero.read(), buffer);
  spell(zero.read()->read_spelled, buffer, attachment);
  native_gl().glReadBuffer(attachment);
}

using Attachments_ = std::array<GLenum, kMaxDrawBuffers>;

const GLenum *told_all(DefaultFramebuffer &zero, Target &target, GLsizei count,
                       const GLenum *buffers, Attachments_ &out) {
  if (!buffers || count < 0 || count > kMaxDrawBuffers)
    return buffers;
  for (GLsizei i = 0; i < count; ++i) {
    // An array takes names of single buffers only.
    const bool single = buffers[i] != GL_FRONT && buffers[i] != GL_LEFT && buffers[i] != GL_RIGHT &&
                        buffers[i] != GL_FRONT_AND_BACK;
    GLenum &to = out[static_cast<size_t>(i)];
    if (buffers[i] == GL_BACK && count != 1)
      to = kNoAttachment;
    else
      to = single ? told(zero, target, buffers[i]) : buffers[i];
  }
  return out.data();
}

void draw_buffers(GLsizei count, const GLenum *buffers) {
  DefaultFramebuffer &zero = framebuffer_0();
  Attachments_ attachments;
  // OpenGL ES has one buffer there, and wants it named.
  if (zero.is_draw_default() && zero.context().is_es() && count >= 0 && count != 1)
    return native_gl().glDrawBuffers(1, &kNoAttachment);
  if (!zero.is_draw_default())
    return native_gl().glDrawBuffers(count, buffers);
  native_gl().glDrawBuffers(count, told_all(zero, *zero.draw(), count, buffers, attachments));
  if (count == 1 && buffers && native_gl().glDrawBuffer &&
      get_number(native_gl(), GL_DRAW_BUFFER0) == static_cast<GLint>(attachments[0]))
    spell(zero.draw()->drawn_spelled, buffers[0], attachments[0]);
}

template <auto Entry> void named_draw_buffer(GLuint framebuffer, GLenum buffer) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  if (!target)
    return (native_gl().*Entry)(framebuffer, buffer);
  if (is_both(*target, buffer) && native_gl().glNamedFramebufferDrawBuffers) {
    zero.attachment_of(*target, GL_FRONT);
    target->drawn_spelled = {buffer, 3};
    return native_gl().glNamedFramebufferDrawBuffers(target->framebuffer, 2, kBoth);
  }
  const GLenum attachment = told(zero, *target, buffer);
  spell(target->drawn_spelled, buffer, attachment);
  (native_gl().*Entry)(target->framebuffer, attachment);
}

template <auto Entry> void named_read_buffer(GLuint framebuffer, GLenum buffer) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = framebuffer == 0 ? zero.read() : nullptr;
  if (!target)
    return (native_gl().*Entry)(framebuffer, buffer);
  const GLenum attachment = told_read(zero, *target, buffer);
  spell(target->read_spelled, buffer, attachment);
  (native_gl().*Entry)(target->framebuffer, attachment);
}

template <auto Entry>
void named_draw_buffers(GLuint framebuffer, GLsizei count, const GLenum *buffers) {
  DefaultFramebuffer &zero = framebuffer_0();
  Target *target = framebuffer == 0 ? zero.draw() : nullptr;
  if (!target)
    return (native_gl().*Entry)(framebuffer, count, buffers);
  Attachments_ attachments;
  (native_gl().*Entry)(target->framebuffer, count,
                       told_all(zero, *target, count, buffers, attachments));
}

/// Drawing buffer 0 of framebuffer 0 may be two buffers, and is then cleared in both.
template <auto Entry, class T> void clear_buffer(GLenum buffer, GLint which, const T *value) {
  DefaultFramebuffer &zero = framebuffer_0();
  (native_gl().*Entry)(buffer, which, value);
  if (buffer != GL_COLOR || which != 0 || !zero.is_draw_default() || !zero.draw()->has_front)
    return;
  GLint second = GL_NONE;
  native_gl().glGetIntegerv(GL_DRAW_BUFFER1, &second);
  if (second == GL_COLOR_ATTACHMENT1)
    (native_gl().*Entry)(buffer, 1, value);
}

} // namespace

void override_buffers(GlDriver &driver) {
  replace(driver.glDrawBuffer, &draw_buffer);
  replace(driver.glReadBuffer, &read_buffer);
  replace(driver.glDrawBuffers, &draw_buffers);
  replace(driver.glClearBufferfv, &clear_buffer<&GlDriver::glClearBufferfv, GLfloat>);
  replace(driver.glClearBufferiv, &clear_buffer<&GlDriver::glClearBufferiv, GLint>);
  replace(driver.glClearBufferuiv, &clear_buffer<&GlDriver::glClearBufferuiv, GLuint>);
  replace(driver.glNamedFramebufferDrawBuffer,
          &named_draw_buffer<&GlDriver::glNamedFramebufferDrawBuffer>);
  replace(driver.glNamedFramebufferReadBuffer,
          &named_read_buffer<&GlDriver::glNamedFramebufferReadBuffer>);
  replace(driver.glNamedFramebufferDrawBuffers,
          &named_draw_buffers<&GlDriver::glNamedFramebufferDrawBuffers>);
  replace(driver.glFramebufferDrawBufferEXT,
          &named_draw_buffer<&GlDriver::glFramebufferDrawBufferEXT>);
  replace(driver.glFramebufferReadBufferEXT,
          &named_read_buffer<&GlDriver::glFramebufferReadBufferEXT>);
  replace(driver.glFramebufferDrawBuffersEXT,
          &named_draw_buffers<&GlDriver::glFramebufferDrawBuffersEXT>);
}

} // namespace gpuferry::gl
