#include "heap/alias.h"

#include <pthread.h>
#include <stdlib.h>

#include "abi/region.h"
#include "heap/shared_pages.h"
#include "session/session.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_alias *g_aliases; // unsorted: registered ranges are few
static size_t g_count, g_capacity;
static uint32_t g_generation; // of the session that the ranges are registered with

/// A forked child has registered nothing: its pages are still the parent's shared ones.
static void check_generation(void) {
  if (g_generation != gf_session_generation) {
    g_count = 0;
    g_generation = gf_session_generation;
  }
}

/// The range that holds `pointer`; else one of whose pages does.
static struct gf_alias *find_locked(const void *pointer) {
  struct gf_alias *of_page = NULL;
  check_generation();
  for (size_t i = 0; i < g_count; i++) {
    struct gf_alias *alias = &g_aliases[i];
    if ((uint64_t)((const uint8_t *)pointer - alias->range) < alias->range_bytes)
      return alias;
    if ((uint64_t)((const uint8_t *)pointer - alias->base) < alias->pages_bytes)
      of_page = alias;
  }
  return of_page;
}

enum { APART, IN_ONE_PAGE, OVERLAPPING };

static int nearness_locked(const struct gf_alias *one) {
  int nearness = APART;
  for (size_t i = 0; i < g_count && nearness != OVERLAPPING; i++) {
    const struct gf_alias *other = &g_aliases[i];
    if (one->range < other->range + other->range_bytes &&
        other->range < one->range + one->range_bytes)
      nearness = OVERLAPPING;
    else if (one->base < other->base + other->pages_bytes &&
             other->base < one->base + one->pages_bytes)
      nearness = IN_ONE_PAGE;
  }
  return nearness;
}

static int room_locked(void) {
  if (g_count < g_capacity)
    return 1;
  size_t capacity = g_capacity ? g_capacity * 2 : 16;
  struct gf_alias *grown = realloc(g_aliases, capacity * sizeof *grown);
  if (grown == NULL)
    return 0;
  g_aliases = grown;
  g_capacity = capacity;
  return 1;
}

static enum gf_alias_status add_in_name(struct gf_alias *alias) {
  check_generation();
  if (nearness_locked(alias) == OVERLAPPING)
    return GF_ALIAS_OVERLAPS;
  if (!room_locked())
    return GF_ALIAS_NO_MEMORY;
  alias->offset_bytes = UINT64_MAX;
  g_aliases[g_count++] = *alias;
  return GF_ALIAS_OK;
}

static enum gf_alias_status add_locked(struct gf_alias *alias) {
  check_generation();
  // Before overlaps are looked for: what lies behind a hole depends on where the kernel puts things.
  const enum gf_share_status status =
      gf_pages_share(alias->base, alias->pages_bytes, &alias->pages);
  if (status != GF_SHARE_OK)
    return status == GF_SHARE_BAD_RANGE ? GF_ALIAS_BAD_RANGE : GF_ALIAS_NO_MEMORY;
  enum gf_alias_status refusal = GF_ALIAS_OK;
  const int nearness = nearness_locked(alias);
  if (nearness == OVERLAPPING)
    refusal = GF_ALIAS_OVERLAPS;
  else if (nearness == IN_ONE_PAGE)
    refusal = GF_ALIAS_IN_ONE_PAGE;
  else if (!room_locked() || alias->pages->piece_count != 1) // to the device a range is one
    refusal = GF_ALIAS_NO_MEMORY;
  if (refusal != GF_ALIAS_OK) {
    gf_pages_release(alias->pages);
    return refusal;
  }
  alias->offset_bytes = alias->pages->pieces[0].offset_bytes;
  g_aliases[g_count++] = *alias;
  return GF_ALIAS_OK;
}

enum gf_alias_status gf_alias_add(void *range, uint64_t range_bytes, int in_name_only,
                                  struct gf_alias *alias) {
  uint64_t first = (uint64_t)range & ~(uint64_t)(GF_PAGE_BYTES - 1);
  uint64_t end =
      ((uint64_t)range + range_bytes + GF_PAGE_BYTES - 1) & ~(uint64_t)(GF_PAGE_BYTES - 1);
  if (range == NULL || range_bytes == 0 || end <= first || gf_session.heap == NULL)
    return GF_ALIAS_BAD_RANGE;
  *alias = (struct gf_alias){.base = (uint8_t *)first,
                             .pages_bytes = end - first,
                             .range = range,
                             .range_bytes = range_bytes};
  pthread_mutex_lock(&g_mutex);
  enum gf_alias_status status = in_name_only ? add_in_name(alias) : add_locked(alias);
  pthread_mutex_unlock(&g_mutex);
  return status;
}

void gf_alias_describe(void *range, uint32_t flags, uint64_t context) {
  pthread_mutex_lock(&g_mutex);
  struct gf_alias *found = find_locked(range);
  if (found != NULL && found->range == range) {
    found->flags = flags;
    found->context = context;
  }
  pthread_mutex_unlock(&g_mutex);
}

int gf_alias_remove(void *range) {
  pthread_mutex_lock(&g_mutex);
  struct gf_alias *found = find_locked(range);
  int removed = found != NULL && found->range == range;
  if (removed) {
    struct gf_alias alias = *found;
    *found = g_aliases[--g_count];
    gf_pages_release(alias.pages);
  }
  pthread_mutex_unlock(&g_mutex);
  return removed;
}

int gf_alias_find(const void *pointer, struct gf_alias *alias) {
  if (__atomic_load_n(&g_count, __ATOMIC_RELAXED) == 0)
    return 0;
  pthread_mutex_lock(&g_mutex);
  const struct gf_alias *found = find_locked(pointer);
  if (found != NULL)
    *alias = *found;
  pthread_mutex_unlock(&g_mutex);
  return found != NULL;
}

uint64_t gf_alias_range_offset(const void *pointer, uint64_t size_bytes) {
  struct gf_alias alias;
  if (!gf_alias_find(pointer, &alias) || alias.pages == NULL)
    return UINT64_MAX;
  uint64_t inside = (uint64_t)((const uint8_t *)pointer - alias.base);
  return size_bytes <= alias.pages_bytes - inside ? alias.offset_bytes + inside : UINT64_MAX;
}

enum gf_alias_fit gf_alias_fit(const void *pointer, uint64_t size_bytes) {
  struct gf_alias alias;
  if (!gf_alias_find(pointer, &alias))
    return GF_ALIAS_NONE;
  const uint64_t inside = (uint64_t)((const uint8_t *)pointer - alias.base);
  return size_bytes <= alias.pages_bytes - inside ? GF_ALIAS_FITS : GF_ALIAS_OVERRUN;
}

void *gf_alias_at(uint64_t offset_bytes) {
  void *pointer = NULL;
  pthread_mutex_lock(&g_mutex);
  check_generation();
  for (size_t i = 0; i < g_count && pointer == NULL; i++)
    if (g_aliases[i].pages != NULL &&
        offset_bytes - g_aliases[i].offset_bytes < g_aliases[i].pages_bytes)
      pointer = g_aliases[i].base + (offset_bytes - g_aliases[i].offset_bytes);
  pthread_mutex_unlock(&g_mutex);
  return pointer;
}
