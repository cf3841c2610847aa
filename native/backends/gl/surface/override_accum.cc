// The accumulation buffer, which framebuffer objects do not have: floats in the executor's own memory.
// Also GL_FRAMEBUFFER_SRGB, whose first use decides how a drawable's colours are stored.
#include "backends/gl/surface/overrides.h"

#include "backends/gl/surface/accum.h"

namespace gpuferry::gl {

namespace {

bool has_accum(const DefaultFramebuffer &zero) {
  return zero.is_draw_default() &&
         const_cast<DefaultFramebuffer &>(zero).draw()->drawable->accum_bits();
}

void clear(GLbitfield mask) {
  DefaultFramebuffer &zero = framebuffer_0();
  if ((mask & GL_ACCUM_BUFFER_BIT) && has_accum(zero))
    clear_accum(zero);
  native_gl().glClear(mask);
}

void accum(GLenum operation, GLfloat value) {
  DefaultFramebuffer &zero = framebuffer_0();
  if (!has_accum(zero) || !accumulate(zero, operation, value))
    native_gl().glAccum(operation, value);
}

void enable(GLenum capability) {
  if (capability == GL_FRAMEBUFFER_SRGB)
    framebuffer_0().want_srgb();
  native_gl().glEnable(capability);
}

} // namespace

void override_accum(GlDriver &driver) {
  replace(driver.glClear, &clear);
  replace(driver.glAccum, &accum);
  replace(driver.glEnable, &enable);
}

} // namespace gpuferry::gl
