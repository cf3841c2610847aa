#include "gl/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gl/context.h"
#include "gl/stub.h"

static const GLenum g_limit_names[] = {
#define GF_GL_LIMIT(pname) pname,
#include "gl/limits.inc"
#undef GF_GL_LIMIT
};

enum {
#define GF_GL_LIMIT(pname) INDEX_##pname,
#include "gl/limits.inc"
#undef GF_GL_LIMIT
  LIMIT_COUNT
};

static const char *const g_forwarded[] = {
#define GF_GL_EXTENSION(name) name,
#include "gl_extensions.inc"
#undef GF_GL_EXTENSION
};

static int compare_text(const void *key, const void *entry) {
  return strcmp(key, *(const char *const *)entry);
}

static int is_forwarded(const char *extension) {
  return bsearch(extension, g_forwarded, sizeof g_forwarded / sizeof g_forwarded[0],
                 sizeof g_forwarded[0], compare_text) != NULL;
}

/// Keeps the driver's order, in which programs have always seen them.
static int take_extensions(struct gf_gl_facts *facts, char *all) {
  const size_t all_bytes = strlen(all);
  facts->extensions = calloc(1, all_bytes + 2);
  facts->extension = calloc(all_bytes / 2 + 1, sizeof *facts->extension);
  if (facts->extensions == NULL || facts->extension == NULL)
    return -1;
  char *end = facts->extensions, *rest = NULL;
  for (char *name = strtok_r(all, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest)) {
    if (!is_forwarded(name))
      continue;
    facts->extension[facts->extension_count++] = name;
    end = stpcpy(stpcpy(end, name), " ");
  }
  return 0;
}

/// One text of the reply; NULL when it is not zero-terminated where it says.
static char *take_text(char **at, char *end, uint32_t bytes) {
  char *text = *at;
  if (bytes == 0 || bytes > (uint64_t)(end - text) || text[bytes - 1] != '\0')
    return NULL;
  *at = text + bytes;
  return text;
}

static int take(struct gf_gl_context *context, struct gf_gl_facts *facts,
                const struct gf_gl_gfGlContextFacts_reply *reply, uint32_t reply_bytes) {
  const uint64_t limits_bytes = GF_ALIGN8(LIMIT_COUNT * sizeof *facts->limits);
  const uint64_t rest_bytes = reply_bytes - sizeof *reply;
  if (rest_bytes < limits_bytes)
    return -1;
  facts->limits = malloc(limits_bytes);
  facts->text = malloc(rest_bytes - limits_bytes + 1);
  if (facts->limits == NULL || facts->text == NULL)
    return -1;
  memcpy(facts->limits, reply + 1, limits_bytes);
  memcpy(facts->text, (const char *)(reply + 1) + limits_bytes, rest_bytes - limits_bytes);
  char *at = facts->text, *const end = at + rest_bytes - limits_bytes;
  facts->vendor = take_text(&at, end, reply->vendor_bytes);
  facts->renderer = take_text(&at, end, reply->renderer_bytes);
  facts->version = take_text(&at, end, reply->version_bytes);
  facts->shading_language = take_text(&at, end, reply->shading_language_bytes);
  char *extensions = take_text(&at, end, reply->extensions_bytes);
  if (facts->vendor == NULL || facts->renderer == NULL || facts->version == NULL ||
      facts->shading_language == NULL || extensions == NULL)
    return -1;
  context->version = reply->version;
  context->is_core = (reply->flags & GF_GL_FACT_CORE) != 0;
  context->client.arrays.is_core = context->is_core;
  context->client.arrays.has_client_states = context->api != GF_GL_API_ES2 && !context->is_core;
  return take_extensions(facts, extensions);
}

int gf_gl_facts_fetch(struct gf_gl_lane *lane, struct gf_gl_context *context) {
  struct gf_gl_facts *facts = calloc(1, sizeof *facts);
  if (facts == NULL)
    return -1;
  struct gf_gl_gfGlContextFacts_args *args =
      gf_gl_begin(lane, GF_GL_OP_gfGlContextFacts, sizeof *args + gf_gl_room(sizeof g_limit_names));
  args->limit_count = LIMIT_COUNT;
  args->only_limits = 0;
  gf_gl_put(lane, &args->limits, g_limit_names, sizeof g_limit_names, args + 1);
  const void *data;
  if (gf_gl_call(lane, &data, sizeof(struct gf_gl_gfGlContextFacts_reply)) != 0 ||
      take(context, facts, data, gf_gl_reply_bytes(lane)) != 0) {
    gf_gl_facts_free(facts);
    return -1;
  }
  context->facts = facts;
  return 0;
}

void gf_gl_facts_free(struct gf_gl_facts *facts) {
  if (facts == NULL)
    return;
  free(facts->extensions);
  free(facts->extension);
  free(facts->limits);
  free(facts->text);
  free(facts);
}

const struct gf_gl_limit *gf_gl_limit(const struct gf_gl_facts *facts, GLenum pname) {
  const struct gf_gl_limit *limit;
  switch (pname) {
#define GF_GL_LIMIT(name)                                                                          \
  case name:                                                                                       \
    limit = &facts->limits[INDEX_##name];                                                          \
    break;
#include "gl/limits.inc"
#undef GF_GL_LIMIT
  default:
    return NULL;
  }
  return limit->count > 0 ? limit : NULL;
}

int32_t gf_gl_limit_value(const struct gf_gl_facts *facts, GLenum pname, int32_t otherwise) {
  const struct gf_gl_limit *limit = facts != NULL ? gf_gl_limit(facts, pname) : NULL;
  return limit != NULL ? limit->values[0] : otherwise;
}

int gf_gl_has_extension(const struct gf_gl_facts *facts, const char *name) {
  for (uint32_t i = 0; i < facts->extension_count; i++) {
    if (strcmp(facts->extension[i], name) == 0)
      return 1;
  }
  return 0;
}
