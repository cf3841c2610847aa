#include "backends/gl/surface/overrides.h"

namespace gpuferry::gl {

namespace {
const GlDriver *native_entries = nullptr;
}

const GlDriver &native_gl() { return *native_entries; }

bool is_compiling() {
  const Context &context = *current_lane()->context;
  if (context.is_es() || context.is_core) // where asking would be an error
    return false;
  GLint list = 0;
  native_gl().glGetIntegerv(GL_LIST_INDEX, &list);
  return list != 0;
}

void override_framebuffer_0(GlDriver &driver, const GlDriver &native) {
  native_entries = &native;
  override_binding(driver);
  override_buffers(driver);
  override_queries(driver);
  override_named(driver);
  override_invalidation(driver);
  override_reading(driver);
  override_accum(driver);
  override_alpha(driver);
}

} // namespace gpuferry::gl
