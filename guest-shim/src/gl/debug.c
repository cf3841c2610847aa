#include "gl/debug.h"

#include "gl/stub.h"

void gf_gl_debug_fetch(struct gf_gl_lane *lane) { (void)lane; }

const void *gf_gl_debug_fetch_beside(struct gf_gl_lane *lane, const void *reply, uint32_t bytes) {
  (void)lane;
  (void)bytes;
  return reply;
}

int gf_gl_debug_is_synchronous(const struct gf_gl_debug *debug) { return debug != NULL; }

void gf_gl_debug_free(struct gf_gl_debug *debug) { (void)debug; }
