#include "cuda/storage.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t g_write_mutex = PTHREAD_MUTEX_INITIALIZER;

static struct gf_storage_entry *find(struct gf_storage *storage, void *key) {
  struct gf_storage_entry *entry = __atomic_load_n(&storage->first, __ATOMIC_ACQUIRE);
  while (entry != NULL && __atomic_load_n(&entry->key, __ATOMIC_ACQUIRE) != key)
    entry = entry->next;
  return entry;
}

CUresult gf_storage_put(struct gf_storage *storage, void *key, void *value,
                        gf_storage_destructor destructor) {
  if (key == NULL)
    return CUDA_ERROR_INVALID_VALUE;
  pthread_mutex_lock(&g_write_mutex);
  struct gf_storage_entry *entry = find(storage, key);
  if (entry == NULL)
    entry = find(storage, NULL);
  int is_new = entry == NULL;
  if (is_new)
    entry = calloc(1, sizeof *entry);
  if (entry != NULL) {
    entry->destructor = destructor;
    __atomic_store_n(&entry->value, value, __ATOMIC_RELEASE);
    __atomic_store_n(&entry->key, key, __ATOMIC_RELEASE); // partner: find() without the lock
    if (is_new) {
      entry->next = storage->first;
      __atomic_store_n(&storage->first, entry, __ATOMIC_RELEASE);
    }
  }
  pthread_mutex_unlock(&g_write_mutex);
  return entry != NULL ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult gf_storage_delete(struct gf_storage *storage, void *key) {
  pthread_mutex_lock(&g_write_mutex);
  struct gf_storage_entry *entry = key != NULL ? find(storage, key) : NULL;
  if (entry != NULL)
    __atomic_store_n(&entry->key, NULL, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&g_write_mutex);
  return entry != NULL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

CUresult gf_storage_get(struct gf_storage *storage, void *key, void **value) {
  struct gf_storage_entry *entry = key != NULL ? find(storage, key) : NULL;
  if (entry == NULL)
    return CUDA_ERROR_INVALID_HANDLE;
  *value = __atomic_load_n(&entry->value, __ATOMIC_ACQUIRE);
  return CUDA_SUCCESS;
}

void gf_storage_clear(struct gf_storage *storage, CUcontext context) {
  // A destructor may put or delete: it runs without the lock, on an entry that has left the list.
  for (;;) {
    pthread_mutex_lock(&g_write_mutex);
    struct gf_storage_entry *entry = storage->first;
    if (entry != NULL)
      __atomic_store_n(&storage->first, entry->next, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&g_write_mutex);
    if (entry == NULL)
      return;
    if (entry->key != NULL && entry->destructor != NULL)
      entry->destructor(context, entry->key, entry->value);
    free(entry);
  }
}
