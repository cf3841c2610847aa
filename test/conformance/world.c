#include "world.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "build.h"

static void *library;
static CUcontext context;
static uint64_t objects[WORLD_OBJECTS];
static enum world_object order[WORLD_OBJECTS];
static unsigned made;
static enum world_node_kind node_kind;

static const char *const names[WORLD_OBJECTS] = {
    [WORLD_STREAM] = "stream",
    [WORLD_EVENT] = "event",
    [WORLD_MODULE] = "module",
    [WORLD_FUNCTION] = "function",
    [WORLD_LIBRARY] = "library",
    [WORLD_KERNEL] = "kernel",
    [WORLD_GRAPH] = "graph",
    [WORLD_NODE] = "node",
    [WORLD_SECOND_NODE] = "second node",
    [WORLD_EXEC] = "exec",
    [WORLD_ARRAY] = "array",
    [WORLD_MIPMAP] = "mipmap",
    [WORLD_TEXREF] = "texref",
    [WORLD_SURFREF] = "surfref",
    [WORLD_POOL] = "pool",
    [WORLD_LINK] = "link",
    [WORLD_TEXTURE] = "texture",
    [WORLD_SURFACE] = "surface",
    [WORLD_PHYSICAL] = "physical",
    [WORLD_MEMORY] = "memory",
    [WORLD_SECOND_MEMORY] = "second memory",
    [WORLD_ASYNC_MEMORY] = "async memory",
    [WORLD_MANAGED] = "managed",
    [WORLD_PINNED] = "pinned",
    [WORLD_PAGES] = "pages",
    [WORLD_REGISTERED] = "registered",
    [WORLD_RESERVED] = "reserved",
    [WORLD_MAPPED] = "mapped",
    [WORLD_CONTEXT] = "second context",
    [WORLD_GREEN] = "green",
    [WORLD_USER_OBJECT] = "user object",
    [WORLD_EVENT_HANDLE] = "event handle",
};

void world_open(const char *path) {
  library = dlopen(path, RTLD_NOW);
  if (library == NULL) {
    fprintf(stderr, "conformance: %s\n", dlerror());
    exit(2);
  }
}

void *world_find(const char *symbol) { return dlsym(library, symbol); }

void *world_entry(const char *symbol) {
  void *entry = world_find(symbol);
  if (entry == NULL) {
    fprintf(stderr, "conformance: the library lacks %s\n", symbol);
    exit(2);
  }
  return entry;
}

void world_begin(void) {
  int result = CU(cuInit)(0);
  if (result == 0)
    result = CU(cuCtxCreate_v2)(&context, 0, 0);
  if (result != 0) {
    fprintf(stderr, "conformance: no context: %d\n", result);
    exit(2);
  }
}

bool world_has_begun(void) { return context != NULL; }
CUcontext world_context(void) { return context; }

int world_settle(void) { return (int)CU(cuCtxSynchronize)(); }

void world_make_current(CUcontext wanted) {
  CUcontext found = NULL;
  // A case may have left more than one behind.
  while (CU(cuCtxPopCurrent_v2)(&found) == CUDA_SUCCESS) {
  }
  if (wanted != NULL)
    CU(cuCtxPushCurrent_v2)(wanted);
}

void world_node_is(enum world_node_kind kind) { node_kind = kind; }
uint64_t world_peek(enum world_object object) { return objects[object]; }
const char *world_name(enum world_object object) { return names[object]; }

uint64_t world_get(enum world_object object) {
  if (context == NULL)
    return 0;
  if (objects[object] == 0) {
    objects[object] = build_object(object, node_kind);
    if (objects[object] != 0)
      order[made++] = object;
  }
  return objects[object];
}

uint64_t world_get_dead(enum world_object object) {
  if (context == NULL)
    return 0;
  uint64_t handle = build_object(object, node_kind);
  if (handle != 0)
    build_end(object, handle);
  return handle;
}

void world_clear(void) {
  while (made > 0) {
    enum world_object object = order[--made];
    build_end(object, objects[object]);
    objects[object] = 0;
  }
}
