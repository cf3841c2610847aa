#include "heap/alias.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/region.h"
#include "heap/heap.h"
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

static struct gf_alias *find_locked(const void *pointer) {
  check_generation();
  for (size_t i = 0; i < g_count; i++) {
    if ((uint64_t)((const uint8_t *)pointer - g_aliases[i].base) < g_aliases[i].pages_bytes)
      return &g_aliases[i];
  }
  return NULL;
}

static int overlaps_locked(const uint8_t *base, uint64_t pages_bytes) {
  for (size_t i = 0; i < g_count; i++) {
    if (base < g_aliases[i].base + g_aliases[i].pages_bytes &&
        g_aliases[i].base < base + pages_bytes)
      return 1;
  }
  return 0;
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

/// Is every page of the range there? A hole would fault in the copy below. In pieces: the range is what
/// the application says, which may be a terabyte.
static int is_mapped(uint8_t *base, uint64_t pages_bytes) {
  unsigned char residency[512];
  for (uint64_t at = 0; at < pages_bytes; at += sizeof residency * GF_PAGE_BYTES) {
    uint64_t piece_bytes = pages_bytes - at;
    if (piece_bytes > sizeof residency * GF_PAGE_BYTES)
      piece_bytes = sizeof residency * GF_PAGE_BYTES;
    if (mincore(base + at, piece_bytes, residency) != 0)
      return 0;
  }
  return 1;
}

/// Copies the pages and puts the shared ones in their place. On a thread of its own: the range may be
/// part of the caller's stack, which must not change between the copy and the exchange.
static void *exchange(void *argument) {
  const struct gf_alias *alias = argument;
  memcpy(gf_session.heap + alias->offset_bytes, alias->base, alias->pages_bytes);
  return mmap(alias->base, alias->pages_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
              gf_session.region_fd, (off_t)(GF_HEAP_OFFSET_BYTES + alias->offset_bytes));
}

static int exchange_elsewhere(struct gf_alias *alias) {
  sigset_t all, before;
  sigfillset(&all);
  // The new thread inherits the mask, and no handler of the application writes to the stack meanwhile.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  void *got = MAP_FAILED;
  if (pthread_create(&thread, NULL, exchange, alias) == 0)
    pthread_join(thread, &got);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return got != MAP_FAILED;
}

static enum gf_alias_status add_locked(struct gf_alias *alias) {
  check_generation();
  // Before overlaps are looked for: what lies behind a hole depends on where the kernel puts things.
  if (gf_heap_offset(alias->base) != UINT64_MAX || !is_mapped(alias->base, alias->pages_bytes))
    return GF_ALIAS_BAD_RANGE;
  if (overlaps_locked(alias->base, alias->pages_bytes))
    return GF_ALIAS_OVERLAPS;
  struct gf_heap_block block;
  if (!room_locked() || !gf_heap_alloc(alias->pages_bytes, GF_HEAP_REGISTERED, &block))
    return GF_ALIAS_NO_MEMORY;
  alias->offset_bytes = block.offset_bytes;
  if (!exchange_elsewhere(alias)) {
    gf_heap_free(block.offset_bytes);
    return GF_ALIAS_NO_MEMORY;
  }
  g_aliases[g_count++] = *alias;
  return GF_ALIAS_OK;
}

enum gf_alias_status gf_alias_add(void *range, uint64_t range_bytes, struct gf_alias *alias) {
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
  enum gf_alias_status status = add_locked(alias);
  pthread_mutex_unlock(&g_mutex);
  return status;
}

int gf_alias_remove(void *range) {
  pthread_mutex_lock(&g_mutex);
  struct gf_alias *found = find_locked(range);
  int removed = found != NULL && found->range == range;
  if (removed) {
    struct gf_alias alias = *found;
    *found = g_aliases[--g_count];
    // The private pages are filled before they take the place of the shared ones.
    void *fresh =
        mmap(NULL, alias.pages_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh != MAP_FAILED) {
      memcpy(fresh, gf_session.heap + alias.offset_bytes, alias.pages_bytes);
      if (mremap(fresh, alias.pages_bytes, alias.pages_bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
                 alias.base) != MAP_FAILED)
        gf_heap_free(alias.offset_bytes);
    }
    // Without memory for that the pages stay shared, which only costs the heap's room.
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
  if (!gf_alias_find(pointer, &alias))
    return UINT64_MAX;
  uint64_t inside = (uint64_t)((const uint8_t *)pointer - alias.base);
  return size_bytes <= alias.pages_bytes - inside ? alias.offset_bytes + inside : UINT64_MAX;
}

void *gf_alias_at(uint64_t offset_bytes) {
  void *pointer = NULL;
  pthread_mutex_lock(&g_mutex);
  check_generation();
  for (size_t i = 0; i < g_count && pointer == NULL; i++)
    if (offset_bytes - g_aliases[i].offset_bytes < g_aliases[i].pages_bytes)
      pointer = g_aliases[i].base + (offset_bytes - g_aliases[i].offset_bytes);
  pthread_mutex_unlock(&g_mutex);
  return pointer;
}
