// __managed__ variables: one address for host code and kernels. The driver of the host made the
// variable in its own process; asked for here, it is moved to a block of the heap, whose pages take
// the place of the variable's own on the host.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cuda/function.h"
#include "heap/heap.h"
#include "session/session.h"

struct variable {
  struct variable *next;
  uint64_t library;
  uint64_t size_bytes;
  uint8_t *address;
  char name[];
};

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct variable *g_variables;

static struct variable *find_locked(uint64_t library, const char *name) {
  struct variable *variable = g_variables;
  while (variable != NULL && (variable->library != library || strcmp(variable->name, name) != 0))
    variable = variable->next;
  return variable;
}

/// With an empty range: how large is it? With a range of that size: move it there.
static CUresult ask(struct gf_lane_client *lane, uint64_t library, const char *name,
                    struct gf_heap_range memory, uint64_t *size_bytes) {
  const size_t name_bytes = strlen(name) + 1;
  if (name_bytes > GF_TAIL_MAX_BYTES)
    return CUDA_ERROR_NOT_FOUND;
  struct gf_cuLibraryGetManaged_args *args =
      gf_begin(lane, GF_OP_cuLibraryGetManaged, sizeof *args + GF_ALIGN8(name_bytes));
  args->library = library;
  args->memory = memory;
  args->name_bytes = (uint32_t)name_bytes;
  args->pad = 0;
  memcpy(args + 1, name, name_bytes);
  const void *data;
  CUresult result = gf_call(lane, &data, sizeof(struct gf_cuLibraryGetManaged_reply));
  if (result == CUDA_SUCCESS)
    *size_bytes = ((const struct gf_cuLibraryGetManaged_reply *)data)->size_bytes;
  return result;
}

static CUresult move_locked(struct gf_lane_client *lane, uint64_t library, const char *name,
                            struct variable **moved) {
  uint64_t size_bytes;
  CUresult result = ask(lane, library, name, (struct gf_heap_range){0, 0}, &size_bytes);
  if (result != CUDA_SUCCESS)
    return result;
  struct gf_heap_block block;
  struct variable *variable = calloc(1, sizeof *variable + strlen(name) + 1);
  if (variable == NULL || !gf_session.heap_at_address ||
      !gf_heap_alloc(size_bytes, GF_HEAP_MANAGED, &block)) {
    free(variable);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  const struct gf_heap_range memory = {block.offset_bytes, block.pages_bytes};
  result = ask(lane, library, name, memory, &size_bytes);
  if (result != CUDA_SUCCESS) {
    gf_heap_free(block.offset_bytes);
    free(variable);
    return result;
  }
  gf_heap_describe(block.offset_bytes, CU_MEM_ATTACH_GLOBAL, gf_thread.context);
  variable->library = library;
  variable->size_bytes = size_bytes;
  variable->address = gf_session.heap + block.offset_bytes;
  strcpy(variable->name, name);
  variable->next = g_variables;
  g_variables = variable;
  *moved = variable;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuLibraryGetManaged(CUdeviceptr *dptr, size_t *bytes, CUlibrary library,
                                     const char *name) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result != CUDA_SUCCESS)
    return result;
  if (name == NULL || (dptr == NULL && bytes == NULL))
    return CUDA_ERROR_INVALID_VALUE;
  pthread_mutex_lock(&g_mutex);
  struct variable *variable = find_locked((uint64_t)library, name);
  if (variable == NULL)
    result = move_locked(lane, (uint64_t)library, name, &variable);
  if (result == CUDA_SUCCESS) {
    if (dptr != NULL)
      *dptr = (CUdeviceptr)(uintptr_t)variable->address;
    if (bytes != NULL)
      *bytes = variable->size_bytes;
  }
  pthread_mutex_unlock(&g_mutex);
  return result;
}
