#include "heap/shared_pages.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "abi/region.h"
#include "base/mappings.h"
#include "heap/heap.h"
#include "session/session.h"

/// Pages that were exchanged together, and become private together.
struct gf_page_run {
  uint8_t *base;
  uint64_t pages_bytes;
  uint64_t offset_bytes; ///< in the heap
  uint32_t holders;
};

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_page_run **g_runs; // by address; they do not overlap
static size_t g_count, g_capacity;
static uint32_t g_generation; // of the session that the runs are shared with

/// A forked child shares nothing: its pages are still the parent's shared ones.
static void check_generation(void) {
  if (g_generation != gf_session_generation) {
    g_count = 0;
    g_generation = gf_session_generation;
  }
}

/// Index of the first run that ends after `at`.
static size_t first_after(const uint8_t *at) {
  size_t i = 0;
  while (i < g_count && g_runs[i]->base + g_runs[i]->pages_bytes <= at)
    i++;
  return i;
}

static void take_out(size_t index) {
  memmove(&g_runs[index], &g_runs[index + 1], (g_count - index - 1) * sizeof *g_runs);
  g_count--;
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
  const struct gf_page_run *run = argument;
  memcpy(gf_session.heap + run->offset_bytes, run->base, run->pages_bytes);
  return mmap(run->base, run->pages_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
              gf_session.region_fd, (off_t)(GF_HEAP_OFFSET_BYTES + run->offset_bytes));
}

static int exchange_elsewhere(struct gf_page_run *run) {
  sigset_t all, before;
  sigfillset(&all);
  // The new thread inherits the mask, and no handler of the application writes to the stack meanwhile.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  void *got = MAP_FAILED;
  if (pthread_create(&thread, NULL, exchange, run) == 0)
    pthread_join(thread, &got);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return got != MAP_FAILED;
}

static int make_room(void) {
  if (g_count < g_capacity)
    return 1;
  const size_t capacity = g_capacity ? g_capacity * 2 : 16;
  struct gf_page_run **grown = realloc(g_runs, capacity * sizeof *grown);
  if (grown == NULL)
    return 0;
  g_runs = grown;
  g_capacity = capacity;
  return 1;
}

/// Makes a run of pages that are in none, at `index`. Non-zero on success.
static int insert(size_t index, uint8_t *base, uint64_t pages_bytes) {
  struct gf_heap_block block;
  struct gf_page_run *run = make_room() ? malloc(sizeof *run) : NULL;
  if (run == NULL || !gf_heap_alloc(pages_bytes, GF_HEAP_REGISTERED, &block)) {
    free(run);
    return 0;
  }
  *run = (struct gf_page_run){base, pages_bytes, block.offset_bytes, 0};
  if (!exchange_elsewhere(run)) {
    gf_heap_free(block.offset_bytes);
    free(run);
    return 0;
  }
  memmove(&g_runs[index + 1], &g_runs[index], (g_count - index) * sizeof *g_runs);
  g_runs[index] = run;
  g_count++;
  return 1;
}

/// A part of a run, where it still is what lies there.
struct part {
  uint64_t inside_bytes, bytes;
};

enum { PARTS = 64 };

/// The application may have given the memory back meanwhile, and have something else there. How many parts are
/// still the region's; -1: the kernel does not tell.
static int parts_left(const struct gf_page_run *run, struct part *parts) {
  struct gf_mapping mappings[PARTS];
  struct stat region;
  const uint64_t first = (uint64_t)run->base, end = first + run->pages_bytes;
  const int count = gf_mappings_of(first, end, mappings, PARTS);
  int left = 0;
  if (count < 0 || count == PARTS || fstat(gf_session.region_fd, &region) != 0)
    return -1;
  for (int i = 0; i < count; i++) {
    const struct gf_mapping *mapping = &mappings[i];
    const uint64_t low = mapping->first > first ? mapping->first : first;
    const uint64_t high = mapping->end < end ? mapping->end : end;
    if (mapping->inode == (uint64_t)region.st_ino &&
        mapping->offset_bytes + (low - mapping->first) ==
            GF_HEAP_OFFSET_BYTES + run->offset_bytes + (low - first))
      parts[left++] = (struct part){low - first, high - low};
  }
  return left;
}

static int is_whole(const struct gf_page_run *run) {
  struct part parts[PARTS];
  uint64_t bytes = 0;
  const int count = parts_left(run, parts);
  for (int i = 0; i < count; i++)
    bytes += parts[i].bytes;
  return bytes == run->pages_bytes;
}

