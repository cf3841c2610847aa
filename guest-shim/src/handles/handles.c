#include "handles/handles.h"

#include <pthread.h>
#include <stdlib.h>

struct gf_slot *gf_slot_chunks[GF_HANDLE_KINDS_MAX][GF_HANDLE_INDEX_MAX / GF_SLOTS_PER_CHUNK];

static struct {
  pthread_mutex_t mutex;
  uint32_t used;      // indexes handed out at least once
  uint32_t free_head; // most recently freed: its slot is warm
} g_kinds[GF_HANDLE_KINDS_MAX] = {
    [0 ... GF_HANDLE_KINDS_MAX - 1] = {.mutex = PTHREAD_MUTEX_INITIALIZER}};

static struct gf_slot *slot_at(uint32_t kind, uint32_t index) {
  return &gf_slot_chunks[kind][index / GF_SLOTS_PER_CHUNK][index % GF_SLOTS_PER_CHUNK];
}

static uint32_t take_index(uint32_t kind) {
  uint32_t index = g_kinds[kind].free_head;
  if (index != 0) {
    g_kinds[kind].free_head = slot_at(kind, index)->next_free;
    return index;
  }
  index = g_kinds[kind].used + 1; // index 0 is not used
  if (index >= GF_HANDLE_INDEX_MAX)
    return 0;
  if (gf_slot_chunks[kind][index / GF_SLOTS_PER_CHUNK] == NULL) {
    struct gf_slot *chunk = calloc(GF_SLOTS_PER_CHUNK, sizeof *chunk);
    if (chunk == NULL)
      return 0;
    // Partner: the acquire in gf_slot(), which reads chunks without the lock.
    __atomic_store_n(&gf_slot_chunks[kind][index / GF_SLOTS_PER_CHUNK], chunk, __ATOMIC_RELEASE);
  }
  g_kinds[kind].used = index;
  return index;
}

uint64_t gf_handle_new(uint32_t kind) {
  if (kind >= GF_HANDLE_KINDS_MAX)
    return 0;
  pthread_mutex_lock(&g_kinds[kind].mutex);
  uint64_t handle = 0;
  uint32_t index = take_index(kind);
  if (index != 0) {
    struct gf_slot *slot = slot_at(kind, index);
    slot->meta = NULL;
    slot->ticket = 0;
    slot->owner = 0;
    slot->context = 0;
    handle = gf_handle_make(kind, slot->generation, index);
    // Partner: the acquire in gf_slot(): who finds the handle finds an empty slot.
    __atomic_store_n(&slot->handle, handle, __ATOMIC_RELEASE);
  }
  pthread_mutex_unlock(&g_kinds[kind].mutex);
  return handle;
}

static void end(uint64_t handle, int is_reusable) {
  uint32_t kind = gf_handle_kind(handle);
  if (kind >= GF_HANDLE_KINDS_MAX || gf_slot(handle, kind) == NULL)
    return;
  pthread_mutex_lock(&g_kinds[kind].mutex);
  struct gf_slot *slot = gf_slot(handle, kind);
  if (slot != NULL) {
    __atomic_store_n(&slot->handle, 0, __ATOMIC_RELEASE);
    slot->generation++;
    if (is_reusable) {
      slot->next_free = g_kinds[kind].free_head;
      g_kinds[kind].free_head = gf_handle_index(handle);
    }
  }
  pthread_mutex_unlock(&g_kinds[kind].mutex);
}

void gf_handle_end(uint64_t handle) { end(handle, 1); }

void gf_handle_retire(uint64_t handle) { end(handle, 0); }

void gf_handles_orphan(uint32_t kind, uint64_t context) {
  pthread_mutex_lock(&g_kinds[kind].mutex);
  for (uint32_t index = 1; index <= g_kinds[kind].used; index++) {
    struct gf_slot *slot = slot_at(kind, index);
    if (slot->handle != 0 && slot->context == context)
      slot->context = UINT64_MAX;
  }
  pthread_mutex_unlock(&g_kinds[kind].mutex);
}
