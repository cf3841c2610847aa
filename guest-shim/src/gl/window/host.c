#include "gl/window/host.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gl/stub.h"
#include "gl_wire.h"
#include "session/session.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
// Published whole; what an earlier session said (before a fork) stays valid for who still holds it.
static struct gf_gl_host *g_host;
static uint32_t g_generation;

/// Cuts the next text from a reply that may hold anything.
static const char *next_text(const char **at, const char *end, uint32_t bytes) {
  const char *text = *at;
  if (bytes == 0 || bytes > (uint64_t)(end - text) || text[bytes - 1] != '\0')
    return "";
  *at = text + bytes;
  return text;
}

static struct gf_gl_host *read_reply(const struct gf_gl_gfGlOpen_reply *reply, uint32_t bytes) {
  // Copied before it is looked at; the host lives on in the copy.
  char *copy = malloc(bytes);
  struct gf_gl_host *host = calloc(1, sizeof *host);
  if (copy == NULL || host == NULL) {
    free(copy);
    free(host);
    return NULL;
  }
  memcpy(copy, reply, bytes);
  reply = (const void *)copy;
  const char *at = copy + sizeof *reply;
  const char *const end = copy + bytes;
  const uint64_t tables_bytes =
      sizeof host->offers + (uint64_t)reply->config_count * sizeof *host->configs;
  if (reply->egl_error != 0x3000 || tables_bytes > (uint64_t)(end - at)) {
    gf_log(GF_LOG_ERROR, "the host offers no OpenGL (EGL error 0x%x)", (unsigned)reply->egl_error);
    free(copy);
    free(host);
    return NULL;
  }
  memcpy(host->offers, at, sizeof host->offers);
  host->configs = (const void *)(at + sizeof host->offers);
  host->config_count = reply->config_count;
  at += tables_bytes;
  host->egl_vendor = next_text(&at, end, reply->vendor_bytes);
  host->egl_version = next_text(&at, end, reply->version_bytes);
  host->egl_extensions = next_text(&at, end, reply->extensions_bytes);
  next_text(&at, end, reply->client_apis_bytes);
  host->gl_vendor = next_text(&at, end, reply->gl_vendor_bytes);
  host->gl_renderer = next_text(&at, end, reply->gl_renderer_bytes);
  host->gl_version = next_text(&at, end, reply->gl_version_bytes);
  host->max_samples = UINT32_MAX;
  for (int i = 0; i < GF_GL_OFFER_COUNT; i++) {
    if (host->offers[i].version != 0 && i != GF_GL_OFFER_ES1 &&
        host->offers[i].max_samples < host->max_samples)
      host->max_samples = host->offers[i].max_samples;
  }
  if (host->max_samples == UINT32_MAX)
    host->max_samples = 0;
  return host;
}

static struct gf_gl_host *ask(void) {
  struct gf_gl_lane *lane = gf_gl_thread_lane();
  if (lane == NULL)
    return NULL;
  const void *reply;
  struct gf_gl_gfGlOpen_args *args = gf_gl_begin(lane, GF_GL_OP_gfGlOpen, sizeof *args);
  args->unused = 0;
  if (gf_gl_call(lane, &reply, sizeof(struct gf_gl_gfGlOpen_reply)) != 0)
    return NULL;
  return read_reply(reply, gf_gl_reply_bytes(lane));
}

const struct gf_gl_host *gf_gl_host(void) {
  pthread_mutex_lock(&g_mutex);
  if (g_host == NULL || g_generation != gf_session_generation) {
    g_host = ask();
    g_generation = gf_session_generation;
  }
  const struct gf_gl_host *host = g_host;
  pthread_mutex_unlock(&g_mutex);
  return host;
}

int gf_gl_host_has(const char *name) {
  const struct gf_gl_host *host = gf_gl_host();
  const size_t length = strlen(name);
  for (const char *at = host != NULL ? host->egl_extensions : ""; *at != '\0';) {
    const size_t word = strcspn(at, " ");
    if (word == length && memcmp(at, name, length) == 0)
      return 1;
    at += word + strspn(at + word, " ");
  }
  return 0;
}
