#include "heap/heap.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/base.h"
#include "base/log.h"
#include "session/session.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define HUGE_PAGE_BYTES (2ull << 20)

static uint64_t align_up(uint64_t bytes, uint64_t to) { return (bytes + to - 1) & ~(to - 1); }

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_heap_block *g_blocks; // sorted by offset
static size_t g_count, g_capacity;
static uint32_t g_generation; // of the session that the books are about

/// After a fork the child's heap is a new one, and empty.
static void check_generation(void) {
  if (g_generation != gf_session_generation) {
    g_count = 0;
    g_generation = gf_session_generation;
  }
}

/// Index of the first block whose end lies behind `offset_bytes`.
static size_t lower_bound(uint64_t offset_bytes) {
  size_t low = 0, high = g_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (g_blocks[middle].offset_bytes + g_blocks[middle].pages_bytes > offset_bytes)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/// First fit. The first page stays unused: offset 0 means "none" in frames. What can hold huge pages
/// starts where one does.
static size_t find_gap(uint64_t pages_bytes, uint64_t *offset_bytes) {
  const uint64_t alignment_bytes = pages_bytes < HUGE_PAGE_BYTES ? GF_PAGE_BYTES : HUGE_PAGE_BYTES;
  uint64_t at = align_up(GF_PAGE_BYTES, alignment_bytes);
  size_t i = 0;
  for (; i < g_count; i++) {
    if (g_blocks[i].offset_bytes >= at && g_blocks[i].offset_bytes - at >= pages_bytes)
      break;
    at = align_up(g_blocks[i].offset_bytes + g_blocks[i].pages_bytes, alignment_bytes);
  }
  *offset_bytes = at;
  return i;
}

static int reserve_locked(uint64_t size_bytes, enum gf_heap_kind kind,
                          struct gf_heap_block *block) {
  uint64_t pages_bytes = align_up(size_bytes, GF_PAGE_BYTES);
  if (pages_bytes < size_bytes || pages_bytes > gf_session.heap_bytes)
    return 0;
  uint64_t offset_bytes;
  size_t i = find_gap(pages_bytes, &offset_bytes);
  if (offset_bytes > gf_session.heap_bytes - pages_bytes)
    return 0;
  if (g_count == g_capacity) {
    size_t capacity = g_capacity ? g_capacity * 2 : 64;
    struct gf_heap_block *grown = realloc(g_blocks, capacity * sizeof *grown);
    if (grown == NULL)
      return 0;
    g_blocks = grown;
    g_capacity = capacity;
  }
  memmove(g_blocks + i + 1, g_blocks + i, (g_count - i) * sizeof *g_blocks);
  g_count++;
  g_blocks[i] = (struct gf_heap_block){.offset_bytes = offset_bytes,
                                       .size_bytes = size_bytes,
                                       .pages_bytes = pages_bytes,
                                       .kind = kind};
  *block = g_blocks[i];
  return 1;
}

int gf_heap_reserve(uint64_t size_bytes, enum gf_heap_kind kind, struct gf_heap_block *block) {
  if (size_bytes == 0)
    return 0;
  pthread_mutex_lock(&g_mutex);
  check_generation();
  int reserved = reserve_locked(size_bytes, kind, block);
  pthread_mutex_unlock(&g_mutex);
  return reserved;
}

int gf_heap_make_huge(uint64_t offset_bytes, uint64_t size_bytes) {
  const uint64_t end = (offset_bytes + size_bytes) & ~(HUGE_PAGE_BYTES - 1);
  const uint64_t start = align_up(offset_bytes, HUGE_PAGE_BYTES);
  if (start >= end)
    return 0;
  // One small page in each, so that there is something to collapse; the rest comes as one piece.
  for (uint64_t at = start; at < end; at += HUGE_PAGE_BYTES) {
    if (madvise(gf_session.heap + at, GF_PAGE_BYTES, MADV_POPULATE_WRITE) != 0)
      return 0;
  }
  return madvise(gf_session.heap + start, end - start, MADV_COLLAPSE) == 0;
}

int gf_heap_make_present(uint64_t offset_bytes, uint64_t size_bytes) {
  gf_heap_make_huge(offset_bytes, size_bytes);
  // A host without enough memory says so here, where the caller can be told, rather than with a SIGBUS
  // later. EINVAL: a kernel before 5.14; pages then come by fault.
  void *pages = gf_session.heap + offset_bytes;
  if (madvise(pages, size_bytes, MADV_POPULATE_WRITE) == 0 || errno == EINVAL)
    return 1;
  gf_log(GF_LOG_WARN, "%llu bytes of shared memory are not to be had: %s",
         (unsigned long long)size_bytes, strerror(errno));
  return 0;
}

int gf_heap_alloc(uint64_t size_bytes, enum gf_heap_kind kind, struct gf_heap_block *block) {
  if (!gf_heap_reserve(size_bytes, kind, block))
    return 0;
  // Pinned memory is present memory.
  if (gf_heap_make_present(block->offset_bytes, block->pages_bytes))
    return 1;
  gf_heap_free(block->offset_bytes);
  return 0;
}

static struct gf_heap_block *find_locked(uint64_t offset_bytes) {
  check_generation();
  size_t i = lower_bound(offset_bytes);
  if (i < g_count && g_blocks[i].offset_bytes <= offset_bytes)
    return &g_blocks[i];
  return NULL;
}

void gf_heap_describe(uint64_t offset_bytes, uint32_t flags, uint64_t context) {
  pthread_mutex_lock(&g_mutex);
  struct gf_heap_block *block = find_locked(offset_bytes);
  if (block != NULL) {
    block->flags = flags;
    block->context = context;
  }
  pthread_mutex_unlock(&g_mutex);
}

void gf_heap_advise(uint64_t offset_bytes, uint32_t flags, uint64_t accessed_by) {
  pthread_mutex_lock(&g_mutex);
  struct gf_heap_block *block = find_locked(offset_bytes);
  if (block != NULL) {
    block->flags = flags;
    block->accessed_by = accessed_by;
  }
  pthread_mutex_unlock(&g_mutex);
}

void gf_heap_set_sync_memops(uint64_t offset_bytes, int sync_memops) {
  pthread_mutex_lock(&g_mutex);
  struct gf_heap_block *block = find_locked(offset_bytes);
  if (block != NULL)
    block->sync_memops = sync_memops;
  pthread_mutex_unlock(&g_mutex);
}

int gf_heap_free(uint64_t offset_bytes) {
  struct gf_heap_block freed = {0};
  pthread_mutex_lock(&g_mutex);
  struct gf_heap_block *block = find_locked(offset_bytes);
  if (block != NULL && block->offset_bytes == offset_bytes) {
    freed = *block;
    // Pages go back before the books say free: nobody else may have begun to use them.
    madvise(gf_session.heap + freed.offset_bytes, freed.pages_bytes, MADV_REMOVE);
    g_count--;
    memmove(block, block + 1, (size_t)(g_blocks + g_count - block) * sizeof *block);
  }
  pthread_mutex_unlock(&g_mutex);
  return freed.pages_bytes != 0;
}

int gf_heap_find(uint64_t offset_bytes, struct gf_heap_block *found) {
  pthread_mutex_lock(&g_mutex);
  const struct gf_heap_block *block = find_locked(offset_bytes);
  if (block != NULL)
    *found = *block;
  pthread_mutex_unlock(&g_mutex);
  return block != NULL;
}

uint64_t gf_heap_offset(const void *pointer) {
  uint64_t offset_bytes = (uint64_t)((const uint8_t *)pointer - gf_session.heap);
  return gf_session.heap != NULL && offset_bytes < gf_session.heap_bytes ? offset_bytes
                                                                         : UINT64_MAX;
}

uint64_t gf_heap_range_offset(const void *pointer, uint64_t size_bytes) {
  uint64_t offset_bytes = gf_heap_offset(pointer);
  struct gf_heap_block block;
  if (offset_bytes == UINT64_MAX || !gf_heap_find(offset_bytes, &block) ||
      block.kind == GF_HEAP_STAGING ||
      size_bytes > block.pages_bytes - (offset_bytes - block.offset_bytes))
    return UINT64_MAX;
  return offset_bytes;
}