/// Puts private pages with the present bytes in the place of shared ones.
static int make_private(const struct gf_page_run *run, const struct part *part) {
  // Filled before they are put there.
  void *fresh = mmap(NULL, part->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fresh == MAP_FAILED)
    return 0;
  memcpy(fresh, gf_session.heap + run->offset_bytes + part->inside_bytes, part->bytes);
  if (mremap(fresh, part->bytes, part->bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
             run->base + part->inside_bytes) != MAP_FAILED)
    return 1;
  munmap(fresh, part->bytes);
  return 0;
}

/// Pages that cannot be exchanged stay shared, which only costs the heap's room.
static void end_run(struct gf_page_run *run) {
  struct part parts[PARTS];
  const int count = parts_left(run, parts);
  int all = count >= 0;
  for (int i = 0; i < count; i++)
    all &= make_private(run, &parts[i]);
  if (all)
    gf_heap_free(run->offset_bytes);
  free(run);
}

static void release_locked(struct gf_shared_pages *shared) {
  check_generation();
  for (uint32_t i = 0; shared->generation == g_generation && i < shared->run_count; i++) {
    struct gf_page_run *run = shared->runs[i];
    if (--run->holders != 0)
      continue;
    const size_t index = first_after(run->base);
    if (index < g_count && g_runs[index] == run) // else something else is there
      take_out(index);
    end_run(run);
  }
  free(shared);
}

/// Adds the run's pages in [at, end) to what is shared. Non-zero if there was room.
static int hold(struct gf_shared_pages *shared, struct gf_page_run *run, const uint8_t *at,
                const uint8_t *end) {
  if (shared->run_count == GF_SHARED_PIECES_MAX)
    return 0;
  run->holders++;
  shared->runs[shared->run_count++] = run;
  const uint64_t inside = (uint64_t)(at - run->base), offset_bytes = run->offset_bytes + inside;
  const uint64_t left = run->pages_bytes - inside, wanted = (uint64_t)(end - at);
  const uint64_t bytes = left < wanted ? left : wanted;
  struct gf_heap_range *last = &shared->pieces[shared->piece_count];
  if (shared->piece_count > 0 && last[-1].offset_bytes + last[-1].size_bytes == offset_bytes) {
    last[-1].size_bytes += bytes;
  } else {
    *last = (struct gf_heap_range){offset_bytes, bytes};
    shared->piece_count++;
  }
  return 1;
}

static enum gf_share_status share_locked(uint8_t *base, uint8_t *end,
                                         struct gf_shared_pages *shared) {
  size_t i = first_after(base);
  for (uint8_t *at = base; at < end;) {
    if (i < g_count && g_runs[i]->base <= at && !is_whole(g_runs[i])) {
      take_out(i); // it lives on until its holders are gone
      continue;
    }
    if (i == g_count || g_runs[i]->base > at) {
      uint8_t *next = i < g_count && g_runs[i]->base < end ? g_runs[i]->base : end;
      const uint64_t bytes = (uint64_t)(next - at);
      if (gf_heap_offset(at) != UINT64_MAX || !is_mapped(at, bytes))
        return GF_SHARE_BAD_RANGE;
      if (!insert(i, at, bytes))
        return GF_SHARE_NO_MEMORY;
    }
    struct gf_page_run *run = g_runs[i++];
    if (!hold(shared, run, at, end))
      return GF_SHARE_NO_MEMORY;
    at = run->base + run->pages_bytes;
  }
  return GF_SHARE_OK;
}

enum gf_share_status gf_pages_share(uint8_t *base, uint64_t pages_bytes,
                                    struct gf_shared_pages **shared) {
  if (gf_session.heap == NULL || pages_bytes == 0 || (uint64_t)base + pages_bytes < pages_bytes)
    return GF_SHARE_BAD_RANGE;
  struct gf_shared_pages *made = calloc(1, sizeof *made);
  if (made == NULL)
    return GF_SHARE_NO_MEMORY;
  pthread_mutex_lock(&g_mutex);
  check_generation();
  made->generation = g_generation;
  const enum gf_share_status status = share_locked(base, base + pages_bytes, made);
  if (status != GF_SHARE_OK)
    release_locked(made);
  pthread_mutex_unlock(&g_mutex);
  if (status == GF_SHARE_OK)
    *shared = made;
  return status;
}

void gf_pages_release(struct gf_shared_pages *shared) {
  if (shared == NULL)
    return;
  pthread_mutex_lock(&g_mutex);
  release_locked(shared);
  pthread_mutex_unlock(&g_mutex);
}
