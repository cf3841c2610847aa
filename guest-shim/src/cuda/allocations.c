#include "cuda/allocations.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cuda/stub.h"
#include "heap/heap.h"

// An array sorted by base: look-ups are on the path of every copy, changes are rarer.
static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct gf_allocation *g_list;
static size_t g_count, g_capacity;
static uint64_t g_next_id = 1;
static int g_shared;

/// Index of the first allocation with a base above `address`.
static size_t upper_bound(CUdeviceptr address) {
  size_t low = 0, high = g_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (g_list[middle].base > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void remove_at(size_t i) {
  g_count--;
  memmove(g_list + i, g_list + i + 1, (g_count - i) * sizeof *g_list);
}

/// What lies where entry `i` does was of graphs that are gone.
static void evict_graphs(size_t i) {
  const struct gf_allocation fresh = g_list[i];
  while (i + 1 < g_count && g_list[i + 1].base < fresh.base + fresh.size_bytes &&
         g_list[i + 1].kind == GF_ALLOCATION_GRAPH)
    remove_at(i + 1);
  if (i > 0 && g_list[i - 1].kind == GF_ALLOCATION_GRAPH &&
      g_list[i - 1].base + g_list[i - 1].size_bytes > fresh.base)
    remove_at(i - 1);
}

int gf_allocations_add(CUdeviceptr base, uint64_t size_bytes, enum gf_allocation_kind kind,
                       uint64_t owner) {
  pthread_mutex_lock(&g_mutex);
  int failed = 0;
  size_t i = upper_bound(base);
  if (i > 0 && g_list[i - 1].base == base) {
    i--;
  } else if (g_count == g_capacity) {
    size_t capacity = g_capacity ? g_capacity * 2 : 128;
    struct gf_allocation *grown = realloc(g_list, capacity * sizeof *grown);
    failed = grown == NULL;
    if (!failed) {
      g_list = grown;
      g_capacity = capacity;
    }
  }
  if (!failed) {
    if (i == g_count || g_list[i].base != base) {
      memmove(g_list + i + 1, g_list + i, (g_count - i) * sizeof *g_list);
      g_count++;
    }
    g_list[i] = (struct gf_allocation){base, size_bytes, kind, owner, g_next_id++, 0, 0};
    evict_graphs(i);
  }
  pthread_mutex_unlock(&g_mutex);
  return failed ? -1 : 0;
}

static struct gf_allocation *find_locked(CUdeviceptr address) {
  size_t i = upper_bound(address);
  if (i == 0 || address - g_list[i - 1].base >= g_list[i - 1].size_bytes)
    return NULL;
  return &g_list[i - 1];
}

int gf_allocations_find(CUdeviceptr address, struct gf_allocation *found) {
  pthread_mutex_lock(&g_mutex);
  const struct gf_allocation *allocation = find_locked(address);
  if (allocation != NULL)
    *found = *allocation;
  pthread_mutex_unlock(&g_mutex);
  return allocation != NULL;
}

int gf_allocations_overrun(CUdeviceptr address, uint64_t bytes) {
  struct gf_allocation allocation;
  return gf_allocations_find(address, &allocation) &&
         bytes > allocation.size_bytes - (address - allocation.base);
}

void gf_allocations_set_pool(CUdeviceptr base, uint64_t pool) {
  pthread_mutex_lock(&g_mutex);
  struct gf_allocation *allocation = find_locked(base);
  if (allocation != NULL && allocation->base == base)
    allocation->pool = pool;
  pthread_mutex_unlock(&g_mutex);
}

int gf_allocations_set_sync_memops(CUdeviceptr address, int sync_memops) {
  pthread_mutex_lock(&g_mutex);
  struct gf_allocation *allocation = find_locked(address);
  if (allocation != NULL)
    allocation->sync_memops = sync_memops;
  pthread_mutex_unlock(&g_mutex);
  return allocation != NULL;
}

int gf_allocations_remove(CUdeviceptr base) {
  pthread_mutex_lock(&g_mutex);
  struct gf_allocation *allocation = find_locked(base);
  int found = allocation != NULL && allocation->base == base;
  if (found)
    remove_at((size_t)(allocation - g_list));
  pthread_mutex_unlock(&g_mutex);
  return found;
}

void gf_allocations_hand_over(uint64_t owner, uint64_t heir) {
  pthread_mutex_lock(&g_mutex);
  for (size_t i = 0; i < g_count; i++) {
    if (g_list[i].owner == owner)
      g_list[i].owner = heir;
  }
  pthread_mutex_unlock(&g_mutex);
}

void gf_allocations_forget(uint64_t owner) {
  pthread_mutex_lock(&g_mutex);
  size_t kept = 0;
  for (size_t i = 0; i < g_count; i++) {
    if (g_list[i].owner != owner)
      g_list[kept++] = g_list[i];
  }
  g_count = kept;
  pthread_mutex_unlock(&g_mutex);
}

void gf_allocations_reset(void) {
  pthread_mutex_init(&g_mutex, NULL);
  g_count = 0;
  g_shared = 0;
}

/// Does the range lie in an allocation, and is there memory behind it? Of some only the host knows.
static int holds(const struct gf_allocation *allocation, CUdeviceptr address, uint64_t bytes) {
  return allocation->kind != GF_ALLOCATION_RESERVED && allocation->kind != GF_ALLOCATION_GRAPH &&
         bytes <= allocation->size_bytes - (address - allocation->base);
}

int gf_known_device_range(CUdeviceptr address, uint64_t bytes) {
  struct gf_allocation allocation;
  return gf_allocations_find(address, &allocation) && holds(&allocation, address, bytes);
}

void gf_allocations_are_shared(void) { gf_store_relaxed(&g_shared, 1); }

int gf_allocations_hide(CUdeviceptr address, uint64_t bytes) {
  struct gf_allocation allocation;
  return !gf_load_relaxed(&g_shared) && gf_allocations_find(address, &allocation) &&
         allocation.kind != GF_ALLOCATION_FOREIGN && holds(&allocation, address, bytes);
}

int gf_known_range(CUdeviceptr address, uint64_t bytes) {
  struct gf_allocation allocation;
  if (gf_allocations_find(address, &allocation))
    return holds(&allocation, address, bytes);
  return gf_heap_range_offset((const void *)address, bytes) != UINT64_MAX;
}
