// Context-local storage: a few (key, value) pairs that runtime libraries keep for a context. cudart
// reads one in nearly every call, so reading takes no lock.
#pragma once

#include "cuda_api.h"

typedef void (*gf_storage_destructor)(CUcontext context, void *key, void *value);

struct gf_storage_entry {
  struct gf_storage_entry *next; ///< entries are never unlinked while their context lives
  void *key;                     ///< NULL: free for another key
  void *value;
  gf_storage_destructor destructor;
};

struct gf_storage {
  struct gf_storage_entry *first;
};

CUresult gf_storage_put(struct gf_storage *storage, void *key, void *value,
                        gf_storage_destructor destructor);
/// CUDA_ERROR_INVALID_HANDLE if there is no such key.
CUresult gf_storage_delete(struct gf_storage *storage, void *key);
CUresult gf_storage_get(struct gf_storage *storage, void *key, void **value);

/// The context goes: every destructor is called, and every entry forgotten.
void gf_storage_clear(struct gf_storage *storage, CUcontext context);
