#include "cuda/function.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cuda/allocations.h"

static pthread_mutex_t g_mutex = PTHREAD_MUTEX_INITIALIZER;

uint64_t gf_code_new(enum gf_handle_kind kind) {
  struct gf_code *code = calloc(1, sizeof *code);
  uint64_t handle = code != NULL ? gf_mint(kind) : 0;
  if (handle == 0) {
    free(code);
    return 0;
  }
  gf_slot(handle, kind)->meta = code;
  return handle;
}

static struct gf_code *code_of(uint64_t handle) {
  struct gf_slot *slot = gf_slot(handle, GF_KIND_MODULE);
  if (slot == NULL)
    slot = gf_slot(handle, GF_KIND_LIBRARY);
  return slot != NULL ? slot->meta : NULL;
}

void gf_code_drop(uint64_t handle) {
  struct gf_code *code = code_of(handle);
  gf_drop(handle);
  gf_allocations_forget(handle);
  if (code == NULL)
    return;
  for (struct gf_function *function = code->functions, *next; function != NULL; function = next) {
    next = function->next;
    if (function->as_function != 0)
      gf_drop(function->as_function); // its record is a copy: a few bytes stay with the slot
    gf_drop(function->handle);
    free(function->old);
    free(function->params);
    free(function->name);
    free(function);
  }
  free(code);
}

static struct gf_function *look_up(struct gf_code *code, const char *name) {
  struct gf_function *function = code != NULL ? code->functions : NULL;
  while (function != NULL && strcmp(function->name, name) != 0)
    function = function->next;
  return function;
}

static struct gf_function *allocate(uint64_t handle, const char *name, uint32_t param_count) {
  struct gf_function *function = calloc(1, sizeof *function);
  struct gf_param *params = calloc(param_count + 1, sizeof *params);
  char *copy = strdup(name);
  if (function == NULL || params == NULL || copy == NULL) {
    free(function);
    free(params);
    free(copy);
    return NULL;
  }
  function->handle = handle;
  function->name = copy;
  function->params = params;
  function->param_count = param_count;
  return function;
}

struct gf_function *gf_function_copy(uint64_t handle, const struct gf_function *original) {
  struct gf_function *copy = allocate(handle, original->name, original->param_count);
  if (copy == NULL)
    return NULL;
  copy->owner = original->owner;
  copy->param_bytes = original->param_bytes;
  memcpy(copy->params, original->params, original->param_count * sizeof *copy->params);
  memcpy(copy->attributes, original->attributes, sizeof copy->attributes);
  return copy;
}

// Both wire structures are the same but for their names: asserted, so that one piece of code serves.
typedef struct gf_cuModuleGetFunction_args args_t;
typedef struct gf_cuModuleGetFunction_reply reply_t;
_Static_assert(sizeof(args_t) == sizeof(struct gf_cuLibraryGetKernel_args) &&
                   offsetof(args_t, function) ==
                       offsetof(struct gf_cuLibraryGetKernel_args, kernel) &&
                   offsetof(args_t, module) ==
                       offsetof(struct gf_cuLibraryGetKernel_args, library) &&
                   sizeof(reply_t) == sizeof(struct gf_cuLibraryGetKernel_reply),
               "functions and kernels are asked for alike");

/// The reply's parameters, checked: a layout that does not hold together would have us read where
/// the application has nothing.
static struct gf_function *parse(uint64_t handle, const char *name, const reply_t *reply,
                                 uint32_t reply_bytes) {
  const uint64_t wanted = sizeof *reply + (uint64_t)reply->param_count * sizeof(struct gf_param);
  if (wanted > reply_bytes || reply->param_bytes > GF_TAIL_MAX_BYTES)
    return NULL;
  struct gf_function *function = allocate(handle, name, reply->param_count);
  if (function == NULL)
    return NULL;
  function->param_bytes = reply->param_bytes;
  memcpy(function->params, reply + 1, reply->param_count * sizeof(struct gf_param));
  memcpy(function->attributes, reply->attributes, sizeof function->attributes);
  for (uint32_t i = 0; i < function->param_count; i++) {
    const struct gf_param *param = &function->params[i];
    if ((uint64_t)param->offset_bytes + param->size_bytes > function->param_bytes)
      function->param_bytes = 0; // refused below
  }
  if (function->param_count > 0 && function->param_bytes == 0) {
    free(function->params);
    free(function->name);
    free(function);
    return NULL;
  }
  return function;
}

static CUresult ask(struct gf_lane_client *lane, enum gf_handle_kind kind, uint64_t owner,
                    const char *name, struct gf_function **found) {
  const uint64_t name_bytes = strlen(name) + 1;
  if (name_bytes > GF_TAIL_MAX_BYTES)
    return CUDA_ERROR_NOT_FOUND;
  uint64_t handle = gf_mint(kind);
  if (handle == 0)
    return CUDA_ERROR_OUT_OF_MEMORY;
  const uint16_t opcode =
      kind == GF_KIND_KERNEL ? GF_OP_cuLibraryGetKernel : GF_OP_cuModuleGetFunction;
  args_t *args = gf_begin(lane, opcode, sizeof *args + GF_ALIGN8(name_bytes));
  args->function = handle;
  args->module = owner;
  args->name_bytes = (uint32_t)name_bytes;
  args->pad = 0;
  memcpy(args + 1, name, name_bytes);
  const void *data;
  CUresult result = gf_call(lane, &data, sizeof(reply_t));
  if (result == CUDA_SUCCESS) {
    *found = parse(handle, name, data, gf_reply_bytes(lane));
    if (*found == NULL)
      result = CUDA_ERROR_OUT_OF_MEMORY;
  }
  if (result != CUDA_SUCCESS) {
    gf_drop(handle);
    return result;
  }
  gf_log(GF_LOG_DEBUG, "%s: %u parameters, %u bytes", name, (*found)->param_count,
         (*found)->param_bytes);
  (*found)->owner = owner;
  if (kind == GF_KIND_FUNCTION)
    (*found)->context = gf_slot(owner, GF_KIND_MODULE) != NULL
                            ? gf_slot(owner, GF_KIND_MODULE)->context
                            : gf_thread.context;
  gf_slot(handle, kind)->meta = *found;
  return CUDA_SUCCESS;
}

CUresult gf_function_find(enum gf_handle_kind kind, uint64_t owner, const char *name,
                          struct gf_function **found) {
  struct gf_lane_client *lane;
  CUresult result = gf_enter(&lane);
  if (result == CUDA_SUCCESS && kind == GF_KIND_FUNCTION)
    result = gf_broken(
        lane->region); // a module's functions need its context; what is known is not asked
  if (result != CUDA_SUCCESS)
    return result;
  // Held across the round trip: two threads that ask for one name get one handle.
  pthread_mutex_lock(&g_mutex);
  struct gf_code *code = code_of(owner);
  *found = look_up(code, name);
  if (*found == NULL) {
    result = ask(lane, kind, owner, name, found);
    if (result == CUDA_SUCCESS && code != NULL) {
      (*found)->next = code->functions;
      code->functions = *found;
    }
  }
  pthread_mutex_unlock(&g_mutex);
  return result;
}
