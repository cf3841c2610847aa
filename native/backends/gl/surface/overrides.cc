#include "backends/gl/surface/overrides.h"

namespace gpuferry::gl {

namespace {
const GlDriver *native_entries = nullptr;
}

const GlDriver &native_gl() { return *native_entries; }

void override_framebuffer_0(GlDriver &driver, const GlDriver &native) {
  native_entries = &native;
  override_binding(driver);
  override_buffers(driver);
  override_queries(driver);
  override_named(driver);
  override_invalidation(driver);
  override_reading(driver);
  override_accum(driver);
}

} // namespace gpuferry::gl
