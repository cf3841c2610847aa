// What never changes about a context: its strings, its extensions, its limits. Fetched in one round trip
// when it is current first, answered here ever after.
#pragma once

#include <stdint.h>

#include "gl_api.h"

struct gf_gl_context;
struct gf_gl_lane;

/// A limit as glGetIntegerv gives it: up to four values, as many as `count`; 0: the driver has none.
struct gf_gl_limit {
  uint32_t count;
  int32_t values[4];
};

struct gf_gl_facts {
  const char *vendor;
  const char *renderer;
  const char *version;
  const char *shading_language;
  char *extensions;       ///< those that are forwarded, a blank after each
  const char **extension; ///< each by itself
  uint32_t extension_count;
  struct gf_gl_limit *limits; ///< in the order of limits.inc
  char *text;                 ///< what the others point into
};

/// Asks the host about the context that the lane has current. 0, or -1: the session is over, or there is
/// no memory.
int gf_gl_facts_fetch(struct gf_gl_lane *lane, struct gf_gl_context *context);

/// NULL is allowed.
void gf_gl_facts_free(struct gf_gl_facts *facts);

/// The limit of that name, or NULL if the driver has none or it is none of those that were fetched.
const struct gf_gl_limit *gf_gl_limit(const struct gf_gl_facts *facts, GLenum pname);

/// The value of a limit that has one; `otherwise` where it is not known.
int32_t gf_gl_limit_value(const struct gf_gl_facts *facts, GLenum pname, int32_t otherwise);

/// Does the host's driver have it, and is it forwarded?
int gf_gl_has_extension(const struct gf_gl_facts *facts, const char *name);
