#include "backends/gl/surface/overrides.h"

namespace gpuferry::gl {

namespace {
const GlDriver *native_entries = nullptr;
}

const GlDriver &native_gl() { return *native_entries; }

bool has_lists() {
  const Context &context = *current_lane()->context;
  return !context.is_es() && !context.is_core;
}

void override_framebuffer_0(GlDriver &driver, const GlDriver &native) {
  native_entries = &native;
  override_binding(driver);
  override_buffers(driver);
  override_queries(driver);
  override_attachment_queries(driver);
  override_named(driver);
  override_invalidation(driver);
  override_reading(driver);
  override_accum(driver);
  override_alpha(driver);
  override_lists(driver);
}

} // namespace gpuferry::gl
